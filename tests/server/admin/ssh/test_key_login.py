"""Logging in to the admin shell: by a key, and by nothing else."""

import struct
from dataclasses import replace

from twisted.conch.ssh.common import NS
from twisted.conch.ssh.keys import Key
from twisted.conch.ssh.service import SSHService
from twisted.internet.protocol import connectionDone

from tests.server.admin.ssh.pair import SETTINGS, Client, PairTestCase
from tests.server.admin.ssh.public_keys import key_of
from voip.config import Admin
from voip.core.deeds import Role
from voip.server.admin.ssh.authorized_keys import AUTHORIZED_KEYS
from voip.server.admin.ssh.key_login import ATTEMPTS, REQUESTS

REQUEST = 50


class ByHand(SSHService):
    """The client's side of a login that a test does itself."""

    name = b"ssh-userauth"

    def packetReceived(self, messageNum: int, packet: bytes) -> None:
        """The test looks at the server instead."""


class KeyLoginTests(PairTestCase):
    """A real client that tries real keys, and one that tries what no client would."""

    def try_(self, *keys: str, user: str = "operator") -> Client:
        """Come with these keys, and leave."""
        client = Client()
        client.user, client.keys = user, keys
        self.come(client)
        self.assertEqual(client.connection.is_open, self.server.actor is not None)
        return client

    def leave(self) -> str:
        """The connection ends; what is recorded of it."""
        self.server.connectionLost(connectionDone)
        return self.noted[-1][3]

    def test_the_key_says_who_and_the_name_says_what(self) -> None:
        """Operators and Python are two roles of the same people."""
        self.try_("ed25519")
        actor = self.server.actor
        assert actor is not None
        self.assertEqual(
            (actor.name, actor.role, actor.address), ("alice", Role.OPERATOR, "127.0.0.0/24")
        )
        self.try_("ecdsa", user="python")
        assert self.server.actor is not None
        self.assertEqual((self.server.actor.name, self.server.actor.role), ("pia", Role.PYTHON))
        self.try_("ecdsa")
        assert self.server.actor is not None
        self.assertEqual(self.server.actor.role, Role.OPERATOR)

    def test_python_needs_the_role_and_the_setting(self) -> None:
        """Each of them, each time."""
        self.try_("ed25519", user="python")
        self.assertEqual(self.leave(), "tried the key of alice")
        self.home.house.live.change(replace(SETTINGS, admin=replace(Admin(), python=False)))
        self.try_("ecdsa", user="python")
        self.assertIsNone(self.server.actor)
        self.home.house.live.change(SETTINGS)
        self.try_("ecdsa", user="python")
        self.assertIsNotNone(self.server.actor)

    def test_other_names_are_nobody(self) -> None:
        """Also with the right key, and with names that no terminal should show."""
        for user in ("root", "", "operator\x1b[2J", "OPERATOR"):
            self.try_("ed25519", user=user)
            self.assertIsNone(self.server.actor)
            self.leave()
        self.assertEqual({on for _, _, on, _ in self.noted}, {"root", "", "operator", "OPERATOR"})

    def test_an_unknown_key_is_refused_and_named(self) -> None:
        """By its fingerprint; a key that is known may come after it."""
        self.try_("another ed25519")
        self.assertRegex(self.leave(), r"^tried ssh-ed25519 SHA256:[A-Za-z0-9+/]{43}$")
        self.try_("another ed25519", "ed25519")
        self.assertIsNotNone(self.server.actor)

    def test_rsa_signs_with_sha_2_or_not_at_all(self) -> None:
        """Conch's client still signs with SHA-1: its key is known, and that does not help."""
        self.try_("rsa")
        self.assertIsNone(self.server.actor)
        client = self.stranger()
        self.sign(client, "rsa", b"rsa-sha2-512", by=b"ssh-rsa")
        self.assertIsNone(self.server.actor, "said to be one, and is the other")
        for algorithm, is_let_in in ((b"ssh-rsa", False), (b"rsa-sha2-512", True)):
            self.sign(client, "rsa", algorithm)
            self.assertEqual(self.server.actor is not None, is_let_in)

    def test_a_client_with_many_keys_is_told_what_to_do(self) -> None:
        """After a few of them."""
        client = self.try_(*["another ed25519", "weak rsa"] * ATTEMPTS, "ed25519")
        self.assertIn("IdentitiesOnly", client.goodbye)
        self.assertIsNone(self.server.actor)

    def test_a_key_that_is_taken_out_opens_nothing_more(self) -> None:
        """From the next login on."""
        (self.data / AUTHORIZED_KEYS).write_text("")
        self.try_("ed25519")
        self.assertIsNone(self.server.actor)

    def stranger(self) -> Client:
        """A client that has keys exchanged and asks for the login by hand."""
        client = Client()
        client.logs_in = False
        self.come(client)
        client.requestService(ByHand())
        self.settle()
        return client

    def ask(
        self, client: Client, method: bytes, rest: bytes, wanted: bytes = b"ssh-connection"
    ) -> None:
        client.sendPacket(REQUEST, NS(b"operator") + NS(wanted) + NS(method) + rest)
        self.settle()

    def sign(
        self,
        client: Client,
        kind: str,
        algorithm: bytes,
        signer: str = "",
        cut: int = 0,
        by: bytes = b"",
    ) -> None:
        """Log in with a signature by a key (another's, if so wanted), cut short."""
        key, signing = Key(key_of(kind)), Key(key_of(signer or kind))
        blob = key.public().blob()
        rest = b"\1" + NS(algorithm) + NS(blob)
        assert client.sessionID is not None
        signed = NS(client.sessionID) + struct.pack(">B", REQUEST)
        signed += NS(b"operator") + NS(b"ssh-connection") + NS(b"publickey") + rest
        signature = signing.sign(signed, signatureType=by or algorithm)
        self.ask(client, b"publickey", rest + NS(signature[: len(signature) - cut]))

    def test_a_signature_must_be_the_key_s(self) -> None:
        """One by another key, one cut short, none at all."""
        client = self.stranger()
        self.sign(client, "ed25519", b"ssh-ed25519", signer="another ed25519")
        self.assertIsNone(self.server.actor)
        self.sign(client, "ed25519", b"ssh-ed25519")
        self.assertIsNotNone(self.server.actor)
        for cut in (1, 60, 83):
            client = self.stranger()
            self.sign(client, "ed25519", b"ssh-ed25519", cut=cut)
            self.assertIsNone(self.server.actor)
        self.assertEqual(self.flushLoggedErrors(), [])

    def test_passwords_are_no_method(self) -> None:
        """They are not looked at; trying them is recorded, without what was tried."""
        client = self.stranger()
        for method in (b"password", b"keyboard-interactive", b"hostbased"):
            self.ask(client, method, b"\0" + NS(b"secret"))
        self.assertIn("too many", client.goodbye)
        self.assertEqual(self.leave(), "tried password; keyboard-interactive; hostbased")

    def test_asking_what_can_be_tried_is_free_for_a_while(self) -> None:
        """But not for ever."""
        client = self.stranger()
        for _ in range(REQUESTS - 1):
            self.ask(client, b"none", b"")
        self.assertEqual(client.goodbye, "")
        self.ask(client, b"none", b"")
        self.assertIn("too many", client.goodbye)

    def test_only_sessions_can_be_wanted(self) -> None:
        """There is no other service after the login."""
        client = self.stranger()
        self.ask(client, b"none", b"", wanted=b"ssh-userauth")
        self.assertEqual(client.goodbye, "only sessions")

    def test_nothing_is_done_before_the_login(self) -> None:
        """Sessions, forwards and requests are unknown until then."""
        client = self.stranger()
        client.sendPacket(90, NS(b"session") + struct.pack(">3L", 0, 1000, 1000))
        client.sendPacket(80, NS(b"tcpip-forward") + b"\0")
        self.settle()
        self.assertIsNone(self.server.actor)
        self.assertEqual(self.home.audit.lines, [])
