"""The commands of the JSON face: a real client core against the real server, in lines."""

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.client.memory_network import PASSWORD
from tests.terminal.spoken import ABOUT, FaceTestCase, Spoken
from voip.client.voice.commands import CallFigures, DevicesInUse, Trouble, VoiceTrouble
from voip.core.ids import CallId
from voip_terminal.json_face import MAX_LINE_BYTES, opus_name
from voip_terminal.json_face_words import EVENTS, VERBS, Json


class LineTests(FaceTestCase):
    def test_what_is_no_command(self) -> None:
        """Nonsense is answered, and the session goes on."""
        spoken = Spoken(self, "alice").start()
        spoken.said.clear()
        for line in (b"nonsense", b"[]", b"7", b"\xff", b'{"id": 1}', b'{"do": 7}', b'{"do": "x"}'):
            spoken.lines.dataReceived(line + b"\n")
        self.assertEqual([each["error"] for each in spoken.said], ["BAD_REQUEST"] * 7)
        self.assertEqual([each["id"] for each in spoken.said], [None] * 4 + [1, None, None])
        spoken.said.clear()
        self.assertEqual(spoken.tell("info")["ok"], True)

    def test_fields(self) -> None:
        """A field that is unknown, missing or of the wrong kind is named."""
        spoken = Spoken(self, "alice").start()
        self.fails(spoken.tell("nick"), "BAD_REQUEST", field="nick")
        self.fails(spoken.tell("nick", nick=7), "BAD_REQUEST", field="nick")
        self.fails(spoken.tell("nick", nick="a", more="b"), "BAD_REQUEST", field="more")
        self.fails(spoken.tell("call", to="bob"), "BAD_REQUEST", field="to")
        self.fails(spoken.tell("call", to=[1]), "BAD_REQUEST", field="to")
        for number in ("NaN", "-Infinity", "1e9", "true"):  # Python reads them, JSON has them not
            spoken.lines.dataReceived(b'{"do":"volume","username":"b","db":%s}\n' % number.encode())
            self.assertEqual(spoken.said[-1]["field"], "db")
        for limit in (0, True, "5"):
            self.fails(spoken.tell("users", limit=limit), "BAD_REQUEST", field="limit")

    def test_words_of_later(self) -> None:
        """Words that do not exist yet are unknown."""
        spoken = Spoken(self, "alice").start()
        for do in ("transfer", "record"):
            self.fails(spoken.tell(do), "BAD_REQUEST", field="do")

    def test_pieces(self) -> None:
        """Lines may come in any pieces; empty ones are nothing."""
        spoken = Spoken(self, "alice").start()
        spoken.said.clear()
        for piece in (b'{"id": "x", "d', b'o": "info"', b"}\n\n  \n", b'{"id": 2, "do": "info"}\n'):
            spoken.lines.dataReceived(piece)
        self.assertEqual([each["id"] for each in spoken.said], ["x", 2])

    def test_a_line_without_end(self) -> None:
        """A line longer than any command is one mistake, and costs no memory."""
        spoken = Spoken(self, "alice").start()
        spoken.said.clear()
        for _ in range(4):
            spoken.lines.dataReceived(b"x" * MAX_LINE_BYTES)
        spoken.lines.dataReceived(b'\n{"id": 2, "do": "info"}\n')
        self.assertEqual([each["ok"] for each in spoken.said], [False, True])
        spoken.lines.dataReceived(b"x" * (MAX_LINE_BYTES + 1) + b"\n")
        self.assertEqual(spoken.said[-1]["error"], "BAD_REQUEST")

    def test_quit(self) -> None:
        """Quit is answered, then nothing more is said or heard."""
        spoken = Spoken(self, "alice").start()
        self.assertEqual(spoken.tell("quit"), {"id": 1, "ok": True})
        spoken.lines.dataReceived(b'{"id": 9, "do": "info"}\n')
        spoken.lines.connectionLost()
        self.assertEqual(spoken.ends, 1)
        self.assertEqual(spoken.said[-1]["id"], 1)

    def test_end_of_input(self) -> None:
        """The end of stdin ends the client."""
        spoken = Spoken(self, "alice").start()
        spoken.lines.connectionLost()
        self.assertEqual(spoken.ends, 1)

    def test_a_bug(self) -> None:
        """A bug of ours is an answer too, and stands in the log."""
        spoken = Spoken(self, "alice").start()
        spoken.client.users = lambda *_: 1 / 0  # type: ignore[method-assign,assignment]
        self.fails(spoken.tell("users"), "INTERNAL")
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)


