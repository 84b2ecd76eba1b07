"""Asking to be run in time."""

import subprocess
import sys

from twisted.trial.unittest import SynchronousTestCase

PROGRAM = """
import gc, os, sys
from voip.client.voice.priority import SWITCH_SECONDS, be_quick
got = be_quick()
assert abs(sys.getswitchinterval() - SWITCH_SECONDS) < 1e-6
assert gc.get_freeze_count() > 0
real_time = os.sched_getscheduler(0) == os.SCHED_RR
nice = os.getpriority(os.PRIO_PROCESS, 0)
print(got, real_time, nice)
"""


class PriorityTests(SynchronousTestCase):
    """In a process of its own, which alone is changed."""

    def test_what_is_told_is_what_was_got(self) -> None:
        """Real time where it is allowed, else a better nice value, else none; never an error."""
        answer = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, check=True, text=True
        )
        got = answer.stdout.split()
        self.assertIn(
            (got[:-2], got[-2]),
            [(["real", "time"], "True"), (["nice"], "False"), (["none"], "False")],
        )
        if got[:-2] == ["nice"]:
            self.assertLess(int(got[-1]), 0)
