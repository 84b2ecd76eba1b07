"""Real clients against the real server: trust in it, and what happens when the line breaks."""

import itertools
from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.internet.error import ConnectionRefusedError as Refused
from twisted.internet.interfaces import IProtocol
from twisted.internet.task import Clock

from tests.client.memory_network import ADDRESS, PASSWORD, MemoryServer, make_certificate
from tests.client.pair import PairTestCase
from tests.client.scripted_server import HELLO, Reaction, ScriptedFactory, over_tls
from voip.client.link import FIRST_PAUSE_SECONDS
from voip.client.model import ClientError, Link, LinkError, LinkTrouble, Security
from voip.client.voice.commands import (
    ReceiveKey,
    SendKey,
    SetVolume,
    StartTalking,
    Trouble,
    UsePath,
    VoiceCommand,
    VoiceTrouble,
)
from voip.core.calls import LegState
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId
from voip.core.limits import ConnectionLimits
from voip.core.messages import AuthDevice, Hello, Request, Resume
from voip.core.people import Presence
from voip.server.sessions import SessionEnd

KEY_SECONDS = 3.0
"""In that time a line is made anew, and a new key is in use."""


class TrustTests(PairTestCase):
    def test_first_use(self) -> None:
        """The first key is trusted and said to be new; the second time it is known."""
        client = self.stranger("alice")
        first = self.done(client.connect(ADDRESS))
        again = self.done(client.connect(ADDRESS))
        self.assertEqual((first.is_new_pin, again.is_new_pin), (True, False))
        self.assertEqual(first.pin, self.network.server.certificate.pin)

    def test_changed_certificate(self) -> None:
        """Another key ends the connection before a word is said, and both are told."""
        old = self.network.server.certificate.pin
        self.connected("alice")
        self.network.server.certificate = make_certificate()
        self.network.listen()
        again = self.stranger("alice")
        connecting = again.connect(ADDRESS)
        self.network.settle()
        error = self.failureResultOf(connecting, LinkError).value
        new = self.network.server.certificate.pin
        self.assertIs(error.trouble, LinkTrouble.CERTIFICATE_CHANGED)
        self.assertEqual((error.expected_pin, error.seen_pin), (old, new))
        self.assertIs(again.model.connection.trouble, LinkTrouble.CERTIFICATE_CHANGED)
        again.accept_new_pin(ADDRESS, new)
        self.done(again.connect(ADDRESS))

    def test_pin_in_the_address(self) -> None:
        """A pin in the address must be the server's, also the first time."""
        client = self.stranger("alice")
        connecting = client.connect(f"voip://{ADDRESS}?pin={'00' * 32}")
        self.network.settle()
        error = self.failureResultOf(connecting, LinkError).value
        self.assertIs(error.trouble, LinkTrouble.CERTIFICATE_CHANGED)

    def test_not_an_address(self) -> None:
        """What is no address is told as such."""
        error = self.failureResultOf(self.stranger("alice").connect("a b"), LinkError).value
        self.assertIs(error.trouble, LinkTrouble.BAD_ADDRESS)

    def test_nobody_there(self) -> None:
        """A server that is not there is not reachable."""
        self.network.is_reachable = False
        error = self.failureResultOf(self.stranger("alice").connect(ADDRESS), LinkError).value
        self.assertIs(error.trouble, LinkTrouble.NOT_REACHABLE)


