"""How much the log had to tell."""

from twisted.logger import Logger, LogPublisher
from twisted.trial.unittest import SynchronousTestCase

from voip.server.log_meter import LogMeter


class LogMeterTests(SynchronousTestCase):
    """A log of the test's own."""

    def setUp(self) -> None:
        self.publisher = LogPublisher()
        self.meter = LogMeter(self.publisher)
        self.log = Logger("test", observer=self.publisher)

    def test_events_are_counted_by_their_level(self) -> None:
        """Every level is there, also where nothing was told."""
        self.meter.startService()
        self.log.warn("one")  # noqa: G010 - Twisted's logger has no other
        self.log.warn("two")  # noqa: G010
        self.log.critical("three")
        self.publisher({"log_format": "of no level"})
        self.assertEqual(
            self.meter.events, {"debug": 0, "info": 0, "warn": 2, "error": 0, "critical": 1}
        )

    def test_nothing_is_counted_after_the_end(self) -> None:
        """Nor before the start."""
        self.log.critical("too early")
        self.meter.startService()
        self.meter.stopService()
        self.log.critical("too late")
        self.assertEqual(self.meter.events["critical"], 0)
