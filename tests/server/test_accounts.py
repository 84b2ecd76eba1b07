"""Accounts: made, renamed, and their passwords changed."""

from dataclasses import replace

from twisted.internet.defer import Deferred, fail
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, NOW_UTC, Office, code_of, other_device
from tests.server.someone import ANN, BOB, Someone
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthStart,
    Done,
    NoticeKind,
    Register,
    RegisterOk,
    RegistrationPolicy,
    ServerNotice,
    SetProfile,
)
from voip.server.accounts import MAX_SEALED_BYTES
from voip.store.interface import (
    Account,
    InviteNotValid,
    NameTaken,
    NewAccount,
    StoreUnavailable,
)
from voip.store.memory import MemoryStore


class PasswordChangeTests(SynchronousTestCase):
    """Changing the password on an open session."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)
        self.talk = self.office.login(ANN)

    def change(self, person: Someone, *, revoke: bool = False) -> Answer | None:
        challenge = self.talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        return self.talk.ask(
            person.change_password(challenge, EXPORTER, b"new" + b"0" * 29, revoke=revoke)
        )

    def test_the_new_password_holds_and_the_old_no_longer(self) -> None:
        """After the change only the new password logs in."""
        self.assertEqual(self.change(ANN), Done())
        changed = replace(ANN, password=b"new" + b"0" * 29).with_device(b"3" * 32)
        self.assertTrue(self.office.login(changed).is_logged_in)
        talk = self.office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        self.assertEqual(
            code_of(talk.ask(ANN.finish(challenge, EXPORTER))), ErrorCode.WRONG_PASSWORD
        )

    def test_the_old_password_must_be_right(self) -> None:
        """A thief at an open screen cannot change the password."""
        answer = self.change(replace(ANN, password=b"?" * 32))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)

    def test_the_account_key_stays(self) -> None:
        """A change that brings another account key is refused."""
        answer = self.change(replace(ANN, account_seed=b"z" * 32))
        self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="keys.public"))

    def test_only_one_s_own_password_can_be_confirmed(self) -> None:
        """On an open session AuthStart serves for one's own name only."""
        answer = self.talk.ask(AuthStart(BOB.username, b"c" * 24))
        self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="username"))

    def test_other_devices_can_be_thrown_out(self) -> None:
        """With ``revoke_others`` the other devices are told, closed and forgotten."""
        phone = self.office.login(other_device(ANN))
        self.assertEqual(self.change(ANN, revoke=True), Done())
        self.assertEqual(phone.told(ServerNotice), [ServerNotice(NoticeKind.KICKED)])
        self.assertTrue(phone.is_closed)
        answer = self.office.greet().ask(other_device(ANN).known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)

    def test_a_change_needs_a_challenge(self) -> None:
        """ChangePassword without AuthStart before it is refused."""
        request = ANN.change_password(
            AuthChallenge(b"n" * 48, ANN.register().verifier.kdf), EXPORTER, b"0" * 32
        )
        self.assertEqual(code_of(self.talk.ask(request)), ErrorCode.WRONG_STATE)


class AccountTests(SynchronousTestCase):
    """What is taken and what is not."""

    def test_a_nick_of_nothing_is_refused(self) -> None:
        """An empty nick is refused and the field named."""
        office = Office()
        office.register(ANN)
        answer = office.login(ANN).ask(SetProfile("\x1b[2J"))
        self.assertEqual(answer, Refusal(ErrorCode.NICK_NOT_ALLOWED, field="nick"))

    def test_closed_registration_is_told(self) -> None:
        """A closed server makes no accounts."""
        office = Office(policy=RegistrationPolicy.CLOSED)
        self.assertEqual(code_of(office.greet().ask(ANN.register())), ErrorCode.REGISTRATION_CLOSED)

    def refusal_of(self, request: Register) -> Refusal:
        """What a server says to a registration that it does not take."""
        answer = Office().greet().ask(request)
        assert isinstance(answer, Refusal), answer
        return answer

    def test_a_taken_name_is_told(self) -> None:
        """The second account of a name is refused, and the field named."""
        office = Office()
        office.register(ANN)
        answer = office.greet().ask(replace(BOB.register(), username=ANN.username))
        self.assertEqual(answer, Refusal(ErrorCode.NAME_TAKEN, field="username"))

    def test_the_server_s_own_names_count_as_taken(self) -> None:
        """Nobody registers echo, even before it is there."""
        request = replace(ANN.register(), username=Username("echo"))
        self.assertEqual(self.refusal_of(request).code, ErrorCode.NAME_TAKEN)

    def test_a_name_must_follow_the_rules(self) -> None:
        """Short names, capitals and signs are refused by name, not folded behind one's back."""
        for name in ("ab", "Ann", "a b", ".ann", "x" * 33, "ann\x1b"):
            request = replace(ANN.register(), username=Username(name))
            self.assertEqual(self.refusal_of(request).code, ErrorCode.NAME_NOT_ALLOWED, name)

    def test_a_nick_is_needed(self) -> None:
        """An account without a shown name is refused."""
        self.assertEqual(self.refusal_of(ANN.register(nick=" ")).code, ErrorCode.NICK_NOT_ALLOWED)

    def test_a_verifier_that_is_easy_to_guess_is_refused(self) -> None:
        """A client that would save on Argon2id, or sends half a key, gets BAD_REQUEST."""
        good = ANN.register()
        kdf = good.verifier.kdf
        broken = {
            "verifier.kdf": replace(good.verifier, kdf=replace(kdf, memory_kib=8)),
            "verifier.stored_key": replace(good.verifier, stored_key=b"s"),
            "verifier.server_key": replace(good.verifier, server_key=b""),
        }
        for field, verifier in broken.items():
            refusal = self.refusal_of(replace(good, verifier=verifier))
            self.assertEqual(refusal, Refusal(ErrorCode.BAD_REQUEST, field=field))

    def test_keys_of_the_wrong_size_are_refused(self) -> None:
        """The sealed key has an upper bound, since the server only keeps it."""
        good = ANN.register()
        broken = {
            "keys.public": replace(good.keys, public=b"p"),
            "keys.sealed": replace(good.keys, sealed=b"s" * (MAX_SEALED_BYTES + 1)),
        }
        for field, keys in broken.items():
            refusal = self.refusal_of(replace(good, keys=keys))
            self.assertEqual(refusal, Refusal(ErrorCode.BAD_REQUEST, field=field))

    def test_a_failing_database_is_quoted_without_values(self) -> None:
        """The log has the database's reason and not the statement, which holds the verifier."""

        class DatabaseError(Exception):
            orig = OSError("disk I/O error")

        class FailingStore(MemoryStore):
            def create_account(
                self,
                new: NewAccount,
                now: int,
                *,
                invite: bytes | None = None,
                is_pending: bool = False,
            ) -> Deferred[Account | NameTaken | InviteNotValid]:
                try:
                    raise StoreUnavailable(f"INSERT {new}") from DatabaseError(f"INSERT {new}")
                except StoreUnavailable as error:
                    return fail(error)

        with capturedLogs() as events:
            answer = Office(store=FailingStore()).greet().ask(ANN.register())
        self.assertEqual(code_of(answer), ErrorCode.STORE_UNAVAILABLE)
        self.assertEqual([e["reason"] for e in events if "reason" in e], ["disk I/O error"])
        self.assertNotIn("stored_key", repr([{**e, "log_logger": None} for e in events]))

    def test_nothing_of_the_password_is_logged(self) -> None:
        """No event of a registration, login and password change holds a key or proof."""
        with capturedLogs() as events:
            office = Office()
            office.register(ANN)
            office.login(ANN)
        told = repr(events)
        verifier = ANN.register().verifier
        for secret in (verifier.stored_key, verifier.server_key, ANN.keys.sealed):
            self.assertNotIn(repr(secret), told)
            self.assertNotIn(secret.hex(), told)


