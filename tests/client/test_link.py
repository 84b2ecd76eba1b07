"""The line to servers that are no servers of ours."""

from dataclasses import replace

from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as TimedOut
from twisted.internet.interfaces import IProtocol, IProtocolFactory
from twisted.internet.protocol import Factory
from twisted.protocols.tls import TLSMemoryBIOFactory

from tests.client.memory_network import ADDRESS, PASSWORD, make_certificate
from tests.client.pair import PairTestCase
from tests.client.scripted_server import (
    HELLO,
    OldTls,
    Reaction,
    ScriptedFactory,
    Shouting,
    over_tls,
)
from voip.client.dialer import HANDSHAKE_WITHIN_SECONDS
from voip.client.link import LONGEST_PAUSE_SECONDS
from voip.client.model import ClientError, Link, LinkError, LinkTrouble
from voip.client.private_files import DataFileError
from voip.core.calls import EndReason
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.messages import Pong
from voip.server.sessions import SessionEnd
from voip.store.interface import Ban
from voip.wire.framing import frame

GRACE_SECONDS = 61
"""After so long without a connection a session is gone."""


class StrangeServerTests(PairTestCase):
    """What each kind of failure is called."""

    def trouble_of(self, seconds: float = 0.0) -> LinkTrouble:
        client = self.stranger("alice")
        connecting = client.connect(ADDRESS)
        self.network.settle()
        if seconds:
            self.network.pass_time(seconds)
        error = self.failureResultOf(connecting, LinkError).value
        self.assertIs(client.model.connection.trouble, error.trouble)
        self.assertIs(client.model.connection.link, Link.OFFLINE)
        trouble: LinkTrouble = error.trouble
        return trouble

    def scripted(self, reaction: Reaction) -> None:
        self.listen(ScriptedFactory(lambda _: reaction))

    def listen(self, factory: Factory, protocols: tuple[bytes, ...] = (b"voip/1",)) -> None:
        self.network.listener = over_tls(
            self.network.server.certificate, factory, self.network.clock, protocols
        )

    def test_no_such_name(self) -> None:
        """A name that cannot be found, or looked up at all."""
        for failure in (DNSLookupError(), ValueError()):
            self.network.join = lambda _, f=failure: fail(f)  # type: ignore[method-assign,misc]
            self.assertIs(self.trouble_of(), LinkTrouble.NAME_NOT_FOUND)

    def test_timed_out(self) -> None:
        """A computer that does not answer."""
        self.network.join = lambda _: fail(TimedOut())  # type: ignore[method-assign,assignment]
        self.assertIs(self.trouble_of(), LinkTrouble.NOT_REACHABLE)

    def test_another_protocol(self) -> None:
        """A service that speaks no TLS."""
        self.network.listener = Shouting(b"SSH-2.0-OpenSSH_9.2\r\n")
        self.assertIs(self.trouble_of(), LinkTrouble.NOT_A_VOIP_SERVER)

    def test_closed_at_once(self) -> None:
        """A service that closes before it says anything."""
        self.network.listener = Shouting(b"", is_closing=True)
        self.assertIs(self.trouble_of(), LinkTrouble.NOT_REACHABLE)

    def test_silent(self) -> None:
        """A service that never begins TLS."""
        self.network.listener = Shouting(b"")
        self.assertIs(self.trouble_of(HANDSHAKE_WITHIN_SECONDS), LinkTrouble.NOT_REACHABLE)

    def test_no_alpn(self) -> None:
        """A TLS server that does not know voip/1, in all its ways."""
        self.listen(ScriptedFactory(lambda _: HELLO), protocols=(b"h2",))
        self.assertIs(self.trouble_of(), LinkTrouble.NOT_A_VOIP_SERVER)

    def test_old_tls(self) -> None:
        """TLS 1.2 is refused."""
        certificate = self.network.server.certificate
        self.network.listener = TLSMemoryBIOFactory(
            OldTls(certificate), False, ScriptedFactory(lambda _: HELLO), clock=self.network.clock
        )
        self.assertIs(self.trouble_of(), LinkTrouble.NOT_A_VOIP_SERVER)

    def test_nothing_is_said_before_the_pin_is_right(self) -> None:
        """A server with another key hears no Hello."""
        self.connected("alice")
        self.network.server.certificate = make_certificate()
        factory = ScriptedFactory(lambda _: HELLO)
        self.listen(factory)
        self.assertIs(self.trouble_of(), LinkTrouble.CERTIFICATE_CHANGED)
        self.assertEqual(factory.heard, [])

    def test_version(self) -> None:
        """A server of another version, however it says so."""
        for reaction in (Refusal(ErrorCode.VERSION), replace(HELLO, proto=2)):
            self.scripted(reaction)
            self.assertIs(self.trouble_of(), LinkTrouble.VERSION)

    def test_refused_hello(self) -> None:
        """A server that refuses Hello for a reason of its own."""
        self.scripted(Refusal(ErrorCode.SHUTTING_DOWN))
        self.assertIs(self.trouble_of(), LinkTrouble.SERVER_STOPPED)
        self.scripted(Refusal(ErrorCode.RATE_LIMITED))
        self.assertIs(self.trouble_of(), LinkTrouble.NOT_REACHABLE)

    def test_nonsense(self) -> None:
        """Answers that make no sense, frames of nonsense and endless ones."""
        for reaction in (Pong(), frame(b"\xff" * 20), b"\xff\xff\xff\xff" + bytes(100)):
            self.scripted(reaction)
            self.assertIs(self.trouble_of(), LinkTrouble.NOT_A_VOIP_SERVER)

    def test_hello_without_answer(self) -> None:
        """A server that never answers Hello."""
        self.scripted(None)
        self.assertIs(self.trouble_of(11), LinkTrouble.NOT_A_VOIP_SERVER)

    def test_connecting_elsewhere_meanwhile(self) -> None:
        """A second connect takes the place of the first."""
        self.scripted(None)
        client = self.stranger("alice")
        first = client.connect(ADDRESS)
        self.network.settle()
        self.network.listen()
        self.done(client.connect(ADDRESS))
        self.failureResultOf(first, LinkError)
        self.assertIs(client.model.connection.link, Link.CONNECTED)

    def test_a_slow_first_connect(self) -> None:
        """A first connection that comes through after the second is not used."""
        waiting: list[Deferred[None]] = []
        join = self.network.join

        async def slow(factory: IProtocolFactory) -> IProtocol:
            waiting.append(Deferred())
            await waiting[-1]
            return await join(factory)

        self.network.join = lambda factory: Deferred.fromCoroutine(slow(factory))  # type: ignore[method-assign]
        client = self.stranger("alice")
        first, second = client.connect(ADDRESS), client.connect(ADDRESS)
        waiting[1].callback(None)
        self.done(second)
        waiting[0].callback(None)
        self.network.settle()
        self.failureResultOf(first, LinkError)
        self.assertIs(client.model.connection.link, Link.CONNECTED)

    def test_unreadable_pins(self) -> None:
        """Without the file of known servers no server is trusted."""
        path = self.network.data_dir / "alice" / "known_servers.json"
        path.parent.mkdir()
        path.write_text("{")
        connecting = self.stranger("alice").connect(ADDRESS)
        self.network.settle()
        self.assertEqual(self.failureResultOf(connecting, DataFileError).value.path, path)