class AccountVerbTests(FaceTestCase):
    def test_account(self) -> None:
        """Register, nick, presence, password, logout and both ways to log in."""
        alice, bob = self.face("alice"), self.face("bob")
        self.assertEqual(bob.tell("contact-add", username="alice")["ok"], True)
        self.assertEqual(alice.tell("nick", nick="Ally")["ok"], True)
        self.assertEqual(alice.tell("presence", presence="away", text="lunch")["ok"], True)
        self.network.pass_time(5)
        (person,) = cast("list[Json]", bob.events("contacts")[-1]["contacts"])
        told = {name: person[name] for name in ("username", "nick", "presence", "text")}
        self.assertEqual(
            told, {"username": "alice", "nick": "Ally", "presence": "away", "text": "lunch"}
        )
        self.assertEqual(alice.tell("password", old=PASSWORD, new="another good one")["ok"], True)
        self.assertEqual(alice.tell("logout")["ok"], True)
        self.assertEqual(alice.events("disconnected")[-1]["trouble"], None)
        self.network.pass_time(5)
        self.assertEqual(alice.tell("login", username="alice")["ok"], True)
        self.assertEqual(alice.tell("logout")["ok"], True)
        again = alice.tell("login", username="alice", password="another good one")
        self.assertEqual(again["ok"], True)
        states = [each["contacts"] for each in bob.events("contacts")]
        self.assertIn("offline", str(states))

    def test_refusals(self) -> None:
        """Refusals have the names of the server's codes and name the field."""
        alice = self.face("alice")
        other = Spoken(self, "other").start()
        answer = other.tell("register", username="alice", password=PASSWORD)
        self.fails(answer, "NAME_TAKEN", field="username")
        answer = other.tell("register", username="bob", password="short")
        self.fails(answer, "BAD_REQUEST", field="password")
        self.fails(other.tell("login", username="alice"), "UNKNOWN_DEVICE", field="username")
        self.fails(other.tell("users"), "NOT_LOGGED_IN")
        self.fails(alice.tell("presence", presence="asleep"), "BAD_REQUEST", field="presence")

    def test_too_many_guesses(self) -> None:
        """Guessing is slowed down, and the answer says for how long."""
        self.face("alice")
        other = Spoken(self, "other").start()
        for _ in range(8):
            answer = other.tell("login", username="alice", password="wrong wrong")
        self.assertEqual(answer["error"], "RATE_LIMITED")
        self.assertGreater(cast("int", answer["retry_after_ms"]), 0)

    def test_users(self) -> None:
        """The list of people is paged and searched at the server."""
        alice = self.face("alice")
        self.face("bob")
        answer = alice.tell("users", query="bo", limit=10)
        people = cast("list[Json]", answer["people"])
        self.assertEqual([person["username"] for person in people], ["bob"])
        self.assertEqual(set(answer), {"id", "ok", *VERBS["users"].gives})

    def test_info(self) -> None:
        """Info tells versions, engine, account, devices and trouble."""
        alice = self.face("alice")
        self.voices["alice"].report(DevicesInUse("none", "headset"))
        self.voices["alice"].report(Trouble(VoiceTrouble.NO_MICROPHONE))
        info = alice.tell("info")
        self.assertEqual(set(info), {"id", "ok", *VERBS["info"].gives})
        self.assertEqual((info["engine"], info["opus"]), (ABOUT.engine, ABOUT.opus))
        self.assertEqual((info["account"], info["accounts"]), ("alice", ["alice"]))
        self.assertEqual(info["devices"], {"microphone": "none", "speaker": "headset"})
        self.assertEqual((info["trouble"], info["link"]), ("NO_MICROPHONE", "logged_in"))


