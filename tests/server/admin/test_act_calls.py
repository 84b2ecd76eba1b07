"""What the operator does about calls, and says to everybody."""

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import CALL, Talk, invite
from tests.server.someone import ANN, BOB, Someone
from voip.core.call_messages import Accept, AddParticipant, CallChanged
from voip.core.calls import EndReason
from voip.core.ids import Username
from voip.core.messages import NoticeKind, ServerNotice
from voip.server.admin.command import CommandRefused

CAT = Someone(Username("cat"), account_seed=b"c" * 32, device_seed=b"C" * 32)


class ActCallsCase(SynchronousTestCase):
    """Ann rings Bob; Cat is there too."""

    def setUp(self) -> None:
        self.home = Home()
        office = self.home.office
        office.register(ANN, BOB, CAT)
        self.ann, self.bob, self.cat = (office.login(who) for who in (ANN, BOB, CAT))
        self.ann.ask(invite(BOB))

    def ended(self, talk: Talk) -> EndReason | None:
        told = cast("list[CallChanged]", talk.told(CallChanged))
        return told[-1].call.ended


class EndCallTests(ActCallsCase):
    """Ending a call."""

    def test_a_call(self) -> None:
        """It is over for both, who are told by whom."""
        self.bob.ask(Accept(CALL))
        self.home.office.clock.advance(185.0)
        said = self.home.do("end_call", call="6363").said
        self.assertEqual(said, "ended the call 63636363 of ann and bob, after 3 min 5 s of talk")
        self.assertTrue(self.home.house.reception.is_quiet)
        self.assertIs(self.ended(self.ann), EndReason.OPERATOR)
        self.assertIs(self.ended(self.bob), EndReason.OPERATOR)

    def test_a_call_that_rings(self) -> None:
        """Rings no longer."""
        said = self.home.do("end_call", call="6363").said
        self.assertEqual(said, "ended the call 63636363 of ann and bob, which nobody had answered")
        self.assertIs(self.ended(self.bob), EndReason.OPERATOR)

    def test_a_conference(self) -> None:
        """It is over for everybody, who rings too."""
        self.bob.ask(Accept(CALL))
        self.ann.ask(AddParticipant(CALL, (CAT.username,)))
        said = self.home.do("end_call", call="6363").said
        self.assertIn("ended the conference 63636363 of ann, bob and cat", said)
        self.assertEqual(
            {self.ended(one) for one in (self.ann, self.bob, self.cat)}, {EndReason.OPERATOR}
        )

    def test_a_call_that_is_not_there(self) -> None:
        """Is said."""
        with self.assertRaisesRegex(CommandRefused, "there is no call abcd"):
            self.home.do("end_call", call="abcd")


class AnnounceTests(ActCallsCase):
    """Speaking to everybody."""

    def test_everybody_is_told(self) -> None:
        """Each device once."""
        said = self.home.do("announce", text="the server restarts at 20:00").said
        self.assertEqual(said, "told 3 devices")
        [notice] = cast("list[ServerNotice]", self.ann.told(ServerNotice))
        self.assertIs(notice.kind, NoticeKind.ANNOUNCEMENT)
        self.assertEqual(notice.text, "the server restarts at 20:00")

    def test_nobody_and_nothing(self) -> None:
        """Who speaks to nobody is told so; who says nothing is asked to."""
        self.assertIn("nobody is logged in", Home().do("announce", text="hello").said)
        with self.assertRaisesRegex(CommandRefused, "there is nothing to say"):
            self.home.do("announce", text="")
