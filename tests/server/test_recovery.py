"""Recovery codes on the server: what they open, for whom, and what a guesser learns."""

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office, Talk, code_of, other_device
from tests.server.someone import ANN, BOB, TOKENS, Someone
from voip.core.account_messages import RecoverOk
from voip.core.credentials import AccountKeys, Verifier
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId, Username
from voip.core.messages import (
    Answer,
    AuthChallenge,
    Done,
    NoticeKind,
    Resume,
    ServerNotice,
)
from voip.store.interface import Account
from voip.store.memory import MemoryStore

NEW = b"new" + b"0" * 29
NOBODY = Someone(Username("nobody"))
WRONG = b"?" * 32


class RecoveryTests(SynchronousTestCase):
    """Somebody who has forgotten the password and kept a code."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)

    def finish(self, person: Someone = ANN, token: bytes = TOKENS[0]) -> Answer | None:
        return self.office.greet().ask(person.recover_finish(token, NEW))

    def test_a_code_opens_its_copy_of_the_account_key(self) -> None:
        """Showing it uses nothing up."""
        for _ in range(2):
            answer = self.office.greet().ask(ANN.recover(TOKENS[1]))
            self.assertEqual(answer, RecoverOk(AccountKeys(ANN.keys.public, b"2" * 60)))

    def test_the_new_password_holds_and_the_old_no_longer(self) -> None:
        """From then on one logs in by the new one."""
        self.assertEqual(self.finish(), Done())
        self.assertTrue(self.office.login(replace(ANN, password=NEW)).is_logged_in)
        talk = self.office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        answer = talk.ask(ANN.finish(challenge, EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)

    def test_a_code_serves_once(self) -> None:
        """Used up, it opens nothing any more; the others do."""
        self.assertEqual(self.finish(), Done())
        self.assertEqual(code_of(self.finish()), ErrorCode.WRONG_CODE)
        answer = self.office.greet().ask(ANN.recover(TOKENS[0]))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_CODE)
        self.assertEqual(self.finish(token=TOKENS[1]), Done())

    def test_every_device_has_to_log_in_again(self) -> None:
        """A thief's session ends, cannot be resumed, and his device key opens nothing."""
        thief = self.office.login(other_device(ANN))
        bystander = self.office.login(BOB)
        self.assertEqual(self.finish(), Done())
        self.assertEqual(thief.told(ServerNotice), [ServerNotice(NoticeKind.KICKED)])
        self.assertTrue(thief.is_closed)
        resume = Resume(thief.opened.session, thief.opened.resume_token, 0)
        self.assertEqual(code_of(self.office.greet().ask(resume)), ErrorCode.SESSION_GONE)
        answer = self.office.greet().ask(other_device(ANN).known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)
        self.assertFalse(bystander.is_closed)

    def test_a_password_proven_before_enrols_nothing_after(self) -> None:
        """A thief in the middle of a login by the old password is too late."""
        talk = self.office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(ANN.finish(challenge, EXPORTER))
        self.assertEqual(self.finish(), Done())
        answer = talk.ask(ANN.enrol(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)

    def test_the_account_key_stays(self) -> None:
        """With another account key the code is not used up, and nothing is changed."""
        other = replace(ANN, account_seed=b"z" * 32)
        self.assertEqual(code_of(self.finish(other)), ErrorCode.WRONG_CODE)
        self.assertEqual(self.finish(), Done())

    def test_a_code_is_for_one_account(self) -> None:
        """Ann's code under Bob's name opens nothing."""
        office = Office()
        office.register(ANN)
        office.greet().ask(replace(BOB.register(), recovery=()))
        for request in (BOB.recover(TOKENS[0]), BOB.recover_finish(TOKENS[0], NEW)):
            self.assertEqual(code_of(office.greet().ask(request)), ErrorCode.WRONG_CODE)

    def test_a_password_no_client_makes_is_refused(self) -> None:
        """The field is named, and the code is good still."""
        request = ANN.recover_finish(TOKENS[0], NEW)
        weak = replace(request.verifier, kdf=replace(request.verifier.kdf, passes=1))
        answer = self.office.greet().ask(replace(request, verifier=weak))
        self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="verifier.kdf"))
        self.assertEqual(self.finish(), Done())

    def test_the_log_says_who_and_no_secret(self) -> None:
        """Neither code, token nor what they open stands in it."""
        with capturedLogs() as events:
            self.finish(token=WRONG)
            self.finish()
        told = [event for event in events if event.get("username") == "ann"]
        self.assertEqual(
            [event["log_format"].partition(" {")[0] for event in told],
            ["wrong recovery code for", "{username} recovered the account from"],
        )
        self.assertEqual({event["address"] for event in told}, {"192.0.2.0/24"})
        for secret in (TOKENS[0], WRONG, NEW):
            self.assertNotIn(repr(secret), repr(events))


