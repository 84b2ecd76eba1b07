"""What a connection may ask, and when."""

from typing import get_args

from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from tests.strategies import ANSWER_KINDS, ANSWERS, REQUEST_KINDS, REQUESTS
from voip.core import account_messages, call_messages, messages, people_messages
from voip.core.errors import ErrorCode, LocalProtocolError, Refusal
from voip.core.limits import ConnectionLimits
from voip.core.messages import Answer, Request
from voip.wire.session_gate import SessionGate, Stage

Kind = type[Request]

STEPS: dict[Stage, tuple[Kind, type[Answer]]] = {
    Stage.GREETED: (messages.Hello, messages.HelloOk),
    Stage.CHALLENGED: (messages.AuthStart, messages.AuthChallenge),
    Stage.PROVEN: (messages.AuthFinish, messages.AuthKeys),
    Stage.OPEN: (messages.AuthDevice, messages.AuthOk),
    Stage.CONFIRMING: (messages.AuthStart, messages.AuthChallenge),
}
RECOVERY = {
    account_messages.Recover,
    account_messages.RecoverFinish,
    account_messages.Reset,
}
LOGIN_STEPS = RECOVERY | {
    messages.Register,
    messages.AuthStart,
    messages.AuthDevice,
    messages.Resume,
}
CONFIRMED = {
    messages.ChangePassword,
    account_messages.SetRecovery,
    account_messages.DeleteAccount,
}
ALLOWED: dict[Stage, set[Kind]] = {
    Stage.FRESH: {messages.Hello},
    Stage.GREETED: LOGIN_STEPS | {messages.Ping},
    Stage.CHALLENGED: LOGIN_STEPS | {messages.Ping, messages.AuthFinish},
    Stage.PROVEN: LOGIN_STEPS | {messages.Ping},
    Stage.OPEN: set(get_args(Request))
    - {messages.Hello, messages.Register, messages.AuthFinish, messages.AuthDevice}
    - {messages.Resume}
    - RECOVERY
    - CONFIRMED,
    Stage.OVER: set(),
}
ALLOWED[Stage.CONFIRMING] = ALLOWED[Stage.OPEN] | CONFIRMED


WITHOUT_STEP = (
    messages.Pong,
    people_messages.UserPage,
    people_messages.PersonOk,
    people_messages.ContactPage,
    people_messages.HistoryPage,
    call_messages.InviteOk,
    account_messages.DeviceList,
)


# One message of each kind; what is in it does not matter here.
ANY = settings(database=None, phases=[Phase.generate])
REQUEST_OF = {
    kind: find(some, lambda _: True, settings=ANY) for kind, some in REQUEST_KINDS.items()
}
ANSWER_OF = {kind: find(some, lambda _: True, settings=ANY) for kind, some in ANSWER_KINDS.items()}


