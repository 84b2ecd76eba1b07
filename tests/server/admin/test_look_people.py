"""What the operator sees of people."""

from collections.abc import Mapping
from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import CALL, NOW_UTC, invite, other_device
from tests.server.someone import ANN, BOB
from voip.core.call_messages import Accept
from voip.core.ids import Username
from voip.core.people import Presence
from voip.core.people_messages import SetPresence
from voip.server.admin.command import CommandRefused, Row
from voip.server.relay.interface import Way
from voip.store.interface import Ban, NewAccount

CAT, DAN = Username("cat"), Username("dan")


class LookPeopleCase(SynchronousTestCase):
    """Ann is online, Bob on two devices, Cat waits to be approved, Dan is banned."""

    def setUp(self) -> None:
        self.home = Home()
        office = self.home.office
        office.register(ANN, BOB)
        for name, is_pending in ((CAT, True), (DAN, False)):
            new = NewAccount(name, name.title(), None, ANN.keys)
            office.store.create_account(new, NOW_UTC - 99, is_pending=is_pending)
        office.store.ban(DAN, Ban("rude", "olga", NOW_UTC, NOW_UTC + 3600))
        self.ann, self.bob = office.login(ANN), office.login(BOB)
        self.other = office.login(other_device(BOB))

    def rows(self, name: str, /, **given: object) -> tuple[Row, ...]:
        rows = self.home.do(name, **given).rows
        assert rows is not None
        return rows

    def names(self, **given: object) -> list[object]:
        return [row["user"] for row in self.rows("users", **given)]


class UsersTests(LookPeopleCase):
    """The list of accounts."""

    def test_everybody(self) -> None:
        """By name, with how many of their devices are online now."""
        rows = self.rows("users")
        self.assertEqual([row["user"] for row in rows], ["ann", "bob", "cat", "dan"])
        self.assertEqual([row["online"] for row in rows], [1, 2, 0, 0])
        self.assertEqual([row["state"] for row in rows], ["active", "active", "pending", "banned"])
        self.assertEqual(rows[1]["presence"], "available")
        self.assertEqual(rows[2]["presence"], "offline")
        self.assertEqual((rows[1]["devices"], rows[1]["seen_at"]), (2, NOW_UTC))
        self.assertIsNone(rows[3]["seen_at"])

    def test_some(self) -> None:
        """By the beginning of a name, however it is written."""
        self.assertEqual(self.names(query="B"), ["bob"])
        self.assertEqual(self.names(online=True), ["ann", "bob"])
        self.assertEqual(self.names(query="bo", online=True), ["bob"])
        self.assertEqual(self.names(banned=True), ["dan"])
        self.assertEqual(self.names(pending=True), ["cat"])
        self.assertEqual(self.home.do("users", query="zed").said, "there is no such account")

    def test_page_by_page(self) -> None:
        """Each page says how the next one is asked for."""
        for online in (False, True):
            page = self.home.do("users", online=online, limit=1)
            self.assertIn("for the next ones add --after ann", page.said)
            self.assertEqual(self.names(online=online, after="ann", limit=1), ["bob"])
        self.assertEqual(self.home.do("users").said, "4 accounts of 4")
        self.assertEqual(self.home.do("users", online=True).said, "2 accounts of 2")

    def test_one_choice_at_a_time(self) -> None:
        """Nobody who waits is online."""
        with self.assertRaisesRegex(CommandRefused, "write one of"):
            self.home.do("users", online=True, pending=True)

    def test_a_ban_that_is_over(self) -> None:
        """Is shown as what it is."""
        self.home.now += 3600
        self.assertEqual(self.rows("users", query="dan")[0]["state"], "ban over")