class OperatorTests(PairTestCase):
    """What the operator of the server does and says."""

    def setUp(self) -> None:
        super().setUp()
        self.alice = self.registered("alice")
        self.reception = self.network.server.reception
        [session] = self.reception.sessions
        self.account = session.owner.account

    def ban(self, until: int | None) -> None:
        ban = Ban("spam", "olga", 0, until)
        self.done(self.network.server.store.ban(Username("alice"), ban))

    def test_thrown_out(self) -> None:
        """With the operator's words, and without coming back by itself."""
        words = "be\x1b[2J nice"
        self.reception.kick_all(self.account, SessionEnd.KICKED_BY_OPERATOR, text=words)
        self.network.pass_time(60)
        view = self.alice.model.connection
        self.assertEqual((view.link, view.trouble), (Link.OFFLINE, LinkTrouble.KICKED))
        self.assertEqual(view.said, "be nice")
        self.assertIsNone(self.alice.model.me)

    def test_banned(self) -> None:
        """One is told for how long, and told again when one tries to log in."""
        self.ban(3600)
        self.reception.kick_all(self.account, SessionEnd.BANNED, text="spam", seconds=3600)
        self.network.settle()
        view = self.alice.model.connection
        self.assertEqual((view.link, view.trouble), (Link.OFFLINE, LinkTrouble.BANNED))
        self.assertEqual((view.said, view.ban_seconds), ("spam", 3600))
        self.done(self.alice.connect(ADDRESS))
        self.assertEqual(self.alice.model.connection.said, "")
        self.network.pass_time(3)
        for logging_in in (
            self.alice.login_with_device("alice"),
            self.alice.login("alice", PASSWORD),
        ):
            self.network.settle()
            error = self.failureResultOf(logging_in, ClientError).value
            self.assertEqual((error.code, error.retry_after_ms), (ErrorCode.BANNED, 3_597_000))

    def test_banned_while_away(self) -> None:
        """Who comes back to find a ban is told so, and does not try on."""
        self.network.is_reachable = False
        self.network.cut()
        self.network.pass_time(GRACE_SECONDS)
        self.ban(None)
        self.network.is_reachable = True
        self.network.pass_time(LONGEST_PAUSE_SECONDS)
        view = self.alice.model.connection
        self.assertEqual((view.link, view.trouble), (Link.OFFLINE, LinkTrouble.BANNED))
        self.assertEqual(view.ban_seconds, 0)
        self.assertIsNone(self.alice.model.me)

    def test_an_announcement(self) -> None:
        """It is kept until one logs out."""
        self.reception.announce("restart at ten")
        self.reception.announce("restart at eleven")
        self.network.settle()
        told = [one.text for one in self.alice.model.announcements]
        self.assertEqual(told, ["restart at ten", "restart at eleven"])
        self.done(self.alice.logout())
        self.assertEqual(self.alice.model.announcements, ())

    def test_maintenance(self) -> None:
        """It is shown as long as it is; who logs in later sees it too."""
        self.registered("bob")
        self.reception.drain(is_on=True)
        carol = self.registered("carol")
        self.assertTrue(self.alice.model.is_maintenance and carol.model.is_maintenance)
        self.refused(self.alice.call(["bob"]), ErrorCode.MAINTENANCE)
        self.reception.drain(is_on=False)
        self.network.settle()
        self.assertFalse(self.alice.model.is_maintenance)
        self.done(self.alice.call(["bob"]))

    def test_maintenance_ends_with_the_server_that_was_in_it(self) -> None:
        """Another session is told anew, or is in none."""
        self.reception.drain(is_on=True)
        self.network.settle()
        self.network.is_reachable = False
        self.network.cut()
        self.network.pass_time(GRACE_SECONDS)
        self.reception.drain(is_on=False)
        self.network.is_reachable = True
        self.network.pass_time(LONGEST_PAUSE_SECONDS)
        self.assertIs(self.alice.model.connection.link, Link.LOGGED_IN)
        self.assertFalse(self.alice.model.is_maintenance)

    def test_a_call_that_the_operator_ends(self) -> None:
        """Both sides are told by whom it was ended."""
        bob = self.registered("bob")
        call_id = self.in_call(self.alice, bob, "bob")
        self.reception.end_call(call_id)
        self.network.settle()
        for client in (self.alice, bob):
            ended = client.model.last_ended
            assert ended is not None
            self.assertIs(ended.end_reason, EndReason.OPERATOR)
