"""The ways into an account that the operator sees and makes."""

from typing import cast

from twisted.internet.defer import succeed
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import NOW_UTC
from tests.server.someone import ANN, BOB
from voip.core.ids import Username
from voip.server.admin.command import CommandRefused, Row
from voip.server.admin.kinds import Duration
from voip.store.interface import NewAccount


class WaysBackTests(SynchronousTestCase):
    """A token that is made, seen and taken back."""

    def setUp(self) -> None:
        self.home = Home()
        self.home.office.register(ANN, BOB)
        self.bob = self.home.office.login(BOB)

    def recovery(self) -> Row:
        facts = self.home.do("recovery", name="bob").facts
        assert facts is not None
        return facts

    def test_a_token_that_is_made(self) -> None:
        """Is shown once; until it is used everything is as before."""
        result = self.home.do("reset_password", name="bob", for_=Duration(7200))
        assert result.facts is not None
        token = cast("str", result.facts["token"])
        self.assertRegex(token, "^R-[0-9A-Z-]{24}$")
        self.assertEqual(
            result.said,
            "with this token bob can choose a new password; it is not shown again",
        )
        self.assertEqual(result.facts["expires_at"], NOW_UTC + 7200)
        self.assertFalse(self.bob.is_closed)
        self.assertEqual(self.recovery()["reset_token_until"], NOW_UTC + 7200)
        self.assertNotIn(token, repr(self.recovery()))

    def test_the_ways_there_are(self) -> None:
        """Password, devices, codes; no token, or one that is too old."""
        expected = {"has_password": True, "devices_known": 1, "recovery_codes": 2}
        self.assertEqual(self.recovery(), {"user": "bob", **expected, "reset_token_until": None})
        self.home.do("reset_password", name="bob")
        self.home.now += 86_400
        self.assertIsNone(self.recovery()["reset_token_until"])

    def test_a_token_that_is_taken_back(self) -> None:
        """Opens nothing, and cannot be taken back twice."""
        self.home.do("reset_password", name="bob")
        said = self.home.do("recovery", name="bob", withdraw=True).said
        self.assertIn("the reset token of bob is taken back", said)
        self.assertIsNone(self.recovery()["reset_token_until"])
        with self.assertRaisesRegex(CommandRefused, "there is no reset token of bob"):
            self.home.do("recovery", name="bob", withdraw=True)

    def test_whose_password_cannot_be_reset(self) -> None:
        """Nobody, the server's own, who has none, and who is deleted meanwhile."""
        new = NewAccount(Username("cat"), "Cat", None, ANN.keys)
        self.home.office.store.create_account(new, NOW_UTC)
        for name, why in (
            ("bobb", "did you mean bob?"),
            ("echo", "belongs to the server"),
            ("cat", "cat has no password"),
        ):
            with self.assertRaisesRegex(CommandRefused, why):
                self.home.do("reset_password", name=name)
        self.patch(self.home.office.store, "put_reset", lambda *_: succeed(False))
        with self.assertRaisesRegex(CommandRefused, "bob was deleted meanwhile"):
            self.home.do("reset_password", name="bob")