class CallVerbTests(FaceTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.face("alice"), self.face("bob")

    def talk(self) -> object:
        call_id = self.alice.tell("call", to=["bob"])["call_id"]
        self.assertEqual(self.bob.tell("accept")["ok"], True)
        return call_id

    def test_a_call(self) -> None:
        """From ringing to the end, with the same words on both sides."""
        call_id = self.alice.tell("call", to=["bob"])["call_id"]
        (ringing,) = self.bob.events("ringing")
        self.assertEqual(set(ringing), {"event", *EVENTS["ringing"]})
        self.assertEqual((ringing["call_id"], ringing["from"]), (call_id, "alice"))
        self.assertEqual(self.bob.tell("accept", call_id=call_id)["ok"], True)
        ours, theirs = self.alice.events("call")[-1], self.bob.events("call")[-1]
        self.assertEqual(set(ours), {"event", *EVENTS["call"]})
        self.assertEqual((ours["state"], ours["e2e"]), ("active", "encrypted"))
        self.assertEqual(len(cast("list[str]", ours["words"])), 4)
        self.assertEqual(ours["words"], theirs["words"])
        (peer,) = cast("list[Json]", ours["peers"])
        self.assertEqual((peer["username"], peer["state"]), ("bob", "active"))
        self.network.pass_time(3)
        self.assertEqual(self.alice.tell("hangup")["ok"], True)
        for spoken in (self.alice, self.bob):
            (ended,) = spoken.events("ended")
            self.assertEqual(set(ended), {"event", *EVENTS["ended"]})
            self.assertEqual((ended["reason"], ended["seconds"]), ("hangup", 3.0))

    def test_states(self) -> None:
        """The caller sees dialing, then active; the callee ringing, then active."""
        self.talk()
        for spoken, first in ((self.alice, "dialing"), (self.bob, "ringing")):
            states = [event["state"] for event in spoken.events("call")]
            self.assertEqual((states[0], states[-1]), (first, "active"))

    def test_figures_once_a_second(self) -> None:
        """While a call is active it is told once a second, with the newest figures."""
        call_id = self.talk()
        before = len(self.alice.events("call"))
        figures = CallFigures(
            CallId(bytes.fromhex(str(call_id))), "opus", "udp", 0.5, 0.25, 3.0, 20.0, 40.0, 90.0,
            10, 9, 0.0, 0, 0, 1.5,
        )  # fmt: skip
        self.voices["alice"].report(figures)
        self.network.pass_time(3)
        events = self.alice.events("call")
        self.assertEqual(len(events) - before, 3)
        last = events[-1]
        self.assertEqual((last["codec"], last["path"], last["loss"]), ("opus", "udp", 0.5))
        self.assertEqual((last["jitter_ms"], last["rtt_ms"], last["buffer_ms"]), (3.0, 20.0, 40.0))
        self.assertEqual(last["seconds"], 3.0)
        info = self.alice.tell("info")
        self.assertEqual(cast("Json", info["figures"])["call_id"], call_id)
        self.assertEqual(info["answered_at"], 1000.0)
        self.alice.tell("hangup")
        before = len(self.alice.said)
        self.network.pass_time(3)
        self.assertEqual(self.alice.events("call")[len(events) :], [])
        self.assertIsNotNone(self.alice.tell("info")["figures"])
        self.assertGreaterEqual(len(self.alice.said), before)

    def test_decline(self) -> None:
        """A declined call ends with that reason."""
        self.alice.tell("call", to=["bob"])
        self.assertEqual(self.bob.tell("decline")["ok"], True)
        self.assertEqual(self.alice.events("ended")[-1]["reason"], "declined")

    def test_mute(self) -> None:
        """Muting is told to the other."""
        self.talk()
        self.alice.tell("mute")
        self.assertEqual(self.alice.events("call")[-1]["is_muted"], True)
        (peer,) = cast("list[Json]", self.bob.events("call")[-1]["peers"])
        self.assertEqual(peer["is_muted"], True)
        self.alice.tell("unmute")
        self.assertEqual(self.alice.events("call")[-1]["is_muted"], False)

    def test_verify(self) -> None:
        """Compared words make the call verified."""
        self.talk()
        self.assertEqual(self.alice.tell("verify")["ok"], True)
        self.assertEqual(self.alice.events("call")[-1]["e2e"], "verified")

    def test_trust(self) -> None:
        """There is no new key to trust unless a call was stopped for one."""
        self.fails(self.alice.tell("trust", username="bob"), "WRONG_STATE")

    def test_no_call(self) -> None:
        """Words about a call need one."""
        for do in ("accept", "decline", "hangup", "verify"):
            self.fails(self.alice.tell(do), "NO_SUCH_CALL", field="call_id")
            self.fails(self.alice.tell(do, call_id="xyz"), "BAD_REQUEST", field="call_id")
            self.fails(self.alice.tell(do, call_id="00" * 16), "NO_SUCH_CALL")

    def test_accept_means_what_rings(self) -> None:
        """Without an id, accept does not mean the call one dialled."""
        self.alice.tell("call", to=["bob"])
        self.fails(self.alice.tell("accept"), "NO_SUCH_CALL", field="call_id")

    def test_ended_before_more_happens(self) -> None:
        """Two calls that end in one breath are both told."""
        carol = self.face("carol")
        self.alice.tell("call", to=["bob"])
        carol.tell("call", to=["bob"])
        self.assertEqual(len(self.bob.events("ringing")), 2)
        self.bob.tell("logout")
        self.assertEqual(len(self.bob.events("ended")), 2)


class AboutTests(SynchronousTestCase):
    """What is told of the parts."""

    def test_an_opus_of_no_version(self) -> None:
        """A library that was built without its version says nothing of it."""
        self.assertEqual(opus_name("libopus unknown"), "libopus")
        self.assertEqual(opus_name("libopus 1.5.2"), "libopus 1.5.2")
