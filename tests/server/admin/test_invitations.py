"""Invites, as the operator makes and withdraws them."""

from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import NOW_UTC, Office
from voip.core.messages import RegistrationPolicy
from voip.core.recovery import token_hash_of
from voip.server.admin.command import CommandRefused, Row
from voip.server.admin.kinds import Duration


class InvitationsTests(SynchronousTestCase):
    """Made once, listed without their secret, taken back."""

    def setUp(self) -> None:
        self.home = Home(Office(policy=RegistrationPolicy.INVITE))

    def made(self, **given: object) -> Row:
        facts = self.home.do("invite", **given).facts
        assert facts is not None
        return facts

    def invites(self) -> tuple[Row, ...]:
        return self.home.do("invites").rows or ()

    def test_an_invite_that_is_made(self) -> None:
        """Is shown with how often and how long it is good, and how it is taken back."""
        result = self.home.do("invite", note="the choir", uses=3, for_=Duration(3600))
        facts = result.facts
        assert facts is not None
        self.assertRegex(cast("str", facts["invite"]), "^I-[0-9A-Z-]{24}$")
        expected = {"uses_left": 3, "note": "the choir", "expires_at": NOW_UTC + 3600}
        self.assertEqual(facts, {**facts, **expected})
        self.assertIn("an invite for 3 accounts; it is not shown again", result.said)
        self.assertIn(f"`withdraw_invite {facts['name']}` takes it back", result.said)
        self.assertNotIn("nobody needs one", result.said)

    def test_the_list_does_not_have_what_is_secret(self) -> None:
        """It has the name, the maker, the note and what is left."""
        text = cast("str", self.made(note="the choir")["invite"])
        [row] = self.invites()
        self.assertEqual((row["by"], row["note"], row["uses_left"]), ("olga", "the choir", 1))
        self.assertNotIn(text, repr(row))
        self.assertNotIn(token_hash_of(text).hex(), repr(row))

    def test_an_invite_that_is_withdrawn(self) -> None:
        """Is not there any more; one of another name stays."""
        name, other = (cast("str", self.made()["name"]) for _ in range(2))
        said = self.home.do("withdraw_invite", name=name).said
        self.assertIn(f"the invite {name} is taken back", said)
        self.assertEqual([row["name"] for row in self.invites()], [other])
        with self.assertRaisesRegex(CommandRefused, f"did you mean {other}?"):
            self.home.do("withdraw_invite", name=f"{other}x")
        self.home.do("withdraw_invite", name=other)
        self.assertEqual(self.home.do("invites").said, "no invite is out")
        with self.assertRaisesRegex(CommandRefused, "no invite called abc; see `invites`"):
            self.home.do("withdraw_invite", name="abc")

    def test_what_nobody_needs_is_said(self) -> None:
        """While registration is open an invite is of no use."""
        said = Home().do("invite").said
        self.assertIn("registration is open now: nobody needs one", said)

    def test_a_note_too_long(self) -> None:
        """Is not cut off unseen."""
        with self.assertRaisesRegex(CommandRefused, "at most 80 letters"):
            self.made(note="x" * 81)
        self.assertEqual(self.invites(), ())