class ReconnectTests(PairTestCase):
    def test_a_cut_is_healed(self) -> None:
        """After a cut the same session goes on by itself, on a new media leg."""
        client = self.registered("alice")
        self.network.cut()
        connection = client.model.connection
        self.assertIs(connection.link, Link.RECONNECTING)
        self.assertIs(connection.trouble, LinkTrouble.LOST)
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(len(self.voices["alice"].told(UsePath)), 2)
        self.assertEqual(len(self.network.server.reception.sessions), 1)

    def test_what_was_asked_meanwhile_is_answered(self) -> None:
        """A verb during the break waits for its end and is done once."""
        client = self.registered("alice")
        self.network.cut()
        asking = client.set_nick("Ally")
        self.assertNoResult(asking)
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.successResultOf(asking)

    def test_pauses_grow(self) -> None:
        """While the server is away the client tries again ever more slowly, and comes back."""
        client = self.registered("alice")
        self.network.is_reachable = False
        self.network.cut()
        pauses = []
        for _ in range(8):
            pauses.append(client.model.connection.retry_in_seconds or 0.0)
            self.network.pass_time(pauses[-1], step=pauses[-1])
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual(pauses[-1], 22.5)
        self.network.is_reachable = True
        self.network.pass_time(30)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)

    def test_a_session_that_is_gone(self) -> None:
        """After more than the server's patience the device key opens another session."""
        client = self.registered("alice")
        self.network.is_reachable = False
        self.network.cut()
        asking = client.users("")
        self.network.pass_time(120)
        self.network.is_reachable = True
        self.network.pass_time(40)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)
        self.failureResultOf(asking, ClientError)

    def test_a_changed_key_ends_the_trying(self) -> None:
        """A server that comes back with another key is not talked to."""
        client = self.registered("alice")
        self.network.cut()
        self.network.server.certificate = make_certificate()
        self.network.listen()
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        connection = client.model.connection
        self.assertEqual(
            (connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.CERTIFICATE_CHANGED)
        )
        self.assertIsNone(client.model.me)

    def test_server_stop(self) -> None:
        """A server that goes down says so; the client waits for it to come back."""
        client = self.registered("alice")
        self.network.server.reception.stop()
        self.network.settle()
        connection = client.model.connection
        self.assertEqual(
            (connection.link, connection.trouble), (Link.RECONNECTING, LinkTrouble.SERVER_STOPPED)
        )

    def test_replaced(self) -> None:
        """The same device logging in elsewhere ends this login, and no fight begins."""
        first = self.registered("alice")
        second = self.connected("alice")
        self.done(second.login_with_device("alice"))
        self.network.pass_time(5)
        connection = first.model.connection
        self.assertEqual(
            (connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.REPLACED)
        )
        self.assertIs(second.model.connection.link, Link.LOGGED_IN)

    def test_round_trips_are_measured(self) -> None:
        """Pings tell the round trip, and keep the session alive."""
        client = self.registered("alice")
        self.network.pass_time(200)
        self.assertEqual(client.model.connection.rtt_ms, 0.0)
        self.assertIs(client.model.connection.link, Link.LOGGED_IN)

    def test_silence(self) -> None:
        """A server that answers nothing any more is given up, and found again."""
        client = self.registered("alice")
        self.network.is_silent = True
        self.network.pass_time(40)
        self.assertIs(client.model.connection.link, Link.RECONNECTING)

    def test_close(self) -> None:
        """Closing logs out and stops the voice engine."""
        client = self.registered("alice")
        self.done(client.close())
        self.assertTrue(self.voices["alice"].is_closed)
        self.assertEqual(len(self.network.server.reception.sessions), 0)


class CrowdedServerTests(PairTestCase):
    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, limits=replace(ConnectionLimits(), fresh_per_source=1))

    def test_a_crowded_server_is_no_stranger(self) -> None:
        """A server that refuses for being full, politely or not, is not taken for another."""
        self.network.hosts = itertools.repeat(1)
        self.connected("alice")
        for _ in range(3):
            connecting = self.stranger("other").connect(ADDRESS)
            self.network.settle()
            error = self.failureResultOf(connecting, LinkError).value
            self.assertIs(error.trouble, LinkTrouble.NOT_REACHABLE)


