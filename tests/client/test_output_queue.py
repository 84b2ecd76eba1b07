"""What the phone says is done in its order."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from voip.client.model import ClientError
from voip.client.output_queue import OutputQueue, PhoneDeed
from voip.core.call_messages import Leave
from voip.core.errors import ErrorCode
from voip.core.ids import CallId
from voip.core.messages import Answer, Done
from voip.core.phone_words import Ask, CloseMicrophone, PhoneRequest, Ring, StopRinging

ONE, TWO = CallId(b"1" * 16), CallId(b"2" * 16)


class OutputQueueTests(SynchronousTestCase):
    """A queue whose errands are written down."""

    def setUp(self) -> None:
        self.did: list[object] = []
        self.asked: list[Deferred[Answer | None]] = []
        self.queue = OutputQueue(self.ask, self.do, lambda: self.did.append("done"))

    def ask(self, request: PhoneRequest) -> Deferred[Answer | None]:
        """A request whose answer the test gives."""
        self.did.append(request)
        self.asked.append(Deferred())
        return self.asked[-1]

    def do(self, output: PhoneDeed) -> None:
        """A call that begins to ring makes a face silence it at once."""
        self.did.append(output)
        if isinstance(output, Ring):
            self.queue.carry_out((StopRinging(output.call_id),))

    def test_what_an_output_brings_waits_its_turn(self) -> None:
        """Whatever comes of an output is done after those that were said before it."""
        self.queue.carry_out((Ring(ONE), CloseMicrophone(TWO)))
        self.assertEqual(self.did, [Ring(ONE), CloseMicrophone(TWO), StopRinging(ONE), "done"])

    def test_nothing_asked_is_answered_at_once(self) -> None:
        """Who waits for an answer that nobody gives goes on."""
        self.assertIsNone(self.successResultOf(self.queue.carry_out((CloseMicrophone(ONE),))))

    def test_the_last_answer_is_the_one_that_counts(self) -> None:
        """A refusal of an earlier request is nobody's to hear; one of the last is the caller's."""
        answered = self.queue.carry_out((Ask(Leave(ONE)), Ask(Leave(TWO))))
        self.asked[0].errback(ClientError(ErrorCode.NO_SUCH_CALL))
        self.assertNoResult(answered)
        self.asked[1].callback(Done())
        self.assertEqual(self.successResultOf(answered), Done())
        refused = self.queue.carry_out((Ask(Leave(ONE)),))
        self.asked[2].errback(ClientError(ErrorCode.WRONG_STATE))
        self.failureResultOf(refused, ClientError)

    def test_a_deed_that_fails_leaves_the_queue_at_work(self) -> None:
        """A bug in carrying out one output does not stop all that follow for ever."""
        queue = OutputQueue(self.ask, self.fail_at_ringing, lambda: None)
        self.assertRaises(ZeroDivisionError, queue.carry_out, (Ring(ONE), CloseMicrophone(ONE)))
        queue.carry_out((CloseMicrophone(TWO),))
        self.assertEqual(self.did, [CloseMicrophone(ONE), CloseMicrophone(TWO)])

    def fail_at_ringing(self, output: PhoneDeed) -> None:
        """A face with a bug."""
        if isinstance(output, Ring):
            raise ZeroDivisionError
        self.did.append(output)
