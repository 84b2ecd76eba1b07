"""What the tests with a malicious server promise of each of its lies."""

from twisted.trial.unittest import SynchronousTestCase

from tests.client.key_parties import (
    Conversation,
    failures,
    sent,
)
from voip.client.e2e_messages import Reveal, decode
from voip.client.key_steps import (
    E2eStep,
    E2eTrouble,
    KeysReady,
    UseReceiveKey,
    UseSendKey,
)
from voip.core.calls import LegState


def of(kind: type, steps: list[E2eStep]) -> list[E2eStep]:
    return [step for step in steps if isinstance(step, kind)]


class MaliciousServerTestCase(SynchronousTestCase):
    """A call past a server that lies, and what is promised of every lie."""

    def setUp(self) -> None:
        self.talk = Conversation()

    def caller_fails(self, trouble: E2eTrouble) -> None:
        self._fails(self.talk.caller_steps, trouble)

    def callee_fails(self, trouble: E2eTrouble) -> None:
        self._fails(self.talk.callee_steps, trouble)

    def _fails(self, steps: list[E2eStep], trouble: E2eTrouble) -> None:
        self.assertEqual([step.trouble for step in failures(steps)], [trouble])
        self.assertEqual(of(UseReceiveKey, steps) + of(KeysReady, steps), [])
        # and nothing comes of anything afterwards
        before = len(steps)
        self.talk.tell_caller(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE))
        self.talk.tell_callee(self.talk.with_states(LegState.ACTIVE, LegState.ACTIVE))
        self.assertEqual(len(steps), before)

    def no_sender_key_left(self, steps: list[E2eStep]) -> None:
        for step in sent(steps):
            self.assertIsInstance(decode(step.sealed), Reveal)
        self.assertEqual(of(UseSendKey, steps), [])
