"""What the operator does about people."""

from typing import cast
from unittest.mock import patch

from twisted.internet.defer import succeed
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import CALL, NOW_UTC, code_of, invite, other_device
from tests.server.someone import ANN, BOB
from voip.core.call_messages import Accept, CallChanged
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import AuthChallenge, NoticeKind, ServerNotice
from voip.core.people import Presence
from voip.server.admin.command import CommandRefused
from voip.server.admin.kinds import Duration
from voip.store.interface import Ban, NewAccount
from voip.store.operator import AccountSummary

CAT = Username("cat")


class ActPeopleCase(SynchronousTestCase):
    """Ann is online, Bob on two devices."""

    def setUp(self) -> None:
        self.home = Home()
        self.office = self.home.office
        self.office.register(ANN, BOB)
        self.ann, self.bob = self.office.login(ANN), self.office.login(BOB)
        self.phone = self.office.login(other_device(BOB))

    def said(self, name: str, /, **given: object) -> str:
        return self.home.do(name, **given).said

    def summary(self, name: Username = BOB.username) -> AccountSummary:
        summary = self.successResultOf(self.office.store.summary(name))
        assert summary is not None
        return summary


class KickTests(ActPeopleCase):
    """Putting somebody out."""

    def test_from_every_device(self) -> None:
        """Each is told why, and closed; the person may log in again."""
        self.assertEqual(
            self.said("kick", name="bob", reason="too loud"), "kicked bob from 2 devices"
        )
        for talk in (self.bob, self.phone):
            [notice] = cast("list[ServerNotice]", talk.told(ServerNotice))
            self.assertEqual((notice.kind, notice.text), (NoticeKind.KICKED, "too loud"))
            self.assertTrue(talk.is_closed)
        self.assertFalse(self.ann.is_closed)
        self.office.login(BOB)
        self.assertEqual(self.said("kick", name="bob"), "kicked bob from 1 device")

    def test_in_the_middle_of_a_call(self) -> None:
        """The call ends for who was talked to."""
        self.ann.ask(invite(BOB))
        self.bob.ask(Accept(CALL))
        self.said("kick", name="bob")
        self.assertTrue(self.home.house.reception.is_quiet)
        told = cast("list[CallChanged]", self.ann.told(CallChanged))
        self.assertIsNotNone(told[-1].call.ended)
        self.assertEqual(self.ann.opened.snapshot.me.presence, Presence.AVAILABLE)

    def test_nobody_to_put_out(self) -> None:
        """Who is not logged in, not there, or the server's own."""
        self.said("kick", name="bob")
        with self.assertRaisesRegex(CommandRefused, "bob is not logged in; nothing was done"):
            self.said("kick", name="bob")
        with self.assertRaisesRegex(CommandRefused, "nobody called bbo; did you mean bob?"):
            self.said("kick", name="bbo")
        with self.assertRaisesRegex(CommandRefused, "echo belongs to the server itself"):
            self.said("kick", name="echo")


class BanTests(ActPeopleCase):
    """Keeping somebody out."""

    def test_for_a_time(self) -> None:
        """They are put out and told until when."""
        said = self.said("ban", name="bob", reason="rude", for_=Duration(7200))
        self.assertEqual(
            said, "banned bob until 2023-11-15 00:13 UTC and put them out on 2 devices"
        )
        ban = Ban("rude", "olga", NOW_UTC, NOW_UTC + 7200)
        self.assertEqual(self.summary().ban, ban)
        [notice] = cast("list[ServerNotice]", self.bob.told(ServerNotice))
        self.assertEqual((notice.kind, notice.text), (NoticeKind.BANNED, "rude"))
        self.assertTrue(self.bob.is_closed and self.phone.is_closed)

    def login(self) -> ErrorCode | None:
        """The answer to Bob, who knows his password."""
        talk = self.office.greet()
        challenge = talk.ask(BOB.start())
        assert isinstance(challenge, AuthChallenge), challenge
        return code_of(talk.ask(BOB.finish(challenge, talk.exporter)))

    def test_it_keeps_out_until_it_is_over(self) -> None:
        """Whoever knows the password is told, and let in again by the time alone."""
        self.said("ban", name="bob", for_=Duration(3600))
        self.assertIs(self.login(), ErrorCode.BANNED)
        self.said("unban", name="bob")
        self.assertIsNone(self.login())
        self.home.now -= 3600
        self.said("ban", name="bob", for_=Duration(3600))
        self.assertIsNone(self.login())

    def test_for_good_and_who_is_not_there(self) -> None:
        """It is the same for who is offline."""
        self.said("kick", name="bob")
        self.assertEqual(self.said("ban", name="bob"), "banned bob for good")
        self.assertEqual(self.summary().ban, Ban("", "olga", NOW_UTC, None))

    def test_a_ban_in_the_place_of_another(self) -> None:
        """The one before is named; one that was over is not."""
        self.said("ban", name="bob", for_=Duration(60))
        said = self.said("ban", name="bob")
        self.assertEqual(
            said,
            "banned bob for good; the ban by olga until 2023-11-14 22:14 UTC is replaced by it",
        )
        self.said("ban", name="bob", for_=Duration(60))
        self.home.now += 60
        self.assertEqual(self.said("ban", name="bob"), "banned bob for good")

    def test_the_end_of_a_ban(self) -> None:
        """Lifted, over, or never there."""
        self.said("ban", name="bob", for_=Duration(60))
        self.assertIn("the ban by olga is lifted", self.said("unban", name="bob"))
        self.assertIsNone(self.summary().ban)
        with self.assertRaisesRegex(CommandRefused, "bob is not banned"):
            self.said("unban", name="bob")
        self.said("ban", name="bob", for_=Duration(60))
        self.home.now += 60
        self.assertIn("could log in again already", self.said("unban", name="bob"))
        self.assertIsNone(self.summary().ban)

    def test_an_account_that_is_deleted_meanwhile(self) -> None:
        """Is not banned, and that is said."""
        self.patch(self.office.store, "ban", lambda *_: succeed(None))
        with self.assertRaisesRegex(CommandRefused, "account bob was deleted meanwhile"):
            self.said("ban", name="bob")


class ApproveTests(ActPeopleCase):
    """Letting somebody in."""

    def test_who_waits(self) -> None:
        """Waits no longer."""
        new = NewAccount(CAT, "Cat", None, ANN.keys)
        self.office.store.create_account(new, NOW_UTC, is_pending=True)
        self.assertEqual(self.said("approve", name="cat"), "approved cat, who can log in now")
        self.assertFalse(self.summary(CAT).is_pending)

    def test_who_does_not_wait(self) -> None:
        """Or is nobody."""
        with self.assertRaisesRegex(CommandRefused, "bob does not wait for an approval"):
            self.said("approve", name="bob")
        with self.assertRaisesRegex(CommandRefused, "nobody called bobb; did you mean bob?"):
            self.said("approve", name="bobb")


class OvertakenTests(ActPeopleCase):
    """A name that is somebody else's by the time something is done."""

    def test_a_ban_ends_the_sessions_of_whom_it_bans(self) -> None:
        """And not of an account that was deleted meanwhile."""
        store, before = self.office.store, self.summary()
        kept = self.successResultOf(store.account(BOB.username))
        assert kept is not None
        self.successResultOf(store.delete_account(kept.account, kept.verifier))
        self.office.register(BOB)
        talk = self.office.login(BOB)
        with patch.object(store, "summary", lambda _: succeed(before)):
            self.said("ban", name="bob")
        self.assertTrue(talk.is_closed)
