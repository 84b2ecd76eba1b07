"""The commands about people: a real client core against the real server, in lines."""

from typing import cast

from tests.terminal.spoken import FaceTestCase, Spoken
from voip_terminal.json_face_words import EVENTS, VERBS, Json


class PeopleWordsTestCase(FaceTestCase):
    """Alice and bob are logged in."""

    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.face("alice"), self.face("bob")

    def told(self, spoken: Spoken, event: str) -> Json:
        """The newest event of a name, with all its fields."""
        newest = spoken.events(event)[-1]
        self.assertEqual(set(newest), {"event", *EVENTS[event]})
        return newest

    def answer(self, spoken: Spoken, do: str, **fields: object) -> Json:
        """The answer, with all its fields."""
        answer = spoken.tell(do, **fields)
        self.assertEqual(set(answer), {"id", "ok", *VERBS[do].gives}, answer)
        return answer


class PhoneBookWordsTests(PeopleWordsTestCase):
    def contacts(self) -> list[Json]:
        return cast("list[Json]", self.answer(self.alice, "contacts")["contacts"])

    def test_the_phone_book(self) -> None:
        """Write, read, take out; each change is an event."""
        fields: Json = {"alias": "Bobby", "notes": "from work", "favourite": True}
        self.answer(self.alice, "contact-add", username="bob", **fields)
        bob = {
            "username": "bob",
            "alias": "Bobby",
            "nick": "Bob",
            "presence": "available",
            "text": "",
            "favourite": True,
            "notes": "from work",
            "blocked": False,
        }
        self.assertEqual(self.contacts(), [bob])
        event = self.told(self.alice, "contacts")
        self.assertEqual((event["contacts"], event["removed"]), ([bob], []))
        self.answer(self.alice, "contact-remove", username="bob")
        event = self.told(self.alice, "contacts")
        self.assertEqual((event["contacts"], event["removed"]), ([], ["bob"]))
        self.assertEqual(self.contacts(), [])

    def test_nobodys_phone_book(self) -> None:
        """Who is not logged in has none, which is something else than an empty one."""
        self.answer(self.alice, "logout")
        told = self.alice.tell("contacts")
        self.assertEqual((told["ok"], told.get("error")), (False, "NOT_LOGGED_IN"))

    def test_blocking(self) -> None:
        """It keeps the rest; the blocked sees somebody offline."""
        self.answer(self.alice, "contact-add", username="bob", alias="Bobby")
        self.answer(self.alice, "block", username="bob")
        self.assertEqual([one["blocked"] for one in self.contacts()], [True])
        self.assertEqual(self.answer(self.bob, "users")["people"], [])
        self.answer(self.alice, "unblock", username="bob")
        (bob,) = self.contacts()
        self.assertEqual((bob["alias"], bob["blocked"]), ("Bobby", False))

    def test_bad_names(self) -> None:
        """What is nobody's name is refused, and so is a flag that is none."""
        self.fails(
            self.alice.tell("contact-add", username="no name"),
            "NAME_NOT_ALLOWED",
            field="username",
        )
        answer = self.alice.tell("contact-add", username="bob", favourite="yes")
        self.fails(answer, "BAD_REQUEST", field="favourite")

    def test_everyone(self) -> None:
        """Who is offline is found among everyone."""
        self.answer(self.bob, "logout")
        self.assertEqual(self.answer(self.alice, "users", query="bo")["people"], [])
        everyone = self.answer(self.alice, "users", query="bo", scope="everyone")
        self.assertEqual(everyone["total"], 1)
        self.fails(self.alice.tell("users", scope="all"), "BAD_REQUEST", field="scope")

    def test_idle_and_invisible(self) -> None:
        """Both are seen as what they are meant to be."""
        self.answer(self.alice, "contact-add", username="bob")
        for do, fields, presence in (
            ("idle", {"is_idle": True}, "away"),
            ("presence", {"presence": "invisible"}, "offline"),
        ):
            self.answer(self.bob, do, **fields)
            self.network.pass_time(1)
            (bob,) = cast("list[Json]", self.told(self.alice, "contacts")["contacts"])
            self.assertEqual(bob["presence"], presence)


class HistoryWordsTests(PeopleWordsTestCase):
    def setUp(self) -> None:
        super().setUp()
        call = self.alice.tell("call", to=["bob"])
        self.call_id = call["call_id"]
        self.alice.tell("hangup")

    def entries(self, **fields: object) -> list[Json]:
        return cast("list[Json]", self.answer(self.bob, "history", **fields)["entries"])

    def test_a_missed_call(self) -> None:
        """It is told, listed, looked at."""
        event = self.told(self.bob, "history")
        (entry,) = self.entries(kind="missed", query="ali")
        self.assertEqual((event["added"], event["unseen_missed"]), (entry, 1))
        self.assertEqual((entry["call_id"], entry["peers"]), (self.call_id, ["alice"]))
        self.assertEqual((entry["outcome"], entry["is_missed"]), ("cancelled", True))
        self.answer(self.bob, "history-seen")
        event = self.told(self.bob, "history")
        self.assertEqual((event["added"], event["unseen_missed"]), (None, 0))

    def test_forgetting(self) -> None:
        """One by its number or all, and not all by mistake."""
        (entry,) = self.entries()
        for fields in ({}, {"entry": 1, "all": True}, {"all": False}, {"entry": 2**63}):
            self.fails(
                self.bob.tell("history-remove", **fields),
                "BAD_REQUEST",
                field="entry",
            )
        self.answer(self.bob, "history-remove", entry=entry["entry"])
        self.assertEqual(self.entries(), [])
        self.answer(self.bob, "history-remove", all=True)

    def test_kinds(self) -> None:
        """There are three."""
        self.assertEqual(self.entries(kind="conferences"), [])
        self.fails(self.bob.tell("history", kind="lost"), "BAD_REQUEST", field="kind")
