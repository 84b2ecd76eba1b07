"""The main job: two people talk, through real programs and real sockets."""

from typing import cast

import pytest
from twisted.trial.unittest import SynchronousTestCase

from bench.call import measure_on_a_steady_machine

pytestmark = pytest.mark.alone

TALK_SECONDS = 6.0
LEAST_PESQ = 4.0


class CallTests(SynchronousTestCase):
    """Two headless clients and a server, each in a process of its own."""

    def test_both_hear_each_other_well(self) -> None:
        """Nothing is lost, both see the same words, and the sound is good in both directions.

        The bars are those of ``docs/performance.md`` but for CPU, which a busy machine distorts.
        """
        figures = measure_on_a_steady_machine(None, TALK_SECONDS)
        pesq = cast("list[float]", figures["pesq_wb"])
        self.assertGreaterEqual(min(pesq), LEAST_PESQ, figures)
        self.assertEqual(figures["loss"], 0.0, figures)
        self.assertTrue(figures["words_alike"], figures)
        self.assertEqual(figures["path"], "udp")
        self.assertLessEqual(float(str(figures["client_rss_mb"])), 90, figures)
        self.assertTrue(10 < float(str(figures["delay_ms"])) < 200, figures)