class ResetTests(SynchronousTestCase):
    """Somebody who has neither password nor codes, and got a token from the operator."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)
        self.token = self.make_token()
        self.anew = replace(ANN, account_seed=b"z" * 32, password=NEW)

    def make_token(self, username: Username = ANN.username) -> str:
        made = self.successResultOf(self.office.logins.accounts.make_reset(username, 3600))
        assert made is not None
        return made

    def reset(self, person: Someone | None = None, token: str = "") -> Answer | None:
        return self.office.greet().ask((person or self.anew).reset(token or self.token, NEW))

    def test_everything_is_new(self) -> None:
        """Password, account key and codes; the old ones open nothing, and sessions end."""
        thief = self.office.login(ANN)
        self.assertEqual(self.reset(), Done())
        self.assertEqual(thief.told(ServerNotice), [ServerNotice(NoticeKind.KICKED)])
        self.assertTrue(thief.is_closed)
        answer = self.office.greet().ask(ANN.known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)
        self.assertTrue(self.office.login(self.anew).is_logged_in)
        opened = self.office.greet().ask(self.anew.recover(TOKENS[0]))
        self.assertEqual(opened, RecoverOk(AccountKeys(self.anew.keys.public, b"1" * 60)))

    def test_a_token_serves_once_for_one_account(self) -> None:
        """Not for another name, not twice, not when a newer one is out."""
        bob = replace(BOB, account_seed=b"z" * 32)
        self.assertEqual(code_of(self.reset(bob)), ErrorCode.WRONG_CODE)
        newer = self.make_token()
        self.assertEqual(code_of(self.reset()), ErrorCode.WRONG_CODE)
        self.assertEqual(self.reset(token=newer), Done())
        self.assertEqual(code_of(self.reset(token=newer)), ErrorCode.WRONG_CODE)

    def test_nobody_gets_no_token(self) -> None:
        """The operator is told that there is no such account."""
        made = self.office.logins.accounts.make_reset(NOBODY.username, 60)
        self.assertIsNone(self.successResultOf(made))

    def test_what_no_client_sends_is_refused(self) -> None:
        """The field is named, and the token is good still."""
        request = self.anew.reset(self.token, NEW)
        doubled = replace(request, recovery=request.recovery[:1] * 2)
        answer = self.office.greet().ask(doubled)
        self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="recovery"))
        self.assertEqual(self.reset(), Done())

    def test_guesses_are_slowed_with_those_at_codes(self) -> None:
        """Five are free together; unknown names answer alike."""
        for person in (ANN, NOBODY):
            talk = self.office.greet()
            told = [code_of(talk.ask(person.reset("R-guess", NEW))) for _ in range(3)]
            told += [code_of(talk.ask(person.recover(WRONG))) for _ in range(3)]
            told.append(code_of(talk.ask(person.reset(self.token, NEW))))
            self.assertEqual(told, [ErrorCode.WRONG_CODE] * 5 + [ErrorCode.RATE_LIMITED] * 2)


class CountingStore(MemoryStore):
    """Notes what is asked about codes."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    def account(self, username: Username) -> Deferred[Account | None]:
        self.asked.append("account")
        return super().account(username)

    def recovery_copy(self, username: Username, token_hash: bytes) -> Deferred[AccountKeys | None]:
        self.asked.append("recovery_copy")
        return super().recovery_copy(username, token_hash)

    def recover(
        self, username: Username, token_hash: bytes, verifier: Verifier, keys: AccountKeys
    ) -> Deferred[AccountId | None]:
        self.asked.append("recover")
        return super().recover(username, token_hash, verifier, keys)


