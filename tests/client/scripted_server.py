"""A server that says what a test wants: frames, other bytes, or nothing."""

from collections.abc import Callable

from OpenSSL import SSL
from twisted.internet.interfaces import IAddress, IOpenSSLServerConnectionCreator, IReactorTime
from twisted.internet.protocol import Factory, Protocol
from twisted.protocols.tls import TLSMemoryBIOFactory, TLSMemoryBIOProtocol
from zope.interface import implementer

from voip.core.messages import Answer, HelloOk, RegistrationPolicy, Request
from voip.server.certificate import ALPN_CONTROL, ServerCertificate, TlsRules
from voip.wire.codec import decode_client, encode_answer
from voip.wire.framing import FrameReader, frame

HELLO = HelloOk(1, "scripted", (), 65536, 15, RegistrationPolicy.OPEN)

Reaction = Answer | bytes | None
"""An answer, raw bytes, or nothing."""


class ScriptedServer(Protocol):
    """Reacts to each request as it is told to; keeps them all."""

    def __init__(self, react: Callable[[Request], Reaction], heard: list[Request]) -> None:
        self._react = react
        self._heard = heard
        self._frames = FrameReader(65536)

    def dataReceived(self, data: bytes) -> None:
        assert self.transport is not None
        for payload in self._frames.receive(data):
            asked = decode_client(payload)
            self._heard.append(asked.request)
            match self._react(asked.request):
                case None:
                    pass
                case bytes() as raw:
                    self.transport.write(raw)
                case answer:
                    self.transport.write(frame(encode_answer(asked.request_id, answer)))


class ScriptedFactory(Factory):
    noisy = False

    def __init__(self, react: Callable[[Request], Reaction]) -> None:
        self._react = react
        self.heard: list[Request] = []

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        return ScriptedServer(self._react, self.heard)


class Shouting(Factory):
    """Says something of another protocol and listens to nothing."""

    noisy = False

    def __init__(self, words: bytes, is_closing: bool = False) -> None:
        self._words = words
        self._is_closing = is_closing

    def buildProtocol(self, addr: IAddress | None) -> Protocol:
        words, is_closing = self._words, self._is_closing

        class Shout(Protocol):
            def connectionMade(self) -> None:
                assert self.transport is not None
                self.transport.write(words)
                if is_closing:
                    self.transport.loseConnection()

        return Shout()


@implementer(IOpenSSLServerConnectionCreator)
class OldTls:
    """TLS 1.2 and nothing newer."""

    def __init__(self, certificate: ServerCertificate) -> None:
        self._context = SSL.Context(SSL.TLS_SERVER_METHOD)
        self._context.set_max_proto_version(SSL.TLS1_2_VERSION)
        self._context.use_privatekey(certificate.key)
        self._context.use_certificate(certificate.certificate)

    def serverConnectionForTLS(self, tlsProtocol: TLSMemoryBIOProtocol) -> SSL.Connection:  # noqa: N802, N803
        return SSL.Connection(self._context, None)


def over_tls(
    certificate: ServerCertificate,
    factory: Factory,
    clock: IReactorTime,
    protocols: tuple[bytes, ...] = (ALPN_CONTROL,),
) -> TLSMemoryBIOFactory:
    """A factory behind the server's own TLS rules."""
    return TLSMemoryBIOFactory(TlsRules(certificate, protocols), False, factory, clock=clock)