class UserTests(LookPeopleCase):
    """One account."""

    def facts(self, name: str) -> Row:
        facts = self.home.do("user", name=name).facts
        assert facts is not None
        return facts

    def test_somebody_who_is_online(self) -> None:
        """Their devices, sessions and calls, and by what they get in."""
        self.ann.ask(invite(BOB))
        self.bob.ask(Accept(CALL))
        facts = self.facts("bob")
        self.assertEqual((facts["nick"], facts["state"]), ("Some One", "active"))
        self.assertEqual(facts["presence"], "in_call")
        devices = cast("list[Row]", facts["devices"])
        self.assertEqual({row["name"] for row in devices}, {"laptop", "phone"})
        self.assertEqual([row["online"] for row in devices], [True, True])
        sessions = cast("list[Row]", facts["sessions"])
        self.assertEqual([row["calls"] for row in sessions], [1, 0])
        [call] = cast("list[Row]", facts["calls"])
        self.assertEqual(call["call_id"], CALL.hex())
        self.assertEqual((facts["has_password"], facts["recovery_codes"]), (True, 2))
        self.assertNotIn("ban_reason", facts)

    def test_somebody_who_is_banned(self) -> None:
        """By whom, why, since when and until when."""
        facts = self.facts("dan")
        self.assertEqual((facts["ban_reason"], facts["banned_by"]), ("rude", "olga"))
        self.assertEqual((facts["banned_at"], facts["ban_ends_at"]), (NOW_UTC, NOW_UTC + 3600))
        self.assertEqual((facts["presence"], facts["sessions"]), ("offline", []))

    def test_the_operator_sees_who_is_invisible(self) -> None:
        """As that person's own devices do."""
        self.bob.ask(SetPresence(Presence.INVISIBLE))
        self.assertEqual(self.facts("bob")["presence"], "invisible")

    def test_a_name_nobody_has(self) -> None:
        """The sentence names who was probably meant, if there is somebody."""
        with self.assertRaisesRegex(CommandRefused, "nobody called bbo; did you mean bob?"):
            self.home.do("user", name="bbo")
        with self.assertRaisesRegex(CommandRefused, "nobody called xavier$"):
            self.home.do("user", name="xavier")

    def test_nothing_of_a_phone_book_and_no_address(self) -> None:
        """The operator does not see them."""
        text = repr(self.facts("bob"))
        self.assertNotIn("192.0.2", text)
        self.assertNotIn("contact", text)


class SessionsTests(LookPeopleCase):
    """Who is logged in."""

    def test_all(self) -> None:
        """Each device, since its login, and how its voice is reached."""
        self.home.office.relay.ways[self.ann.opened.media.cid] = Way.TLS
        self.home.office.clock.advance(30.0)
        self.other.conversation.lost()
        result = self.home.do("sessions")
        rows: Mapping[object, Row] = {row["session_id"]: row for row in result.rows or ()}
        ann, other = (rows[talk.opened.session.hex()] for talk in (self.ann, self.other))
        self.assertEqual(result.said, "3 sessions of 2 people")
        self.assertEqual((ann["user"], ann["device"], ann["path"]), ("ann", "laptop", "tls"))
        self.assertEqual((ann["since_at"], ann["connected"]), (NOW_UTC - 30, True))
        self.assertEqual((other["device"], other["connected"], other["path"]), ("phone", False, ""))

    def test_of_one_account(self) -> None:
        """Or of nobody who has any."""
        self.assertEqual(len(self.rows("sessions", name=BOB.username)), 2)
        self.assertEqual(self.home.do("sessions", name=CAT).said, "cat is not logged in")
        with self.assertRaisesRegex(CommandRefused, "did you mean ann?"):
            self.home.do("sessions", name="anna")

    def test_the_first_of_many(self) -> None:
        """With how to see them all."""
        result = self.home.do("sessions", limit=1)
        self.assertEqual(len(result.rows or ()), 1)
        self.assertIn("the first 1 of these; for more add --limit 3", result.said)

    def test_nobody(self) -> None:
        """Is said too."""
        self.assertEqual(Home().do("sessions").said, "nobody is logged in")