class PolicyTests(SynchronousTestCase):
    """Who may make an account."""

    def invite(self, office: Office) -> str:
        made = office.logins.accounts.make_invite("olga", 1, 3600, "for\nann")
        text, kept = self.successResultOf(made)
        self.assertEqual((kept.by, kept.note, kept.uses_left), ("olga", "for ann", 1))
        self.assertEqual((kept.made_at, kept.expires_at), (NOW_UTC, NOW_UTC + 3600))
        self.assertEqual(self.successResultOf(office.store.invites(NOW_UTC)), (kept,))
        return text

    def test_an_invite_makes_one_account(self) -> None:
        """However it is typed; it is used by the account that is made, not by a try that fails."""
        office = Office(policy=RegistrationPolicy.INVITE)
        text = self.invite(office)
        refused = office.greet().ask(replace(ANN.register(), nick="", invite=text))
        self.assertEqual(code_of(refused), ErrorCode.NICK_NOT_ALLOWED)
        typed = text.lower().replace("-", " ")
        made = office.greet().ask(replace(ANN.register(), invite=typed))
        self.assertEqual(made, RegisterOk(ANN.username))
        again = office.greet().ask(replace(BOB.register(), invite=text))
        self.assertEqual(again, Refusal(ErrorCode.INVITE_NOT_VALID, field="invite"))
        self.assertTrue(office.login(ANN).is_logged_in)

    def test_without_an_invite_there_is_no_account(self) -> None:
        """A missing one is told apart from one that is none."""
        office = Office(policy=RegistrationPolicy.INVITE)
        letters = "-0000" * 5
        told = [
            office.greet().ask(replace(ANN.register(), invite=invite))
            for invite in (" ", "please", f"I{letters}", f"R{letters}")
        ]
        self.assertEqual(
            [code_of(answer) for answer in told],
            [ErrorCode.INVITE_NEEDED, *[ErrorCode.INVITE_NOT_VALID] * 3],
        )

    def test_other_policies_use_no_invite_up(self) -> None:
        """Where none is asked for, one that is brought stays good."""
        for policy in (RegistrationPolicy.OPEN, RegistrationPolicy.APPROVAL):
            office = Office(policy=policy)
            office.greet().ask(replace(ANN.register(), invite=self.invite(office)))
            [kept] = self.successResultOf(office.store.invites(NOW_UTC))
            self.assertEqual(kept.uses_left, 1)

    def test_who_waits_for_an_approval_does_not_come_in(self) -> None:
        """Who knows the password is told so, and nobody else; once approved, one comes in."""
        office = Office(policy=RegistrationPolicy.APPROVAL)
        made = office.greet().ask(ANN.register())
        self.assertEqual(made, RegisterOk(ANN.username, is_pending=True))
        told = []
        for person in (ANN, replace(ANN, password=b"?" * 32)):
            talk = office.greet()
            challenge = talk.ask(person.start())
            assert isinstance(challenge, AuthChallenge)
            told.append(talk.ask(person.finish(challenge, EXPORTER)))
            self.assertEqual(code_of(talk.ask(person.enrol(EXPORTER))), ErrorCode.UNKNOWN_DEVICE)
        self.assertEqual(told[0], Refusal(ErrorCode.NOT_APPROVED))
        self.assertEqual(code_of(told[1]), ErrorCode.WRONG_PASSWORD)
        office.store.approve(ANN.username)
        self.assertTrue(office.login(ANN).is_logged_in)
