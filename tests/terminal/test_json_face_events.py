"""The events of the JSON face about the line to the server."""

from typing import cast

from tests.client.memory_network import ADDRESS, PASSWORD, make_certificate
from tests.terminal.spoken import DOCUMENT, FaceTestCase, Spoken
from voip.client.model import LinkTrouble
from voip.core.calls import EndReason
from voip.server.sessions import SessionEnd
from voip_terminal.json_face_words import EVENTS


class ConnectionEventTests(FaceTestCase):
    def test_connected(self) -> None:
        """The face connects by itself and tells whom to."""
        (event,) = Spoken(self, "alice").start().events("connected")
        self.assertEqual(set(event), {"event", *EVENTS["connected"]})
        self.assertEqual((event["host"], event["is_new_pin"]), (ADDRESS, True))
        self.assertEqual(event["logged_in"], False)

    def test_not_reachable(self) -> None:
        """A server that is not there is told; a later login tries again."""
        self.network.is_reachable = False
        spoken = Spoken(self, "alice").start()
        (event,) = spoken.events("disconnected")
        self.assertEqual(set(event), {"event", *EVENTS["disconnected"]})
        self.assertEqual(event["trouble"], "NOT_REACHABLE")
        self.fails(spoken.tell("login", username="alice", password=PASSWORD), "NOT_REACHABLE")
        self.network.is_reachable = True
        self.fails(spoken.tell("login", username="alice", password=PASSWORD), "WRONG_PASSWORD")
        self.assertEqual(len(spoken.events("connected")), 1)

    def test_changed_certificate(self) -> None:
        """A changed key is told with both pins."""
        Spoken(self, "alice").start()
        old = self.network.server.certificate.pin
        self.network.server.certificate = make_certificate()
        self.network.listen()
        (event,) = Spoken(self, "alice").start().events("disconnected")
        self.assertEqual(event["trouble"], "CERTIFICATE_CHANGED")
        self.assertEqual(event["expected_pin"], old)
        self.assertEqual(event["seen_pin"], self.network.server.certificate.pin)

    def test_not_an_address(self) -> None:
        """What is no address is told."""
        (event,) = Spoken(self, "alice", "a b").start().events("disconnected")
        self.assertEqual(event["trouble"], "BAD_ADDRESS")

    def test_broken_file(self) -> None:
        """A file of known servers that cannot be used is told by its path."""
        path = self.network.data_dir / "alice" / "known_servers.json"
        path.parent.mkdir()
        path.write_text("{")
        (event,) = Spoken(self, "alice").start().events("disconnected")
        self.assertEqual((event["error"], event["field"]), ("STORE_UNAVAILABLE", str(path)))

    def test_a_cut(self) -> None:
        """A cut is told, and so is its end."""
        spoken = self.face("alice")
        self.network.cut()
        (event,) = spoken.events("disconnected")
        self.assertEqual(event["trouble"], "LOST")
        self.assertGreater(cast("float", event["retry_in_seconds"]), 0.0)
        self.network.pass_time(2)
        self.assertEqual(spoken.events("connected")[-1]["logged_in"], True)

    def test_giving_up(self) -> None:
        """A server that comes back with another key ends the trying, which is told."""
        spoken = self.face("alice")
        self.network.server.certificate = make_certificate()
        self.network.listen()
        self.network.cut()
        self.network.pass_time(2)
        lost, given_up = spoken.events("disconnected")
        self.assertEqual(lost["trouble"], "LOST")
        self.assertEqual(given_up["trouble"], "CERTIFICATE_CHANGED")
        self.assertIsNone(given_up["retry_in_seconds"])

    def test_what_the_operator_says(self) -> None:
        """Announcements, maintenance, and the last words to a session."""
        spoken = self.face("alice")
        reception = self.network.server.reception
        reception.announce("restart at ten")
        reception.announce("restart at ten")
        reception.drain(is_on=True)
        reception.drain(is_on=False)
        [session] = reception.sessions
        reception.kick_all(session.owner.account, SessionEnd.BANNED, text="spam", seconds=60)
        self.network.settle()
        said = [event["text"] for event in spoken.events("announcement")]
        self.assertEqual(said, ["restart at ten"] * 2)
        self.assertEqual([event["is_on"] for event in spoken.events("maintenance")], [True, False])
        (last,) = spoken.events("disconnected")
        self.assertEqual(
            (last["trouble"], last["said"], last["ban_seconds"]), ("BANNED", "spam", 60)
        )
        for name in ("announcement", "maintenance", "disconnected"):
            self.assertEqual(set(spoken.events(name)[0]), {"event", *EVENTS[name]})

    def test_every_trouble_is_documented(self) -> None:
        """The names of all troubles, reasons and states stand in the document."""
        text = DOCUMENT.read_text()
        for name in [each.name for each in LinkTrouble] + [each.value for each in EndReason]:
            self.assertIn(f"`{name}`", text)
