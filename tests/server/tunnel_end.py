"""The client's end of a tunnel in memory: what it says, and the datagrams it gets."""

from tests.server.offices import Office
from tests.server.tls_pair import Listener, Wire
from voip.core.ids import Cid, SessionId
from voip.server.entrance import EntranceFactory
from voip.wire.datagram import MediaKeys, Suite
from voip.wire.tunnel import ALPN_MEDIA, TunnelOpen, TunnelReader, framed, prove


class DatagramListener(Listener):
    """Keeps the datagrams that come."""

    def __init__(self) -> None:
        super().__init__()
        self.datagrams: list[bytes] = []
        self._tunnelled = TunnelReader()

    def dataReceived(self, data: bytes) -> None:
        self.datagrams += self._tunnelled.receive(data)


class TunnelEnd(Wire):
    """A connection of ALPN voip-media/1, TLS up."""

    def __init__(
        self, office: Office, factory: EntranceFactory, address: str = "192.0.2.7"
    ) -> None:
        self.got = DatagramListener()
        super().__init__(factory, office.clock, address, (ALPN_MEDIA,), listener=self.got)
        self.shake_hands()

    def open(self, leg: "OpenLeg", asked: TunnelOpen | None = None) -> "TunnelEnd":
        """Say whose tunnel it is, or something else."""
        asked = asked or prove(leg.cid, leg.keys, self.exporter)
        self.send_raw(framed(asked.encode()))
        return self

    def send_datagram(self, datagram: bytes) -> None:
        self.send_raw(framed(datagram))


class OpenLeg:
    """A session's media leg, as its client knows it."""

    def __init__(self, office: Office, session: SessionId) -> None:
        media = office.media.open(session)
        self.cid: Cid = media.cid
        self.keys = MediaKeys(Suite(media.suite.value), media.key_up, media.iv_up)

    def datagram(self, content: bytes = b"") -> bytes:
        """One that claims to be this leg's, and is long enough to be one."""
        return b"\x08" + self.cid.to_bytes(4, "big") + bytes(4) + bytes(16) + content
