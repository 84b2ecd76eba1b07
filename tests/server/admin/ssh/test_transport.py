"""A connection to the admin shell, below what is said on it."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import LogLevel, capturedLogs
from twisted.test import iosim

from tests.server.admin.ssh.hybrid_client import HybridClient
from tests.server.admin.ssh.pair import Client, PairTestCase, Wire, terminal
from voip.server.admin.ssh.guests import PER_SOURCE
from voip.server.admin.ssh.transport import (
    GOODBYE_SECONDS,
    KEEPALIVE_SECONDS,
    LAST_WORDS_SECONDS,
    LOGIN_SECONDS,
    NOTES,
    REFUSALS,
    SILENCES,
    STRANGER_BYTES,
)

PAYLOADS = st.binary(max_size=60)


class Mute(Protocol):
    """Says what it is told to, and notes what it hears."""

    def __init__(self) -> None:
        self.heard = b""

    def dataReceived(self, data: bytes) -> None:
        self.heard += data


class LoginTests(PairTestCase):
    """Coming in, and going."""

    def test_somebody_comes_and_leaves(self) -> None:
        """Both stand in the log, with who it is; the login in the audit."""
        with capturedLogs() as events:
            client = self.come()
            self.assertTrue(client.connection.is_open)
            client.loseConnection()
            self.settle()
            self.server.connectionLost(connectionDone)
        said = [event["log_format"] for event in events if event["log_namespace"][:5] == "voip."]
        self.assertEqual(len(said), 2)
        self.assertEqual([event["log_level"] for event in events], [LogLevel.info] * 2)
        self.assertEqual(self.noted, [("alice", "ssh login", "operator", "")])
        self.assertEqual(self.home.audit.lines[-1], ("end", "done"))

    def test_who_does_not_log_in_is_sent_away(self) -> None:
        """In good time, whatever it has done until then."""
        for is_mute in (True, False):
            client = Client()
            client.logs_in = False
            self.come(client)
            self.clock.advance(LOGIN_SECONDS / 2)
            if is_mute:
                self.pump.flush()
            self.assertFalse(self.wire.disconnecting)
            self.clock.advance(LOGIN_SECONDS / 2)
            self.pump.flush()
            self.assertIn("too long", client.goodbye)
            self.server.connectionLost(connectionDone)
            self.assertEqual(self.noted[-1][1:], ("ssh login", "", "tried too slowly, over 20 s"))
        self.assertEqual(self.clock.getDelayedCalls(), [])

    def test_a_peer_that_does_not_take_its_goodbye_is_cut_off(self) -> None:
        """Nothing of it stays."""
        self.come()
        self.server.close()
        self.clock.advance(GOODBYE_SECONDS)
        self.assertTrue(self.wire.disconnected or self.wire.disconnecting)

    def test_all_are_closed_at_the_end(self) -> None:
        """It is told when the last is gone."""
        client = self.come()
        closed = self.factory.close_all()
        self.assertNoResult(closed)
        self.settle()
        self.assertEqual(client.goodbye, "the server stops")
        if self.factory.connections:
            self.server.connectionLost(connectionDone)
        self.successResultOf(closed)
        self.successResultOf(self.factory.close_all())

    def test_the_last_words_are_shown_before_the_end(self) -> None:
        """A client that is cut off at once does not show what came just before."""
        client = self.come()
        channel = self.session(client)
        channel.ask(b"pty-req", terminal(80, 24))
        channel.ask(b"shell")
        self.settle()
        self.shells.end_all("The server stops.")
        self.server.close()
        self.settle()
        self.assertEqual((channel.is_closed, client.goodbye), (True, ""))
        self.clock.advance(LAST_WORDS_SECONDS)
        self.settle()
        self.assertEqual(client.goodbye, "the server stops")

    def test_too_many_are_refused_before_anything_is_said(self) -> None:
        """No version, no key: the refusal costs nothing, and is noted."""
        for _ in range(PER_SOURCE):
            idle = Client()
            idle.logs_in = False
            self.come(idle)
        client = self.come()
        self.assertFalse(client.is_secure)
        self.assertFalse(client.gotVersion)
        self.assertEqual(self.noted[-1][1], "ssh connection")
        self.assertEqual(len(self.factory.connections), PER_SOURCE)
        self.assertTrue(self.come(host="192.0.2.1").connection.is_open)

    def test_a_silent_client_is_given_up(self) -> None:
        """It is asked for a sign of life; only one that gives none is gone."""
        self.come()
        for _ in range(10):
            self.clock.advance(KEEPALIVE_SECONDS)
            self.pump.flush()
        self.assertFalse(self.wire.disconnecting)
        for _ in range(SILENCES + 1):
            self.assertFalse(self.wire.disconnecting)
            self.clock.advance(KEEPALIVE_SECONDS)
        self.assertTrue(self.wire.disconnecting)


class AlgorithmsTests(PairTestCase):
    """What is agreed on."""

    def test_the_best_is_chosen(self) -> None:
        """What is safe against quantum computers stands first; Conch's client does not have it."""
        self.come()
        self.assertEqual(self.server.supportedKeyExchanges[0], b"mlkem768x25519-sha256")
        self.assertEqual(self.server.kexAlg, b"curve25519-sha256")
        self.assertEqual(self.server.keyAlg, b"ssh-ed25519")
        self.assertEqual(self.server.currentEncryptions.inCipType, b"aes256-ctr")
        self.assertEqual(self.server.currentEncryptions.inMACType, b"hmac-sha2-512")

    def test_who_can_is_safe_against_quantum_computers(self) -> None:
        """The whole way to the answer of a command."""
        client = self.come(HybridClient())
        self.assertEqual(self.server.kexAlg, b"mlkem768x25519-sha256")
        self.assertEqual(self.command(client, "help").code, 0)

    def test_yesterday_s_are_refused(self) -> None:
        """Each of them alone."""
        for name, value in (
            ("supportedKeyExchanges", [b"diffie-hellman-group14-sha1"]),
            ("supportedKeyExchanges", [b"ecdh-sha2-nistp256"]),
            ("supportedPublicKeys", [b"ssh-rsa"]),
            ("supportedCiphers", [b"aes256-cbc"]),
            ("supportedMACs", [b"hmac-sha1"]),
            ("supportedCompressions", [b"zlib"]),
        ):
            client = Client()
            setattr(client, name, value)
            self.come(client, host=f"192.0.2.{len(name)}")
            self.assertFalse(client.is_secure, name)

    def test_people_are_told_by_which_signatures_they_may_come(self) -> None:
        """Conch would name the host key's kind alone, and RSA keys would not be tried."""
        client = self.come()
        names = client.peerExtensions[b"server-sig-algs"].split(b",")
        self.assertIn(b"rsa-sha2-512", names)
        self.assertIn(b"ssh-ed25519", names)
        self.assertNotIn(b"ssh-rsa", names)


