"""More than one call at a time, with real clients through a real server."""

from tests.system.conversation import ConversationTestCase


class SeveralCallsTests(ConversationTestCase):
    """Alice has Bob on the line, and Carol comes."""

    def setUp(self) -> None:
        super().setUp()
        self.first = self.alice.calls(self.bob)
        self.bob.accepts(self.first)
        self.alice.sees_people(self.first, self.bob)

    def test_hold_and_take_back(self) -> None:
        """The one held is told, hears nothing, and talks on when taken back, still encrypted."""
        self.alice.ask("hold")
        self.alice.sees(self.first, state="held")
        self.bob.sees(self.first, is_held_by_peers=True, state="active")
        self.alice.ask("resume")
        self.alice.sees(self.first, state="active")
        self.bob.sees(self.first, is_held_by_peers=False, e2e="encrypted")

    def test_a_second_call_is_answered(self) -> None:
        """It rings while one talks; answering holds the first, and swap changes places."""
        second = self.carol.calls(self.alice)
        self.alice.accepts(second)
        self.alice.sees(self.first, state="held")
        self.bob.sees(self.first, is_held_by_peers=True)
        self.alice.ask("swap")
        self.alice.sees(self.first, state="active")
        self.alice.sees(second, state="held")
        self.carol.sees(second, is_held_by_peers=True)
        self.alice.ask("hangup", call_id=self.first)
        self.bob.sees_the_end(self.first, "hangup")
        self.alice.ask("resume")
        self.carol.sees(second, is_held_by_peers=False)

    def test_a_second_call_is_declined(self) -> None:
        """The first goes on as if nothing had been."""
        second = self.carol.calls(self.alice)
        self.alice.ask("decline", call_id=second)
        self.carol.sees_the_end(second, "declined")
        self.alice.sees(self.first, state="active")

    def test_a_second_call_is_made(self) -> None:
        """Calling somebody else holds the one that is talked in."""
        second = self.alice.calls(self.carol)
        self.bob.sees(self.first, is_held_by_peers=True)
        self.carol.accepts(second)
        self.alice.sees_people(second, self.carol)
        self.alice.sees(self.first, state="held")

    def test_what_cannot_be_done(self) -> None:
        """Nothing is there to swap with, and what is not on hold is not taken back."""
        self.assertEqual(self.alice.refused("swap"), "WRONG_STATE")
        self.assertEqual(self.alice.refused("resume"), "NO_SUCH_CALL")
        self.assertEqual(self.alice.refused("resume", call_id=self.first), "WRONG_STATE")
