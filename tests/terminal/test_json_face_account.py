"""The commands about one's own account: a real client core against the real server, in lines."""

from typing import cast

from twisted.internet.task import Clock

from tests.client.memory_network import PASSWORD, MemoryServer
from tests.terminal.spoken import FaceTestCase, Spoken
from voip.core.ids import Username
from voip.core.messages import RegistrationPolicy
from voip_terminal.json_face_words import VERBS, Json

NEW = "another good one"


class RecoveryWordsTests(FaceTestCase):
    def codes(self, answer: Json) -> list[str]:
        self.assertEqual(set(answer) - {"is_pending"}, {"id", "ok", "codes"}, answer)
        return cast("list[str]", answer["codes"])

    def test_recovering(self) -> None:
        """Registering gives codes; one of them sets a new password elsewhere and logs in."""
        alice, other = Spoken(self, "alice").start(), Spoken(self, "other").start()
        codes = self.codes(alice.tell("register", username="alice", password=PASSWORD))
        self.assertEqual(len(codes), 8)
        answer = other.tell("recover", username="alice", code=codes[0].lower(), password=NEW)
        self.assertEqual(self.codes(answer), [])
        self.assertEqual(other.tell("info")["account"], "alice")
        self.assertEqual(alice.events("disconnected")[-1]["trouble"], "KICKED")

    def test_a_reset_token(self) -> None:
        """It is taken where a code is, and gives new codes."""
        self.face("alice")
        making = self.network.server.accounts.make_reset(Username("alice"), 60)
        token = self.done(making)
        other = Spoken(self, "other").start()
        answer = other.tell("recover", username="alice", code=token, password=NEW)
        self.assertEqual(len(self.codes(answer)), 8)

    def test_new_codes(self) -> None:
        """They need the password, and take the place of the others."""
        alice, other = Spoken(self, "alice").start(), Spoken(self, "other").start()
        old = self.codes(alice.tell("register", username="alice", password=PASSWORD))
        self.fails(alice.tell("recovery", password="not the password"), "WRONG_PASSWORD")
        new = self.codes(alice.tell("recovery", password=PASSWORD))
        answer = other.tell("recover", username="alice", code=old[0], password=NEW)
        self.fails(answer, "WRONG_CODE")
        answer = other.tell("recover", username="alice", code="1234", password=NEW)
        self.fails(answer, "BAD_REQUEST", field="code")
        self.assertTrue(other.tell("recover", username="alice", code=new[0], password=NEW)["ok"])


class PendingWordsTests(FaceTestCase):
    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, RegistrationPolicy.APPROVAL)

    def test_an_account_that_waits(self) -> None:
        """The answer says so, and nobody is logged in."""
        alice = Spoken(self, "alice").start()
        self.assertEqual(alice.events("connected")[0]["policy"], "approval")
        answer = alice.tell("register", username="alice", password=PASSWORD)
        self.assertEqual(set(answer), {"id", "ok", *VERBS["register"].gives})
        self.assertIs(answer["is_pending"], True)
        self.fails(alice.tell("login", username="alice", password=PASSWORD), "NOT_APPROVED")


class DevicesWordsTests(FaceTestCase):
    def test_devices(self) -> None:
        """They are listed with what is known of them, and one can be thrown out."""
        alice, other = self.face("alice"), Spoken(self, "other").start()
        other.tell("login", username="alice", password=PASSWORD)
        answer = alice.tell("devices")
        self.assertEqual(set(answer), {"id", "ok", *VERBS["devices"].gives})
        devices = cast("list[Json]", answer["devices"])
        self.assertEqual(
            set(devices[0]), {"device", "name", "added_at", "seen_at", "is_online", "is_this"}
        )
        (strange,) = (each["device"] for each in devices if not each["is_this"])
        self.assertTrue(alice.tell("revoke", device=strange)["ok"])
        self.assertEqual(other.events("disconnected")[-1]["trouble"], "KICKED")
        self.assertEqual(len(cast("list[Json]", alice.tell("devices")["devices"])), 1)

    def test_what_is_no_device(self) -> None:
        """What cannot be one, and one that there is not."""
        alice = self.face("alice")
        for device in ("", "zz", "00"):
            self.fails(alice.tell("revoke", device=device), "BAD_REQUEST", field="device")
        self.fails(alice.tell("revoke", device="00" * 32), "UNKNOWN_DEVICE", field="device")


class DeletionWordsTests(FaceTestCase):
    def test_the_end(self) -> None:
        """It needs the password, logs out, and leaves no account here or there."""
        alice = self.face("alice")
        answer = alice.tell("delete-account", password="not the password")
        self.fails(answer, "WRONG_PASSWORD")
        self.assertTrue(alice.tell("delete-account", password=PASSWORD)["ok"])
        self.assertEqual(alice.events("disconnected")[-1]["trouble"], None)
        self.assertEqual(alice.tell("info")["accounts"], [])
        answer = alice.tell("login", username="alice", password=PASSWORD)
        self.fails(answer, "WRONG_PASSWORD")
