"""People, phones and the server in any order: see ``tests.core.schedules``."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest
from twisted.trial.unittest import SynchronousTestCase

from tests.core.schedules import STEPS, World

QUICK_STEPS = 30
SOAKED = 100_000
CHUNK = 500


def broken(first: int, count: int, steps: int) -> list[str]:
    """Of so many schedules from a seed on, those that fail, as what shows it again."""
    failed = []
    for seed in range(first, first + count):
        try:
            World(seed).run(steps)
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are run as well
            failed.append(f"World({seed}).run({steps}): {error!r}")
    return failed


class ScheduleTests(SynchronousTestCase):
    """No stuck leg, no double answer, no microphone open without consent, and what is held or muted
    reaches nobody."""

    def test_two_thousand_schedules(self) -> None:
        """Short ones: enough for a call to be held, merged, cut and left."""
        self.assertEqual(broken(0, 2000, QUICK_STEPS), [])


@pytest.mark.soak
class ScheduleSoakTests(SynchronousTestCase):
    """The same, at length."""

    def test_a_hundred_thousand_schedules(self) -> None:
        """On all processors, about half an hour of them."""
        starts = range(0, SOAKED, CHUNK)
        with ProcessPoolExecutor() as pool:
            failed = pool.map(partial(broken, count=CHUNK, steps=STEPS), starts)
            self.assertEqual([one for chunk in failed for one in chunk], [])
