"""Real clients against the real server: wishes about a call that the news of its end cross."""

from tests.client.pair import PairTestCase
from voip.client.client import Client
from voip.core.calls import EndReason
from voip.core.errors import ErrorCode
from voip.core.ids import CallId


class CrossingTests(PairTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")

    def assert_ended(self, client: Client, reason: EndReason) -> None:
        """Somebody's call is over, for this reason."""
        ended = client.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, reason)
        self.assertEqual(client.model.calls, ())

    def test_stopping_what_reaches_nobody(self) -> None:
        """Who stops calling somebody unavailable is told so, and gets no refusal."""
        calling = self.alice.call(["nobody"])
        stopping = self.alice.hang_up(self.alice.model.calls[0].call_id)
        self.assert_ended(self.alice, EndReason.CANCELLED)
        self.done(stopping)
        self.done(calling)
        self.assert_ended(self.alice, EndReason.UNAVAILABLE)

    def test_both_end_it(self) -> None:
        """Whoever's wish comes second gets no refusal, and a caller knows how it ended."""
        for caller, other, reason in (
            (self.alice, self.bob, EndReason.CANCELLED),
            (self.bob, self.alice, EndReason.DECLINED),  # alice's words come first
        ):
            call_id = self.done(caller.call(["bob" if other is self.bob else "alice"]))
            stopping, declining = caller.hang_up(call_id), other.decline(call_id)
            self.done(stopping)
            self.done(declining)
            self.assert_ended(caller, reason)

    def test_a_call_that_never_was(self) -> None:
        """What is no call cannot be ended."""
        self.refused(self.alice.hang_up(CallId(bytes(16))), ErrorCode.NO_SUCH_CALL)
