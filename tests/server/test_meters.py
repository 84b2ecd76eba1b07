"""What is counted, and with which labels."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import Office
from tests.server.someone import ANN, BOB, TOKENS
from voip.core.calls import EndReason
from voip.core.effects import CallEnded, Participant
from voip.core.errors import ErrorCode
from voip.core.ids import CallId, Username
from voip.core.messages import AuthChallenge, Ping, Register, RegisterOk
from voip.server.meters import DONE, MAX_COMMANDS, OTHER, PENDING, Meters

HEARD = Participant(Username("ann"), True, True, EndReason.HANGUP, 60.0, 20, 80, has_reported=True)
CALL = CallEnded(CallId(b"c" * 16), False, HEARD.username, (), EndReason.HANGUP, 70.0, 60.0)


class RequestTests(SynchronousTestCase):
    """What conversations bring."""

    def setUp(self) -> None:
        self.office = Office()
        self.meters = self.office.premises.meters

    def test_a_request_is_counted_when_it_is_answered(self) -> None:
        """By its kind."""
        self.office.greet().ask(Ping())
        self.assertEqual(self.meters.requests[Ping], 1)

    def test_registrations(self) -> None:
        """By result."""
        self.office.register(ANN, ANN)
        self.assertEqual(self.meters.requests[Register], 2)
        self.assertEqual(self.meters.registrations, {DONE: 1, PENDING: 0, "name_taken": 1})
        self.assertEqual(self.meters.refusals[ErrorCode.NAME_TAKEN], 1)

    def test_a_registration_that_waits(self) -> None:
        """It is told apart from one that is done."""
        self.meters.answered(ANN.register(), RegisterOk(ANN.username, is_pending=True))
        self.assertEqual(self.meters.registrations, {DONE: 0, PENDING: 1})

    def test_a_login_by_password(self) -> None:
        """The password is one step, the device that comes in another."""
        self.office.register(ANN)
        self.office.login(ANN)
        self.assertEqual(self.meters.logins["password", DONE], 1)
        self.assertEqual(self.meters.logins["device", DONE], 1)

    def test_a_wrong_password(self) -> None:
        """It is told apart from other failures, also for a name that nobody has."""
        self.office.register(ANN)
        for person in (ANN, BOB):
            talk = self.office.greet()
            challenge = talk.ask(person.start())
            assert isinstance(challenge, AuthChallenge)
            talk.ask(replace(person, password=b"x" * 32).finish(challenge, talk.exporter))
        self.assertEqual(self.meters.logins["password", "wrong_password"], 2)
        self.assertEqual(self.meters.logins["password", DONE], 0)

    def test_a_recovery(self) -> None:
        """It is counted once, when the code is used up; a wrong code each time."""
        self.office.register(ANN)
        talk = self.office.greet()
        talk.ask(ANN.recover(TOKENS[0]))
        self.assertEqual(self.meters.logins["recovery", DONE], 0)
        for _ in range(2):
            talk.ask(ANN.recover_finish(TOKENS[0], b"n" * 32))
        self.assertEqual(self.meters.logins["recovery", DONE], 1)
        self.assertEqual(self.meters.logins["recovery", "wrong_code"], 1)


class CallTests(SynchronousTestCase):
    """What the switchboard brings."""

    def setUp(self) -> None:
        self.calls = (meters := Meters()).calls
        self.ended = meters.call_ended
        meters.call_started()

    def test_a_call_that_was_answered(self) -> None:
        """How long it lasted, and how it was heard by who said so."""
        silent = replace(HEARD, username=Username("bob"), has_reported=False)
        self.ended(replace(CALL, participants=(HEARD, silent)))
        self.assertEqual(self.calls.started, 1)
        self.assertEqual(self.calls.ended, {(False, EndReason.HANGUP): 1})
        self.assertEqual((self.calls.talk_seconds.count, self.calls.talk_seconds.total), (1, 60.0))
        self.assertEqual((self.calls.loss.count, self.calls.loss.total), (1, 0.02))
        self.assertEqual(self.calls.round_trip_seconds.total, 0.08)

    def test_a_call_that_nobody_answered(self) -> None:
        """It has no length."""
        self.ended(replace(CALL, outcome=EndReason.NO_ANSWER, talked_seconds=0.0))
        self.assertEqual(self.calls.ended, {(False, EndReason.NO_ANSWER): 1})
        self.assertEqual(self.calls.talk_seconds.count, 0)


class OperatorTests(SynchronousTestCase):
    """What the operator's side brings."""

    def setUp(self) -> None:
        self.meters = Meters()

    def test_commands(self) -> None:
        """By name and how they ended."""
        self.meters.command("kick", "done")
        self.meters.command("kick", "done")
        self.meters.command("kick", "usage")
        self.assertEqual(self.meters.commands, {("kick", "done"): 2, ("kick", "usage"): 1})

    def test_no_more_names_than_there_can_be(self) -> None:
        """Beyond that they are counted together, so that nobody's typing fills the memory."""
        for number in range(MAX_COMMANDS + 5):
            self.meters.command(f"no{number}", "usage")
        self.assertEqual(len(self.meters.commands), MAX_COMMANDS + 1)
        self.assertEqual(self.meters.commands[OTHER, "usage"], 5)
        self.meters.command("no0", "usage")
        self.assertEqual(self.meters.commands["no0", "usage"], 2)

    def test_the_audit(self) -> None:
        """Lines, failures, and whether it can be written now."""
        audit = self.meters.audit
        audit.recorded(0.002)
        self.assertEqual((audit.lines, audit.failures, audit.is_writable), (1, 0, True))
        audit.failed()
        self.assertEqual((audit.lines, audit.failures, audit.is_writable), (1, 1, False))
        audit.recorded(0.002)
        self.assertTrue(audit.is_writable)
        self.assertEqual(audit.seconds.count, 2)
