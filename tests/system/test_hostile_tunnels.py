"""A real server whose tunnels are attacked, and a call that goes on beside it."""

import contextlib
import time

import pytest

from tests.server.someone import ANN
from tests.system.plain_client import PlainClient
from tests.system.plain_tunnel import PlainTunnel, keys_up
from tests.system.under_attack import UnderAttack
from voip.core.media_config import MediaConfig
from voip.core.messages import Hello
from voip.server.tunnel import STUCK_SECONDS
from voip.wire.datagram import MAX_DATAGRAM, Sealer
from voip.wire.media_frames import TOKEN_LENGTH, Ping
from voip.wire.tunnel import framed

pytestmark = pytest.mark.alone

PINGS = tuple(Ping(bytes(TOKEN_LENGTH)) for _ in range(100))
"""A datagram that is answered by as many bytes."""


class HostileTunnelsTests(UnderAttack):
    """What can be done to the media tunnels, by strangers and by users."""

    def test_a_call_goes_on_whatever_tunnels_bring(self) -> None:
        """Nothing of it disturbs others, crashes, leaks or hangs."""
        self.survives(
            [
                self.random_bytes,
                self.wrong_proofs,
                self.oversized_frames,
                self.too_many_tunnels,
                self.a_flood_of_datagrams,
                self.who_does_not_read,
            ]
        )

    # ---- strangers -----------------------------------------------------------------------------

    def random_bytes(self) -> None:
        """Noise instead of the first message ends it, with not one byte of answer."""
        for number in range(20):
            with self.tunnel(f"127.0.68.{1 + number % 4}") as tunnel:
                self.is_refused_silently(tunnel, self.random.randbytes(3000))

    def wrong_proofs(self) -> None:
        """A proof that is none, or that was made for another connection, opens nothing."""
        with self.user() as user:
            media = user.log_in(ANN).media
            with self.tunnel("127.0.68.6") as first, self.tunnel("127.0.68.6") as second:
                self.is_refused_silently(first, framed(media.cid.to_bytes(4, "big") + bytes(32)))
                second.exporter = first.exporter
                with contextlib.suppress(ConnectionError):
                    second.open(media, self.sealer(media)).send(Ping(bytes(TOKEN_LENGTH)))
                self.assertEqual(second.receive(), b"")

    def too_many_tunnels(self) -> None:
        """One source may hold as many that have proven nothing as it may hold strangers."""
        with contextlib.ExitStack() as held:
            kept = [held.enter_context(self.tunnel("127.0.68.8")) for _ in range(5)]
            for _ in range(3):
                with self.tunnel("127.0.68.8") as refused:
                    self.assertEqual(refused.receive(), b"")
            self.assertTrue(kept[0].is_quiet())
            with self.tunnel("127.0.68.9") as other:
                self.assertTrue(other.is_quiet())
            for each in kept:
                self.assertEqual(each.receive(), b"")

    # ---- users ---------------------------------------------------------------------------------

    def oversized_frames(self) -> None:
        """Lengths that cannot be, and datagrams of somebody else, end an open tunnel."""
        with self.user() as user:
            media = user.log_in(ANN).media
            sealer = self.sealer(media)
            other = b"\x08" + (media.cid ^ 1).to_bytes(4, "big") + bytes(40)
            for wrong in (
                (MAX_DATAGRAM + 1).to_bytes(2, "big"),
                b"\xff\xff",
                b"\0\0",
                framed(other),
            ):
                with self.tunnel("127.0.68.7") as tunnel:
                    tunnel.open(media, sealer).send(Ping(bytes(TOKEN_LENGTH)))
                    self.assertNotEqual(tunnel.receive(), b"")
                    self.ends(tunnel, wrong)

    def a_flood_of_datagrams(self) -> None:
        """As fast as TCP takes them, genuine or not: they wait in the sender's own queue."""
        with self.user() as user:
            media = user.log_in(ANN).media
            sealer = self.sealer(media)
            forged = framed(b"\x08" + media.cid.to_bytes(4, "big") + self.random.randbytes(300))
            with self.tunnel("127.0.68.10") as tunnel:
                tunnel.open(media, sealer)
                tunnel.push(forged * 100, seconds=2.0)
                self.assertTrue(tunnel.is_quiet())

    def who_does_not_read(self) -> None:
        """A tunnel whose reader stands still is given what is fresh, and is cut off in the end."""
        with self.user() as user:
            media = user.log_in(ANN).media
            sealer = self.sealer(media)
            with self.tunnel("127.0.68.11", receive_buffer=2048) as tunnel:
                tunnel.open(media, sealer)
                deadline = time.monotonic() + STUCK_SECONDS + 10
                with contextlib.suppress(ConnectionError):
                    while time.monotonic() < deadline:
                        tunnel.send(*PINGS)
                        time.sleep(0.01)
                self.until(lambda: "closed: it does not read" in self.node.log())

    # ---- the means -----------------------------------------------------------------------------

    def tunnel(self, source: str, receive_buffer: int = 0) -> PlainTunnel:
        return PlainTunnel(self.node.address, source, receive_buffer)

    def user(self) -> PlainClient:
        """Somebody with an account, not logged in yet."""
        with self.plain("127.0.68.20") as newcomer:
            newcomer.ask(Hello(1, 1, "test"))
            newcomer.ask(ANN.register())
        return PlainClient(self.node.address, "127.0.68.21")

    def sealer(self, media: MediaConfig) -> Sealer:
        return Sealer(media.cid, keys_up(media))

    def ends(self, tunnel: PlainTunnel, raw: bytes) -> None:
        """What was under way may come still, and then the end."""
        tunnel.send_raw(raw)
        while tunnel.receive():
            pass

    def is_refused_silently(self, tunnel: PlainTunnel, raw: bytes) -> None:
        with contextlib.suppress(ConnectionError):
            tunnel.send_raw(raw)
        self.assertEqual(tunnel.receive(), b"")
