"""The tunnels of media legs."""

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import NotedRelay
from voip.core.ids import Cid
from voip.server.tunnels import Tunnels
from voip.wire.datagram import MediaKeys, Suite
from voip.wire.tunnel import prove

KEYS = MediaKeys(Suite.AES_128_GCM, b"k" * 16, b"i" * 12)
CID = Cid(7)
EXPORTER = b"e" * 32


class Line:
    """A connection that keeps what is done to it."""

    def __init__(self) -> None:
        self.is_aborted = False

    def send(self, datagram: bytes) -> None:
        raise AssertionError(datagram)

    def abort(self) -> None:
        self.is_aborted = True


class TunnelsTests(SynchronousTestCase):
    """Who is let in, and what ends."""

    def setUp(self) -> None:
        self.relay = NotedRelay()
        self.tunnels = Tunnels(self.relay)

    def admit(self, line: Line) -> bool:
        return self.tunnels.admit(prove(CID, KEYS, EXPORTER), EXPORTER, line)

    def test_only_legs_that_are_open(self) -> None:
        """Before a leg is open and after it is closed nobody gets in."""
        line = Line()
        self.assertFalse(self.admit(line))
        self.tunnels.expect(CID, KEYS)
        self.assertTrue(self.admit(line))
        self.tunnels.forget(CID)
        self.assertTrue(line.is_aborted)
        self.assertFalse(self.admit(line))
        self.tunnels.forget(CID)

    def test_the_end_of_an_old_tunnel_leaves_the_new_one(self) -> None:
        """The relay is told of each end, and the newest stays."""
        self.tunnels.expect(CID, KEYS)
        old, new = Line(), Line()
        self.admit(old)
        self.admit(new)
        self.assertTrue(old.is_aborted)
        self.tunnels.closed(CID, old)
        self.assertEqual(len(self.tunnels), 1)
        self.tunnels.closed(CID, new)
        self.assertEqual(len(self.tunnels), 0)
        self.assertEqual(self.relay.tunnels_lost, [(CID, old), (CID, new)])

    def test_datagrams_go_to_the_relay(self) -> None:
        """With the tunnel they came by."""
        line = Line()
        self.tunnels.received(b"d", line)
        self.assertEqual(self.relay.tunnelled, [(b"d", line)])