class GateTests(SynchronousTestCase):
    """One connection, request by request."""

    def setUp(self) -> None:
        """A connection that was opened at second 100."""
        self.limits = ConnectionLimits()
        self.gate = SessionGate(self.limits)

    def reach(self, stage: Stage) -> SessionGate:
        """A new connection that has come as far as a stage."""
        gate = SessionGate(self.limits)
        if stage is Stage.OVER:
            gate.close()
        elif stage is not Stage.FRESH:
            for reached, (kind, answer) in STEPS.items():
                request = REQUEST_OF[kind]
                self.assertIsNone(gate.admit(request))
                gate.answered(request, ANSWER_OF[answer])
                self.assertIs(gate.stage, reached)
                if reached is stage:
                    break
        return gate

    def test_every_request_at_every_stage(self) -> None:
        """What is allowed when, message by message; everything else gets a code."""
        for stage, allowed in ALLOWED.items():
            admitted = {
                kind for kind in REQUEST_KINDS if self.reach(stage).admit(REQUEST_OF[kind]) is None
            }
            self.assertEqual(admitted, allowed, stage)

    def test_why_not(self) -> None:
        """The code tells what is missing."""
        for stage, kind, code in (
            (Stage.FRESH, messages.Ping, ErrorCode.BAD_REQUEST),
            (Stage.GREETED, messages.Hello, ErrorCode.WRONG_STATE),
            (Stage.GREETED, call_messages.Accept, ErrorCode.NOT_LOGGED_IN),
            (Stage.GREETED, messages.ChangePassword, ErrorCode.NOT_LOGGED_IN),
            (Stage.GREETED, messages.AuthFinish, ErrorCode.WRONG_STATE),
            (Stage.OPEN, messages.AuthDevice, ErrorCode.ALREADY_LOGGED_IN),
            (Stage.OPEN, messages.ChangePassword, ErrorCode.WRONG_STATE),
            (Stage.OVER, messages.Ping, ErrorCode.NOT_LOGGED_IN),
        ):
            refused = self.reach(stage).admit(REQUEST_OF[kind])
            self.assertIs(refused, code, (stage, kind))

    def test_one_guess_for_a_challenge(self) -> None:
        """A second proof is refused while the first is looked at, and after it was wrong."""
        gate = self.reach(Stage.CHALLENGED)
        proof = REQUEST_OF[messages.AuthFinish]
        self.assertIsNone(gate.admit(proof))
        self.assertIs(gate.admit(proof), ErrorCode.WRONG_STATE)
        gate.answered(proof, Refusal(ErrorCode.WRONG_PASSWORD))
        self.assertIs(gate.stage, Stage.GREETED)
        self.assertIs(gate.admit(proof), ErrorCode.WRONG_STATE)

    def test_one_proof_for_what_the_password_confirms(self) -> None:
        """Right or wrong, the next change needs its own challenge; the session goes on."""
        for kind in CONFIRMED:
            for answer in (messages.Done(), Refusal(ErrorCode.WRONG_PASSWORD)):
                gate = self.reach(Stage.CONFIRMING)
                self.assertIsNone(gate.admit(REQUEST_OF[kind]))
                gate.answered(REQUEST_OF[kind], answer)
                self.assertIs(gate.stage, Stage.OPEN)

    def test_a_recovery_opens_nothing(self) -> None:
        """One step at a time; afterwards one logs in like everybody else."""
        gate = self.reach(Stage.CHALLENGED)
        kinds = (account_messages.Recover, account_messages.RecoverFinish)
        recover, finish = (REQUEST_OF[kind] for kind in kinds)
        self.assertIsNone(gate.admit(recover))
        self.assertIs(gate.admit(recover), ErrorCode.WRONG_STATE)
        gate.answered(recover, ANSWER_OF[account_messages.RecoverOk])
        self.assertIs(gate.stage, Stage.GREETED)
        for answer in (messages.Done(), Refusal(ErrorCode.WRONG_CODE)):
            self.assertIsNone(gate.admit(finish))
            gate.answered(finish, answer)
            self.assertIs(gate.stage, Stage.GREETED)

    def test_a_refused_device(self) -> None:
        """Who proved the password and showed a bad device starts over; a new account too."""
        for kind, answer in (
            (messages.AuthDevice, Refusal(ErrorCode.UNKNOWN_DEVICE)),
            (messages.Register, ANSWER_OF[messages.RegisterOk]),
        ):
            gate = self.reach(Stage.PROVEN)
            request = REQUEST_OF[kind]
            gate.admit(request)
            gate.answered(request, answer)
            self.assertIs(gate.stage, Stage.GREETED)

    def test_a_refused_greeting(self) -> None:
        """Without a common version the connection stays where it was, and may greet again."""
        hello = REQUEST_OF[messages.Hello]
        gate = self.reach(Stage.FRESH)
        gate.admit(hello)
        self.assertIs(gate.admit(hello), ErrorCode.BAD_REQUEST)
        gate.answered(hello, Refusal(ErrorCode.VERSION))
        self.assertIsNone(gate.admit(hello))

    def test_resuming(self) -> None:
        """A resumed session is as open as a new one."""
        gate = self.reach(Stage.GREETED)
        resume = REQUEST_OF[messages.Resume]
        gate.admit(resume)
        gate.answered(resume, ANSWER_OF[messages.ResumeOk])
        self.assertTrue(gate.is_open)

    def test_logging_out(self) -> None:
        """From the moment it is taken on nothing else is, though its Done is still to be sent."""
        gate = self.reach(Stage.OPEN)
        logout = messages.Logout()
        self.assertIsNone(gate.admit(logout))
        self.assertIs(gate.admit(messages.Ping()), ErrorCode.NOT_LOGGED_IN)
        gate.answered(logout, messages.Done())
        self.assertIs(gate.stage, Stage.OVER)

    def test_a_logout_that_is_refused(self) -> None:
        """The session is open as before, unless the connection was closed meanwhile."""
        logout = messages.Logout()
        for is_closed in (False, True):
            gate = self.reach(Stage.OPEN)
            gate.admit(logout)
            if is_closed:
                gate.close()
            gate.answered(logout, Refusal(ErrorCode.STORE_UNAVAILABLE))
            self.assertIs(gate.is_open, not is_closed)

    def test_a_late_answer(self) -> None:
        """A login that is granted after the connection was closed opens nothing."""
        gate = self.reach(Stage.PROVEN)
        device = REQUEST_OF[messages.AuthDevice]
        gate.admit(device)
        gate.close()
        gate.answered(device, ANSWER_OF[messages.AuthOk])
        self.assertFalse(gate.is_open)

    def test_an_answer_to_something_else(self) -> None:
        """Pings between the steps of a login change nothing; a Pong to a step is a bug of ours."""
        gate = self.reach(Stage.GREETED)
        start = REQUEST_OF[messages.AuthStart]
        gate.admit(start)
        gate.admit(messages.Ping())
        gate.answered(messages.Ping(), Refusal(ErrorCode.RATE_LIMITED))
        self.assertIs(gate.admit(start), ErrorCode.WRONG_STATE)
        with self.assertRaises(LocalProtocolError):
            gate.answered(start, messages.Pong())

    def test_limits_follow_the_stage(self) -> None:
        """Large frames only after login."""
        for stage in Stage:
            gate = self.reach(stage)
            is_open = stage in (Stage.OPEN, Stage.CONFIRMING)
            self.assertEqual(gate.max_frame_bytes, 65536 if is_open else 4096)

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.tuples(REQUESTS, ANSWERS), max_size=12))
    def test_nobody_is_in_without_being_let_in(
        self, exchanges: list[tuple[Request, Answer]]
    ) -> None:
        """Whatever is asked, only an AuthOk or ResumeOk of the server opens the session."""
        gate = SessionGate(self.limits)
        is_let_in = False
        for request, answer in exchanges:
            is_admitted = gate.admit(request) is None
            if is_admitted and not isinstance(answer, WITHOUT_STEP):
                gate.answered(request, answer)
                is_let_in |= isinstance(answer, messages.AuthOk | messages.ResumeOk)
            self.assertFalse(gate.is_open and not is_let_in)
