"""Calls of more than two people, with real clients through a real server."""

from tests.system.conversation import Caller, ConversationTestCase, agreed_code


class ConferenceTests(ConversationTestCase):
    """Alice, Bob and Carol talk together."""

    def add_up(self) -> str:
        """Alice calls Bob and adds Carol."""
        call_id = self.alice.calls(self.bob)
        self.bob.accepts(call_id)
        self.alice.sees_people(call_id, self.bob)
        self.alice.ask("add", to=["carol"])
        self.carol.client.event("ringing", call_id=call_id)
        self.carol.accepts(call_id)
        return call_id

    def all_see_each_other(self, call_id: str, *people: Caller) -> str:
        """Everybody sees all others; the code they would read aloud."""
        for each in people:
            each.sees_people(call_id, *(other for other in people if other is not each))
        return agreed_code(call_id, *people)

    def test_adding_somebody(self) -> None:
        """A call of two becomes a conference in which all see the same 30 digits."""
        call_id = self.add_up()
        code = self.all_see_each_other(call_id, self.alice, self.bob, self.carol)
        self.assertEqual(len(code.replace(" ", "")), 30)
        call = self.alice.sees(call_id, is_conference=True)
        self.assertTrue(call["is_host"])
        self.assertEqual(call["words"], [])

    def test_from_the_start(self) -> None:
        """Calling two people at once rings both, and the second one comes in later."""
        call_id = self.alice.calls(self.bob, self.carol)
        self.bob.accepts(call_id)
        self.alice.sees_that(call_id, lambda call: call["state"] == "active", "active")
        self.carol.accepts(call_id)
        self.all_see_each_other(call_id, self.alice, self.bob, self.carol)

    def test_merging_two_calls(self) -> None:
        """The one on hold joins the one talked in; nobody has to answer again."""
        first = self.alice.calls(self.bob)
        self.bob.accepts(first)
        second = self.alice.calls(self.carol)
        self.carol.accepts(second)
        self.alice.sees_people(second, self.carol)
        self.alice.ask("merge")
        self.bob.sees_the_end(first, "merged")
        self.all_see_each_other(second, self.alice, self.bob, self.carol)

    def test_leaving(self) -> None:
        """Who hangs up is gone; the others go on, with another code."""
        call_id = self.add_up()
        before = self.all_see_each_other(call_id, self.alice, self.bob, self.carol)
        self.bob.ask("hangup")
        for here, there in ((self.alice, self.carol), (self.carol, self.alice)):
            here.sees_people(call_id, there)
        agreed_code(call_id, self.alice, self.carol, but_not=before)

    def test_coming_back(self) -> None:
        """Who has left, or did not want to come, can be called in again, and hears again."""
        call_id = self.add_up()
        self.all_see_each_other(call_id, self.alice, self.bob, self.carol)
        self.carol.ask("hangup")
        self.carol.sees_the_end(call_id, "hangup")
        self.alice.sees_people(call_id, self.bob)
        for times in (2, 3):
            self.alice.ask("add", to=["carol"])
            self.carol.rings(call_id, times)
            self.carol.ask("decline", call_id=call_id)
            self.alice.sees_people(call_id, self.bob)
        self.alice.ask("add", to=["carol"])
        self.carol.rings(call_id, 4)
        self.carol.accepts(call_id)
        self.all_see_each_other(call_id, self.alice, self.bob, self.carol)

    def test_what_the_host_may_do(self) -> None:
        """Mute, kick, lock, end for all; the others are told that it is not theirs to do."""
        call_id = self.add_up()
        self.all_see_each_other(call_id, self.alice, self.bob, self.carol)
        for do, fields in (
            ("kick", {"username": "carol"}),
            ("mute", {"username": "carol"}),
            ("lock", {}),
            ("end", {}),
        ):
            self.assertEqual(self.bob.refused(do, **fields), "NOT_HOST", do)
        self.alice.ask("mute", username="bob")
        self.bob.sees(call_id, is_muted=True)
        self.bob.ask("unmute")
        self.bob.sees(call_id, is_muted=False)
        self.alice.ask("kick", username="carol")
        self.carol.sees_the_end(call_id, "kicked")
        self.alice.ask("lock")
        self.bob.sees(call_id, is_locked=True)
        self.assertEqual(self.bob.refused("add", to=["carol"]), "CALL_LOCKED")
        self.alice.ask("end")
        for each in (self.alice, self.bob):
            each.sees_the_end(call_id, "hangup")

    def test_volumes_are_ones_own(self) -> None:
        """How loud somebody is played here, or whether at all, nobody else sees."""
        call_id = self.add_up()
        self.all_see_each_other(call_id, self.alice, self.bob, self.carol)
        self.alice.ask("volume", username="bob", db=-6)
        self.alice.ask("mute-here", username="carol")
        call = self.alice.sees_that(
            call_id,
            lambda call: [peer["volume_db"] for peer in call["peers"]] == [-6.0, 0.0],  # type: ignore[attr-defined]  # a list
            "volumes",
        )
        peers = call["peers"]
        assert isinstance(peers, list)
        self.assertEqual([peer["is_muted_here"] for peer in peers], [False, True])
        self.alice.ask("deafen")
        self.alice.ask("undeafen")
