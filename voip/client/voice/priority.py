"""How a process that handles sound asks to be run in time, and goes on when it is refused.

Sound has a deadline every 10 ms; under a saturated processor only priority helps. Knows the
operating system's ways to ask and nothing of sound.
"""

import gc
import os
import sys
from typing import Final

SWITCH_SECONDS: Final = 0.0005
"""How soon a thread that wants the interpreter gets it: the sound card's callbacks wait for it."""

_REAL_TIME: Final = 10  # of 1 to 99, below what a sound server asks for
_NICE: Final = -11  # as PulseAudio asks for


def be_quick() -> str:
    """Ask for what can be had, and tell which: `real time`, `nice` or `none`. Never raises."""
    sys.setswitchinterval(SWITCH_SECONDS)
    # Modules and code will not become garbage: the collector need not look at them in a call.
    gc.collect()
    gc.freeze()
    return _ask()


def _ask() -> str:
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_REAL_TIME))
    except (AttributeError, OSError):
        pass
    else:
        return "real time"
    try:
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    except (AttributeError, OSError):
        return "none"
    return "nice"
