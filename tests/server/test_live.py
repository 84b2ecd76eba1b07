"""Settings that change while the server runs."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office, Talk, code_of, invite, other_device
from tests.server.someone import ANN, BOB, Someone
from voip.config import Limits, Settings
from voip.core.contacts import Contact
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import AuthChallenge, Hello, HelloOk, RegistrationPolicy
from voip.core.people_messages import PutContact
from voip.server.entrance import EntranceFactory
from voip.server.live import LiveSettings
from voip.server.strangers import Guest


class LiveSettingsTests(SynchronousTestCase):
    """What is in force, and what was written down."""

    def setUp(self) -> None:
        self.live = LiveSettings(Settings(server_name="first"))
        self.told: list[Settings] = []
        self.live.on_change(self.told.append)

    def test_settings_that_are_read_anew(self) -> None:
        """Are in force, and everybody is told."""
        other = replace(self.live.settings, limits=Limits(login_seconds=7))
        self.live.change(other)
        self.assertEqual((self.live.settings, self.live.written), (other, other))
        self.assertEqual(self.live.connections.login_deadline_seconds, 7.0)
        self.assertEqual(self.told, [other])

    def test_the_same_settings_are_no_change(self) -> None:
        """Nobody is told of them."""
        self.live.change(replace(self.live.settings))
        self.assertEqual(self.told, [])

    def test_limits_that_are_set_by_hand(self) -> None:
        """Are in force until the settings are read anew, and are not taken for what is written."""
        written = self.live.written
        self.live.set_limits(Limits(login_seconds=7))
        self.assertEqual(self.live.connections.login_deadline_seconds, 7.0)
        self.assertEqual(self.live.settings.server_name, "first")
        self.assertEqual((self.live.written, len(self.told)), (written, 1))
        self.live.change(written)
        self.assertEqual(self.live.settings, written)


class InForceTests(SynchronousTestCase):
    """Each setting that may change, changed on a server where people are."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)
        self.ann = self.office.login(ANN)

    def limit(self, **limits: int) -> None:
        """Change limits."""
        settings = self.office.live.settings
        self.office.live.change(replace(settings, limits=replace(settings.limits, **limits)))

    def hello(self, talk: Talk) -> HelloOk:
        answer = talk.ask(Hello(1, 1, "test"))
        assert isinstance(answer, HelloOk)
        return answer

    def test_the_name_and_the_policy_are_told_to_who_comes(self) -> None:
        """An empty name is that of the machine; who was refused may come again."""
        live = self.office.live
        closed = replace(live.settings, registration=RegistrationPolicy.CLOSED, server_name="New")
        live.change(closed)
        greeting = self.hello(self.office.connect())
        self.assertEqual((greeting.server_name, greeting.policy), ("New", closed.registration))
        carol = Someone(Username("carol"))
        refused = self.office.greet().ask(carol.register())
        self.assertEqual(code_of(refused), ErrorCode.REGISTRATION_CLOSED)
        live.change(replace(closed, registration=RegistrationPolicy.OPEN, server_name=""))
        self.assertEqual(self.hello(self.office.connect()).server_name, "machine.example")
        self.office.register(carol)
        self.office.login(carol)

    def test_a_connection_keeps_the_pace_that_it_was_told(self) -> None:
        """The next one is told another."""
        here = self.office.connect()
        self.limit(ping_seconds=99)
        self.assertEqual(self.hello(here).ping_seconds, 15)
        self.assertEqual(self.hello(self.office.connect()).ping_seconds, 99)

    def test_fewer_devices_throw_nobody_out(self) -> None:
        """One more is refused, and those that are there stay."""
        phone = other_device(ANN)
        self.limit(sessions_per_account=1)
        talk = self.office.greet()
        challenge = talk.ask(phone.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(phone.finish(challenge, EXPORTER))
        refused = talk.ask(phone.enrol(EXPORTER))
        self.assertEqual(code_of(refused), ErrorCode.TOO_MANY_SESSIONS)
        self.limit(sessions_per_account=2)
        self.office.login(phone)
        self.limit(sessions_per_account=1)
        self.assertEqual(len(self.office.reception.sessions), 2)

    def test_rates_are_others_at_once(self) -> None:
        """For accounts that are made, and for calls that are begun."""
        self.limit(registrations_per_hour=1, calls_per_minute=1)
        for _ in range(2):
            answer = self.office.greet().ask(Someone(Username("carol")).register())
        self.assertEqual(code_of(answer), ErrorCode.RATE_LIMITED)
        self.ann.ask(invite(BOB))
        self.assertEqual(code_of(self.ann.ask(invite(BOB))), ErrorCode.RATE_LIMITED)

    def test_the_phone_book(self) -> None:
        """What is in it stays and can be changed; nothing is added beyond the bound."""
        for name in ("bob", "carol"):
            self.ann.ask(PutContact(Contact(Username(name))))
        self.limit(contacts_per_account=2)
        full = self.ann.ask(PutContact(Contact(Username("dora"))))
        self.assertEqual(code_of(full), ErrorCode.BOOK_FULL)
        changed = self.ann.ask(PutContact(Contact(Username("bob"), alias="Bobby")))
        self.assertIsNone(code_of(changed))

    def test_wrong_passwords(self) -> None:
        """The brake is pulled after as many as are free now, for recovery codes too."""
        self.limit(login_failures=1)
        for throttle in (self.office.logins.throttle, self.office.logins.recovery_throttle):
            self.assertEqual(throttle.failed("ann", "192.0.2.7", 0.0), 15.0)

    def test_strangers(self) -> None:
        """Who is at the door is counted by the new number."""
        factory = EntranceFactory(
            self.office.premises, self.office.tunnels, self.office.clock, self.office.clock.seconds
        )
        guests = [Guest(factory.strangers, "a") for _ in range(2)]
        self.limit(unauthenticated_per_source=1)
        self.assertTrue(guests[0].is_crowded)
        self.limit(unauthenticated_per_source=2)
        self.assertFalse(guests[0].is_crowded)
