"""What is left when a process is killed while it works on the disk.

A child of the test's process does the work and is killed: before the n-th operation on a file of
the folder that is watched, for every n until it comes to its end; and in the middle of a write, as
soon as any file is longer than so many bytes. What is meant to be there whole or not at all, the
aim, must never be opened for writing: no kill between two operations would tell.
"""

import os
import resource
import signal
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path

WATCHED = frozenset(
    ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.chown", "sqlite3.connect")
)
SIZE_STEP = 20_000

Work = Callable[[], object]


def kill_at_every_step(aim: Path, do: Work, check: Callable[[], None]) -> int:
    """``check`` is called after each kill; says how many there were."""
    step = 1
    while _is_killed(do, partial(_die_at_step, step, aim)):
        check()
        step += 1
    return step - 1


def kill_at_every_size(do: Work, check: Callable[[], None]) -> int:
    """``check`` is called after each kill; says how many there were."""
    size = 1
    while _is_killed(do, partial(_die_at_size, size)):
        check()
        size += SIZE_STEP
    return size // SIZE_STEP


def _is_killed(do: Work, prepare: Callable[[], None]) -> bool:
    child = os.fork()
    if child == 0:
        try:
            prepare()
            do()
        except BaseException:  # noqa: BLE001 - nothing of the parent's may run in the child
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "it failed before it was killed"
    return os.WIFSIGNALED(status)


def _die_at_step(step: int, aim: Path) -> None:
    done = 0

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal done
        if event not in WATCHED or not str(arguments[0]).startswith(str(aim.parent)):
            return
        done += 1
        if done == step:
            os.kill(os.getpid(), signal.SIGKILL)
        if event == "open" and Path(str(arguments[0])).is_relative_to(aim):
            flags = arguments[2]
            assert isinstance(flags, int)
            assert not flags & (os.O_WRONLY | os.O_RDWR), f"{aim} is written in its place"

    sys.addaudithook(hook)


def _die_at_size(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
