"""The line to servers that are no servers of ours."""

from dataclasses import replace

from twisted.internet.defer import Deferred, fail
from twisted.internet.error import DNSLookupError
from twisted.internet.error import TimeoutError as TimedOut
from twisted.internet.interfaces import IProtocol, IProtocolFactory
from twisted.internet.protocol import Factory
from twisted.protocols.tls import TLSMemoryBIOFactory

from tests.client.memory_network import ADDRESS, make_certificate
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
from voip.client.model import Link, LinkError, LinkTrouble
from voip.client.private_files import DataFileError
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import Pong
from voip.wire.framing import frame


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