class ComingBackTests(PairTestCase):
    """What may await a client that comes back."""

    def setUp(self) -> None:
        super().setUp()
        self.client = self.registered("alice")
        self.network.cut()

    def listen(self, reactions: dict[type[Request], Reaction]) -> None:
        def react(request: Request) -> Reaction:
            return ({Hello: HELLO} | reactions)[type(request)]

        self.network.listener = over_tls(
            self.network.server.certificate, ScriptedFactory(react), self.network.clock
        )
        self.network.pass_time(FIRST_PAUSE_SECONDS)

    def logged_in_beside_an_old_attempt(self) -> Deferred[IProtocol]:
        """The attempt to come back hangs, and the person logs in without waiting for it."""
        hanging: Deferred[IProtocol] = Deferred()
        join = self.network.join
        self.network.join = lambda _: hanging  # type: ignore[method-assign,assignment]
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.network.join = join  # type: ignore[method-assign]
        self.done(self.client.connect(ADDRESS))
        self.done(self.client.login("alice", PASSWORD))
        return hanging

    def test_the_device_was_revoked(self) -> None:
        """When the server knows neither session nor device a password is needed again."""
        gone = Refusal(ErrorCode.SESSION_GONE)
        self.listen({Resume: gone, AuthDevice: Refusal(ErrorCode.UNKNOWN_DEVICE)})
        self.assertIs(self.client.model.connection.link, Link.CONNECTED)
        self.assertIsNone(self.client.model.me)

    def test_not_now(self) -> None:
        """A server that has no time now is asked again later, and the session is kept."""
        self.listen({Resume: Refusal(ErrorCode.RATE_LIMITED)})
        self.assertIs(self.client.model.connection.link, Link.RECONNECTING)
        self.network.listen()
        self.network.pass_time(5)
        self.assertIs(self.client.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(len(self.network.server.reception.sessions), 1)

    def test_cut_again(self) -> None:
        """A connection that breaks during coming back is one more failure, not two."""
        self.listen({Resume: None})
        self.network.cut()
        self.assertIs(self.client.model.connection.link, Link.RECONNECTING)
        self.network.listen()
        self.network.pass_time(5)
        self.assertIs(self.client.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(len(self.network.server.connections), 1)

    def test_an_old_server(self) -> None:
        """A server that was put back to another version is given up."""
        self.listen({Hello: Refusal(ErrorCode.VERSION)})
        connection = self.client.model.connection
        self.assertEqual((connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.VERSION))

    def test_pins_that_cannot_be_read_any_more(self) -> None:
        """Without the file of known servers nobody is trusted, and the session is left."""
        (self.network.data_dir / "alice" / "known_servers.json").write_text("{")
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.assertIs(self.client.model.connection.link, Link.OFFLINE)
        self.assertIsNone(self.client.model.me)

    def test_logging_out_meanwhile(self) -> None:
        """Who logs out while the line is down is logged out, and nothing comes back."""
        self.done(self.client.logout())
        self.network.pass_time(60)
        self.assertIs(self.client.model.connection.link, Link.OFFLINE)
        self.assertEqual(len(self.network.server.connections), 0)

    def test_logging_in_anew_meanwhile(self) -> None:
        """Who logs in again while an old attempt hangs is not thrown out when that one fails."""
        hanging = self.logged_in_beside_an_old_attempt()
        hanging.errback(Refused())
        self.assertIs(self.client.model.connection.link, Link.LOGGED_IN)
        self.done(self.client.set_nick("Ally"))

    def test_a_cut_while_an_old_attempt_hangs(self) -> None:
        """The new session is found again, although an attempt to find the old one never ended."""
        _hanging = self.logged_in_beside_an_old_attempt()
        self.network.cut()
        self.assertIs(self.client.model.connection.link, Link.RECONNECTING)
        self.network.pass_time(5)
        self.done(self.client.set_nick("Ally"))

    def test_a_password_change_meanwhile(self) -> None:
        """What needs a connection of its own fails while there is none."""
        self.network.is_reachable = False
        doing = self.client.change_password(PASSWORD, "another good one")
        self.network.settle()
        self.failureResultOf(doing, LinkError)

    def test_another_session(self) -> None:
        """When the session is gone the device key opens another, and calls of old are over."""
        self.network.server.reception.close(
            next(iter(self.network.server.reception.sessions)), SessionEnd.LOST
        )
        asking = self.client.set_nick("Ally")
        self.network.pass_time(FIRST_PAUSE_SECONDS)
        self.assertIs(self.client.model.connection.link, Link.LOGGED_IN)
        error = self.failureResultOf(asking, ClientError).value
        self.assertIs(error.code, ErrorCode.SESSION_GONE)

    def test_contacts_are_listed_anew(self) -> None:
        """A new session knows how contacts are, also those who came before it."""
        self.network.pass_time(2)
        self.done(self.client.put_contact("bob"))
        self.registered("bob")
        self.network.cut()
        self.network.server.reception.close(
            self.network.server.reception.sessions.of_account(AccountId(1))[0], SessionEnd.LOST
        )
        self.network.pass_time(5)
        (bob,) = self.client.model.contacts
        self.assertIs(bob.presence, Presence.AVAILABLE)


class ManyNoticesTests(PairTestCase):
    def test_notices_are_acknowledged(self) -> None:
        """A client that is told much says so in time, so that its session can be resumed."""
        alice, bob = self.registered("alice"), self.registered("bob")
        self.in_call(bob, alice, "alice")
        for number in range(50):
            bob.set_muted(number % 2 == 0)
            self.network.settle()
        (session,) = self.network.server.reception.sessions.of_account(AccountId(1))
        self.assertLess(len(session._notices), 33)


class AnotherVoiceTests(PairTestCase):
    """The voice process died, and another runs in its place."""

    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")

    def another(self) -> list[VoiceCommand]:
        """What the new voice of alice is told until all is well."""
        voice = self.voices["alice"]
        voice.commands.clear()
        voice.report(Trouble(VoiceTrouble.ENGINE_AGAIN))
        self.network.pass_time(KEY_SECONDS)
        self.assertIs(self.alice.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(len(voice.told(UsePath)), 1)
        return voice.commands

    def test_in_a_call(self) -> None:
        """The call goes on: a new path, the other's key as before, and a new one of one's own."""
        call_id = self.in_call(self.alice, self.bob, "bob")
        self.alice.set_volume("bob", 3.0)
        spoken = self.voices["alice"].told(SendKey)
        heard = self.voices["alice"].told(ReceiveKey)
        told = self.another()
        self.assertIsInstance(told[0], StartTalking)
        (again,) = [one for one in told if isinstance(one, SendKey)]
        self.assertNotIn(again.base_key, [one.base_key for one in spoken])
        self.assertEqual(self.voices["bob"].told(ReceiveKey)[-1].base_key, again.base_key)
        self.assertEqual([one for one in told if isinstance(one, ReceiveKey)], heard)
        self.assertIn(SetVolume(heard[0].stream, 3.0), told)
        for client in (self.alice, self.bob):
            call = self.only_call(client)
            self.assertEqual((call.call_id, call.state), (call_id, LegState.ACTIVE))
            self.assertIs(call.security, Security.ENCRYPTED)

    def test_in_no_call(self) -> None:
        """There is a new path, and no microphone opens, for a held call neither."""
        self.assertEqual([type(one) for one in self.another()], [UsePath])
        call_id = self.in_call(self.alice, self.bob, "bob")
        self.done(self.alice.hold(call_id))
        self.assertEqual([type(one) for one in self.another()], [UsePath])
        self.done(self.alice.resume(call_id))
        self.assertEqual(len(self.voices["alice"].told(StartTalking)), 1)

    def test_while_the_line_is_away(self) -> None:
        """The path that comes with the line's return is enough."""
        self.network.cut()
        self.another()
        self.network.pass_time(10)
        self.assertEqual(len(self.voices["alice"].told(UsePath)), 1)

    def test_logged_out(self) -> None:
        """Nobody is there for whom a path could be asked."""
        self.done(self.alice.logout())
        voice = self.voices["alice"]
        voice.commands.clear()
        voice.report(Trouble(VoiceTrouble.ENGINE_AGAIN))
        self.network.pass_time(10)
        self.assertEqual(voice.commands, [])
