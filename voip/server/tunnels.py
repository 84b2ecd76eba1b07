"""The tunnels of media legs: which may be opened, and the one that each leg has.

It knows legs by cid, with the keys that prove a tunnel, and stands between the connections and the
relay: a leg has one tunnel, the newest, and its end is told to the relay.
"""

from typing import Protocol

from voip.core.ids import Cid
from voip.server.relay.interface import RelayEngine
from voip.wire.datagram import MediaKeys
from voip.wire.roaming import Tunnel
from voip.wire.tunnel import TunnelOpen, is_proven


class OpenTunnel(Tunnel, Protocol):
    """A tunnel's connection."""

    def abort(self) -> None:
        """Close it now; ``Tunnels.closed`` follows."""


class Tunnels:
    """Every leg that may have a tunnel, and those that there are."""

    def __init__(self, relay: RelayEngine) -> None:
        self._relay = relay
        self._keys: dict[Cid, MediaKeys] = {}
        self._open: dict[Cid, OpenTunnel] = {}

    def expect(self, cid: Cid, keys_up: MediaKeys) -> None:
        """A leg is open, whose client seals with these keys."""
        self._keys[cid] = keys_up

    def forget(self, cid: Cid) -> None:
        """The leg is closed, and its tunnel with it."""
        self._keys.pop(cid, None)
        tunnel = self._open.pop(cid, None)
        if tunnel is not None:
            tunnel.abort()

    def admit(self, asked: TunnelOpen, exporter: bytes, tunnel: OpenTunnel) -> bool:
        """Let a connection be the tunnel of a leg, in place of one before; False when it has not
        proven that it may."""
        keys = self._keys.get(asked.cid)
        if keys is None or not is_proven(asked, keys, exporter):
            return False
        before = self._open.get(asked.cid)
        self._open[asked.cid] = tunnel
        if before is not None:
            before.abort()
        return True

    def received(self, datagram: bytes, tunnel: OpenTunnel) -> None:
        """A tunnel that was let in brought a datagram."""
        self._relay.take_tunnelled(datagram, tunnel)

    def closed(self, cid: Cid, tunnel: OpenTunnel) -> None:
        """A tunnel that was let in is gone."""
        self._relay.tunnel_lost(cid, tunnel)
        if self._open.get(cid) is tunnel:
            del self._open[cid]

    def __len__(self) -> int:
        return len(self._open)
