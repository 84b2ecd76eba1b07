"""Settings and certificate read again: all or nothing, and said."""

import datetime as dt
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twisted.internet.defer import Deferred
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.noted_audit import NotedAudit
from voip.config import Limits, ListenAddress, LogThreshold, Settings
from voip.core.messages import RegistrationPolicy
from voip.server.certificate import ALPN_CONTROL, TlsRules, load_again, make_key, self_sign
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY
from voip.server.live import LiveSettings
from voip.server.reloading import HANGUP, NotReloaded, Reloading
from voip.setting import BrokenSetting

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)


class Case(SynchronousTestCase):
    """A server's settings and certificate, and the file that is read again."""

    def setUp(self) -> None:
        place = TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.path = Path(place.name)
        self.key = make_key()
        self.certify(self.key)
        self.file: Settings | BrokenSetting = Settings()
        self.live = LiveSettings(Settings())
        self.tls = TlsRules(load_again(self.path), (ALPN_CONTROL,))
        self.audit = NotedAudit()
        self.reloading = Reloading(self.read, self.live, self.tls, self.path, self.audit)

    def read(self) -> Settings:
        if isinstance(self.file, BrokenSetting):
            raise self.file
        return self.file

    def certify(self, key: bytes, days: int = 0) -> None:
        """Put a key and a certificate of it in place."""
        private = serialization.load_pem_private_key(key, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey)
        (self.path / CERTIFICATE_KEY).write_bytes(key)
        (self.path / CERTIFICATE).write_bytes(self_sign(private, NOW + dt.timedelta(days)))

    def reload(self) -> str:
        said: str = self.successResultOf(Deferred.fromCoroutine(self.reloading.reload()))
        return said

    def refusal(self) -> str:
        failure = self.failureResultOf(Deferred.fromCoroutine(self.reloading.reload()), NotReloaded)
        return str(failure.value)


class ReloadingTests(Case):
    """By a command."""

    def test_nothing_new(self) -> None:
        """Is said."""
        self.assertEqual(self.reload(), "Nothing has changed.")

    def test_what_is_other_is_in_force_and_said(self) -> None:
        """With the value that it had, also where that had been set by hand."""
        self.live.set_limits(Limits(ping_seconds=20))
        self.file = Settings(registration=RegistrationPolicy.CLOSED, limits=Limits(login_seconds=7))
        self.assertEqual(
            self.reload(),
            'registration is "closed" now; it was "open". '
            "limits.login_seconds is 7 now; it was 20. limits.ping_seconds is 15 now; it was 20.",
        )
        self.assertEqual(self.live.settings, self.file)

    def test_what_needs_a_restart_is_said_by_name_each_time(self) -> None:
        """It stays as it is, and what else has changed is in force."""
        self.file = Settings(listen=ListenAddress("::1", 7), log_level=LogThreshold.WARN)
        said = self.reload()
        self.assertIn('log_level is "warn" now; it was "info".', said)
        stays = 'listen stays "0.0.0.0:5061" until the server restarts, then it is "[::1]:7".'
        self.assertIn(stays, said)
        self.assertEqual(self.live.settings, replace(self.file, listen=Settings().listen))
        self.assertEqual(self.reload(), stays)

    def test_a_renewed_certificate(self) -> None:
        """New connections get it; clients notice nothing, since the key is the same."""
        self.certify(self.key, days=60)
        with capturedLogs() as events:
            said = self.reload()
        self.assertIn("another one, of the same key", said)
        self.assertEqual(self.tls.certificate.certificate, load_again(self.path).certificate)
        self.assertEqual([event["log_level"] for event in events], [LogLevel.info])

    def test_another_key_is_told_loudly(self) -> None:
        """Every client will warn: with the new pin, and a warning in the log."""
        self.certify(make_key())
        with capturedLogs() as events:
            said = self.reload()
        pin = load_again(self.path).pin
        self.assertIn("THE SERVER HAS ANOTHER KEY: every client warns", said)
        self.assertIn(pin, said)
        warned = [event for event in events if event["log_level"] is LogLevel.warn]
        self.assertEqual([event["pin"] for event in warned], [pin])
        self.assertEqual(self.tls.certificate.pin, pin)

    def test_a_broken_file_changes_nothing(self) -> None:
        """Not the certificate either."""
        before = self.tls.certificate, self.tls.context
        self.certify(make_key())
        self.file = BrokenSetting("voip.toml, line 3: listen must be another.")
        self.assertEqual(self.refusal(), "voip.toml, line 3: listen must be another.")
        self.assertEqual((self.tls.certificate, self.tls.context), before)

    def test_a_broken_certificate_changes_nothing(self) -> None:
        """Not the settings either."""
        before = self.tls.certificate
        (self.path / CERTIFICATE_KEY).write_bytes(make_key())
        self.file = Settings(registration=RegistrationPolicy.CLOSED)
        self.assertEqual(
            self.refusal(),
            f"in {self.path} {CERTIFICATE} and {CERTIFICATE_KEY} do not belong together.",
        )
        self.assertEqual((self.live.settings, self.tls.certificate), (Settings(), before))


class HangUpTests(Case):
    """By SIGHUP: recorded, and told in the log."""

    def hang_up(self) -> list[str]:
        """What the log says."""
        with capturedLogs() as events:
            self.successResultOf(Deferred.fromCoroutine(self.reloading.hung_up()))
        return [str(event["log_format"]).format(**event) for event in events]

    def test_it_is_recorded_with_its_outcome(self) -> None:
        """Done, or refused."""
        self.assertEqual(self.hang_up(), ["read again: Nothing has changed."])
        self.file = BrokenSetting("voip.toml, line 3: no.")
        self.assertEqual(self.hang_up(), ["SIGHUP changed nothing: voip.toml, line 3: no."])
        recorded = [("SIGHUP", "reload", "done"), ("SIGHUP", "reload", "refused")]
        self.assertEqual(self.audit.summary(), recorded)
        self.assertEqual({each.actor for each in self.audit.noted}, {HANGUP})

    def test_it_is_done_and_how_it_went_cannot_be_written(self) -> None:
        """The log says so."""
        self.file = Settings(registration=RegistrationPolicy.CLOSED)
        self.live.on_change(lambda _: setattr(self.audit, "is_full", True))
        said = self.hang_up()
        self.assertEqual(
            said[-1], "it is not written in the audit how the reload went: the disk is full"
        )
        self.assertEqual(self.live.settings, self.file)

    def test_what_cannot_be_recorded_is_not_done(self) -> None:
        """And says why."""
        self.file = Settings(registration=RegistrationPolicy.CLOSED)
        self.audit.is_full = True
        said = self.hang_up()
        self.assertEqual(
            said, ["SIGHUP changed nothing: the audit cannot be written: the disk is full"]
        )
        self.assertEqual(self.live.settings, Settings())