class GuesserTests(SynchronousTestCase):
    """Somebody who tries codes, or wants to know who has an account."""

    def setUp(self) -> None:
        self.store = CountingStore()
        self.office = Office(store=self.store)
        self.office.register(ANN)
        self.store.asked.clear()

    def wait_after(self, talk: Talk, person: Someone) -> list[tuple[ErrorCode | None, int]]:
        """What seven wrong guesses are told."""
        answers = [talk.ask(person.recover(WRONG)) for _ in range(7)]
        return [
            (answer.code, answer.retry_after_ms)
            for answer in answers
            if isinstance(answer, Refusal)
        ]

    def test_unknown_names_answer_alike(self) -> None:
        """Answers, waits and the work of the store are the same for a name nobody has."""
        told, asked = [], []
        for number, person in enumerate((ANN, NOBODY)):
            told.append(self.wait_after(self.office.greet(f"192.0.2.{number}"), person))
            finish = person.recover_finish(WRONG, NEW)
            finish_told = self.office.greet(f"198.51.100.{number}").ask(finish)
            self.assertEqual(code_of(finish_told), ErrorCode.WRONG_CODE)
            asked.append(tuple(self.store.asked))
            self.store.asked.clear()
        self.assertEqual(told[0], told[1])
        self.assertEqual(asked[0], asked[1])

    def test_guesses_are_slowed(self) -> None:
        """Five are free, then the waiting doubles; while it lasts not even a right code serves."""
        talk = self.office.greet()
        codes = [code for code, _ in self.wait_after(talk, ANN)]
        self.assertEqual(codes, [ErrorCode.WRONG_CODE] * 5 + [ErrorCode.RATE_LIMITED] * 2)
        for request in (ANN.recover(TOKENS[0]), ANN.recover_finish(TOKENS[0], NEW)):
            self.assertEqual(code_of(talk.ask(request)), ErrorCode.RATE_LIMITED)
        self.office.clock.advance(16)
        self.assertIsInstance(talk.ask(ANN.recover(TOKENS[0])), RecoverOk)

    def test_a_guesser_locks_nobody_else_out(self) -> None:
        """The owner, elsewhere, recovers while guesses from another address have to wait."""
        self.wait_after(self.office.greet("203.0.113.9"), ANN)
        answer = self.office.greet().ask(ANN.recover_finish(TOKENS[0], NEW))
        self.assertEqual(answer, Done())

    def test_wrong_passwords_do_not_slow_a_code(self) -> None:
        """Who has just tried every password he remembers may type a code at once, and log in."""
        forgetful = replace(ANN, password=b"?" * 32)
        for _ in range(5):
            talk = self.office.greet()
            challenge = talk.ask(forgetful.start())
            assert isinstance(challenge, AuthChallenge)
            talk.ask(forgetful.finish(challenge, EXPORTER))
        self.assertEqual(code_of(self.office.greet().ask(ANN.start())), ErrorCode.RATE_LIMITED)
        answer = self.office.greet().ask(ANN.recover_finish(TOKENS[0], NEW))
        self.assertEqual(answer, Done())
        self.assertTrue(self.office.login(replace(ANN, password=NEW)).is_logged_in)

    def test_one_source_is_slowed_for_all_names_together(self) -> None:
        """Going through the names one by one is no way around."""
        talk = self.office.greet()
        people = [Someone(Username(f"name{number}")) for number in range(21)]
        codes = [code_of(talk.ask(person.recover(WRONG))) for person in people]
        self.assertEqual(codes, [ErrorCode.WRONG_CODE] * 20 + [ErrorCode.RATE_LIMITED])
