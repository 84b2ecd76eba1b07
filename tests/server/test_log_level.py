"""How much the log tells, for observers that somebody else has set up."""

from dataclasses import replace
from typing import cast

from twisted.internet.testing import MemoryReactorClock
from twisted.logger import ILogObserver, LogEvent, Logger, LogPublisher
from twisted.trial.unittest import SynchronousTestCase

from voip.config import LogThreshold, Settings
from voip.server.live import LiveSettings
from voip.server.log_level import LogLevelService
from voip.server.log_meter import LogMeter


class LogLevelTests(SynchronousTestCase):
    """What an observer hears."""

    def setUp(self) -> None:
        self.publisher = LogPublisher()
        self.log = Logger(namespace="voip.server.test", observer=self.publisher)
        self.told: list[str] = []
        self.live = LiveSettings(Settings())
        self.reactor = MemoryReactorClock()
        self.meter = LogMeter(self.publisher)
        self.meter.startService()
        self.service = LogLevelService(self.reactor, self.publisher, self.live, [self.meter])
        self.service.startService()
        # As `python -m twisted` does: after the start.
        self.publisher.addObserver(cast("ILogObserver", self.observe))

    def observe(self, event: LogEvent) -> None:
        self.told.append(str(event["log_format"]))

    def change(self, level: LogThreshold) -> None:
        self.live.change(replace(self.live.settings, log_level=level))

    def heard(self) -> list[str]:
        """What one event of each level comes to."""
        self.told.clear()
        for say in (self.log.debug, self.log.info, self.log.warn, self.log.error):
            say(say.__name__)
        return self.told

    def test_nothing_lighter_than_the_setting(self) -> None:
        """From the moment the server runs, and by each change at once."""
        self.reactor.run()
        self.assertEqual(self.heard(), ["info", "warn", "error"])
        self.change(LogThreshold.ERROR)
        self.assertEqual(self.heard(), ["error"])
        self.change(LogThreshold.WARN)
        self.assertEqual(self.heard(), ["warn", "error"])
        self.change(LogThreshold.DEBUG)
        self.assertEqual(self.heard(), ["debug", "info", "warn", "error"])

    def test_who_only_counts_is_spared(self) -> None:
        """What is not told is still counted."""
        self.reactor.run()
        self.change(LogThreshold.ERROR)
        self.heard()
        self.assertEqual((self.meter.events["debug"], self.meter.events["warn"]), (1, 1))

    def test_everything_is_as_it_was_when_it_stops(self) -> None:
        """Also where it was stopped before anything ran."""
        self.service.stopService()
        self.reactor.run()
        everything = ["debug", "info", "warn", "error"]
        self.assertEqual(self.heard(), everything)
        self.service.startService()
        self.reactor.run()
        self.service.stopService()
        self.assertEqual(self.heard(), everything)