class HostileTests(PairTestCase):
    """Whatever comes, at most its own connection ends, and no error is logged."""

    def say(self, *pieces: bytes) -> Mute:
        """Connect without a client, and send bytes."""
        mute = Mute()
        self.server = self.factory.buildProtocol(None)
        self.wire, wire = Wire(self.server, True), Wire(mute, False)
        self.pump = iosim.connect(self.server, self.wire, mute, wire, greet=False)
        for piece in pieces:
            wire.write(piece)
            self.pump.flush()
        return mute

    def leave(self) -> None:
        """The other end is gone, long ago."""
        if self.server in self.factory.connections:
            self.server.connectionLost(connectionDone)
        self.clock.advance(1000.0)

    @settings(suppress_health_check=[HealthCheck.differing_executors])
    @given(st.lists(st.binary(max_size=200), max_size=4), st.booleans())
    def test_any_bytes(self, pieces: list[bytes], is_versioned: bool) -> None:
        """With a version before them or without."""
        with capturedLogs() as events:
            self.say(*([b"SSH-2.0-x\r\n"] if is_versioned else []), *pieces)
            self.leave()
        self.assertEqual([e for e in events if e["log_level"] >= LogLevel.warn], [])

    @settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
    @given(st.integers(1, 120), PAYLOADS)
    def test_any_packet_before_the_login(self, number: int, payload: bytes) -> None:
        """Encrypted as it should be."""
        client = Client()
        client.logs_in = False
        with capturedLogs() as events:
            self.come(client)
            client.sendPacket(number, payload)
            self.settle()
            self.assertIsNone(self.server.actor)
            self.leave()
        self.assertEqual([e for e in events if e["log_level"] >= LogLevel.warn], [])

    @settings(suppress_health_check=[HealthCheck.differing_executors], deadline=None)
    @given(st.lists(st.tuples(st.sampled_from([80, 90, *range(91, 101)]), PAYLOADS), max_size=3))
    def test_any_packet_after_the_login(self, packets: list[tuple[int, bytes]]) -> None:
        """What cannot be read is told in a line, since it is a known person's client."""
        with capturedLogs() as events:
            client = self.come()
            for number, payload in packets:
                client.sendPacket(number, payload)
                self.settle()
            self.leave()
        self.assertEqual([e for e in events if e["log_level"] > LogLevel.warn], [])

    def test_too_much_before_the_login(self) -> None:
        """It is not kept."""
        self.say(b"SSH-2.0-x\r\n", b"\0" * (STRANGER_BYTES + 1))
        self.assertTrue(self.wire.disconnecting)

    def test_packets_that_mean_nothing_are_bounded_together(self) -> None:
        """None of them is kept, and each costs the server its time."""
        ignored = b"\0\0\0\x0c\x06\x02" + b"\0" * 10
        pieces = [ignored * 64] * (STRANGER_BYTES // len(ignored * 64))
        self.say(b"SSH-2.0-x\r\n", *pieces[1:])
        self.assertFalse(self.wire.disconnecting)
        self.say(b"SSH-2.0-x\r\n", *pieces)
        self.assertTrue(self.wire.disconnecting)

    def test_a_packet_of_claimed_size_is_not_waited_for(self) -> None:
        """A megabyte that never comes whole."""
        self.say(
            b"SSH-2.0-x\r\n", b"\x00\x0f\xff\xff" + b"\0" * (STRANGER_BYTES - 100), b"\0" * 200
        )
        self.assertTrue(self.wire.disconnecting)

    def test_keys_are_exchanged_once_before_the_login(self) -> None:
        """Each time costs the server a millisecond."""
        client = Client()
        client.logs_in = False
        self.come(client)
        client.sendKexInit()
        self.settle()
        self.assertIn("log in before", client.goodbye)

    def test_a_key_exchange_has_its_order(self) -> None:
        """Half of one by itself would be done, and cost as much, as often as it is asked for."""
        for number in (21, 30, 32, 34):
            client = Client()
            client.logs_in = False
            self.come(client)
            client.sendPacket(number, b"\0\0\0\x20" + b"\x09" * 32 if number == 30 else b"")
            self.settle()
            self.assertEqual(client.goodbye, "not in a key exchange", number)

    def test_keys_may_be_exchanged_anew_after_it(self) -> None:
        """What is written meanwhile waits, and comes."""
        client = self.come()
        client.sendKexInit()
        channel = self.command(client, "help kick")
        self.assertIn(b"kick NAME", channel.out)
        self.assertEqual(channel.code, 0)

    def test_a_login_is_begun_once(self) -> None:
        """Asked for again it would count its attempts anew."""
        client = self.come()
        client.sendPacket(5, b"\0\0\0\x0cssh-userauth")
        self.settle()
        self.assertTrue(self.wire.disconnecting)

    def test_a_login_begins_encrypted(self) -> None:
        """Not before there are keys."""
        plain = b"\0\0\0\x1c\x0a\x05\0\0\0\x0cssh-userauth" + b"\0" * 10
        self.say(b"SSH-2.0-x\r\n", plain)
        self.assertTrue(self.wire.disconnecting)

    def test_who_asks_for_what_is_not_here_is_noted_and_sent_away(self) -> None:
        """A few times, and after many."""
        client = self.come()
        for _ in range(REFUSALS + 5):
            client.connection.sendGlobalRequest(b"tcpip-forward", b"")
        self.settle()
        refused = [noted for noted in self.noted if noted[1] == "ssh forward"]
        self.assertEqual(refused, [("alice", "ssh forward", "tcpip-forward", "")] * NOTES)
        self.assertTrue(self.wire.disconnecting)

    def test_packets_after_the_goodbye_are_not_read(self) -> None:
        """However many have come with it."""
        client = self.come()
        self.server.close()
        client.connection.sendGlobalRequest(b"tcpip-forward", b"")
        self.settle()
        self.assertEqual(len(self.noted), 1)
