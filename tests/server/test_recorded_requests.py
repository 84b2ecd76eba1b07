"""What clients do with accounts: nothing of it is done before it is written down."""

from collections.abc import Callable
from pathlib import Path
from typing import Final, get_args

from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office, Talk, code_of, other_device
from tests.server.someone import ANN, TOKENS, Someone
from voip.core.account_messages import ListDevices, RevokeDevice
from voip.core.deeds import Actor, Deed, Door, Role
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.login import device_id_of
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthFinish,
    AuthStart,
    Hello,
    Logout,
    NoticeKind,
    Ping,
    Pong,
    RegistrationPolicy,
    Request,
    Resume,
    ServerNotice,
    SetProfile,
)
from voip.server.recorded_requests import WORDS

PAGE: Final = Path(__file__).resolve().parent.parent.parent / "docs/audit.md"
NEW: Final = b"new" + b"0" * 29
PHONE: Final = other_device(ANN)
LOOKED_UP: Final[frozenset[type[Request]]] = frozenset(
    {Hello, Ping, AuthStart, Resume, ListDevices}
)
"""Of what concerns accounts and sessions these change nothing, and open nothing."""

Prepared = Callable[[Office], tuple[Talk, Request]]


def challenge(talk: Talk, person: Someone = ANN) -> AuthChallenge:
    given = talk.ask(person.start())
    assert isinstance(given, AuthChallenge), given
    return given


def at_the_door(request: Request) -> Prepared:
    """Somebody whom the server knows nothing of yet."""
    return lambda office: (office.greet(), request)


def after_a_challenge(office: Office) -> tuple[Talk, Request]:
    talk = office.greet()
    return talk, ANN.finish(challenge(talk), EXPORTER)


def logged_in(request: Request) -> Prepared:
    """Ann on her laptop; her phone is known too."""
    return lambda office: (office.login(ANN), request)


def confirmed(make: Callable[[AuthChallenge], Request]) -> Prepared:
    """Ann, who has just been asked for her password."""

    def prepared(office: Office) -> tuple[Talk, Request]:
        talk = office.login(ANN)
        return talk, make(challenge(talk))

    return prepared


def with_a_token(office: Office) -> tuple[Talk, Request]:
    token = office.accounts.make_reset(ANN.username, 3600)
    made: list[str | None] = []
    token.addCallback(made.append)
    assert made[0] is not None
    return office.greet(), ANN.reset(made[0], NEW)


CASES: Final[dict[str, Prepared]] = {
    "register": at_the_door(Someone(Username("carol")).register()),
    "prove_password": after_a_challenge,
    "login": at_the_door(PHONE.known_device(EXPORTER)),
    "show_code": at_the_door(ANN.recover(TOKENS[0])),
    "recover": at_the_door(ANN.recover_finish(TOKENS[0], NEW)),
    "reset": with_a_token,
    "change_password": confirmed(lambda asked: ANN.change_password(asked, EXPORTER, NEW)),
    "set_nick": logged_in(SetProfile("Another")),
    "set_recovery": confirmed(lambda asked: ANN.set_recovery(asked, EXPORTER, b"3" * 32)),
    "revoke_device": logged_in(RevokeDevice(device_id_of(PHONE.device_public))),
    "delete_account": confirmed(lambda asked: ANN.delete(asked, EXPORTER)),
    "logout": logged_in(Logout()),
}


class Case(SynchronousTestCase):
    """Ann, with a laptop and a phone that is not logged in."""

    def office(self) -> Office:
        office = Office()
        office.register(ANN)
        office.login(PHONE).ask(Logout())
        office.audit.noted.clear()
        return office

    def state(self, office: Office) -> str:
        """Everything that a deed could change: what is kept, who is online, what they know."""
        sessions = [
            (session.owner, session.end, session.connection is None)
            for session in office.reception.sessions
        ]
        kept = {name: value for name, value in vars(office.store).items() if name != "_deeds"}
        return repr((kept, sessions))


class RecordedRequestsTests(Case):
    """Each deed, when the audit works, is slow, or is full."""

    def test_each_deed_has_its_case_here(self) -> None:
        """And every other request of accounts and sessions is known to change nothing."""
        self.assertEqual(set(CASES), set(WORDS.values()))
        about_accounts = [
            kind
            for kind in get_args(Request)
            if kind.__module__ in ("voip.core.messages", "voip.core.account_messages")
        ]
        self.assertEqual(set(about_accounts), set(WORDS) | LOOKED_UP)

    def test_the_page_tells_every_word(self) -> None:
        """Whoever reads the audit finds what each means."""
        page = PAGE.read_text()
        self.assertEqual([word for word in WORDS.values() if f"`{word}`" not in page], [])

    def test_what_cannot_be_recorded_is_not_done(self) -> None:
        """The client is told, with a number that stands in the log; nothing has changed."""
        for word, prepared in CASES.items():
            office = self.office()
            talk, request = prepared(office)
            before = self.state(office)
            office.audit.is_full = True
            with capturedLogs() as events:
                answer = talk.ask(request)
            assert isinstance(answer, Refusal), word
            self.assertEqual(answer.code, ErrorCode.STORE_UNAVAILABLE, word)
            told = [event for event in events if event.get("incident") == answer.incident]
            self.assertEqual([event["reason"] for event in told], ["the disk is full"], word)
            self.assertEqual(self.state(office), before, word)

    def test_it_works_once_there_is_room_again(self) -> None:
        """The same connection goes on; what a proof was used up for is begun anew."""
        for word, prepared in CASES.items():
            office = self.office()
            talk, request = prepared(office)
            office.audit.is_full = True
            talk.ask(request)
            office.audit.is_full = False
            talk, request = prepared(office) if hasattr(request, "proof") else (talk, request)
            answer = talk.ask(request)
            self.assertIsNone(code_of(answer), word)

    def test_nothing_happens_while_it_is_written(self) -> None:
        """And then what was asked happens, and is told."""
        for word, prepared in CASES.items():
            office = self.office()
            talk, request = prepared(office)
            before = self.state(office)
            office.audit.is_slow = True
            self.assertIsNone(talk.ask(request), word)
            self.assertEqual(self.state(office), before, word)
            office.audit.let_through()
            self.assertIsNone(code_of(talk.answers[-1][1]), word)
            last = office.audit.noted[-1]
            self.assertEqual((last.deed.what, last.outcome), (word, "done"))

    def test_who_what_and_from_where(self) -> None:
        """The address is cut; whom it concerns is who asks."""
        office = self.office()
        talk, request = CASES["revoke_device"](office)
        talk.ask(request)
        last = office.audit.noted[-1]
        self.assertEqual(
            last.actor, Actor("ann", Role.CALLER, Door.CONTROL, address="192.0.2.0/24")
        )
        device = device_id_of(PHONE.device_public).hex()[:16]
        self.assertEqual(last.deed, Deed("revoke_device", "ann", f"device {device}"))

    def test_no_secret_is_recorded(self) -> None:
        """Neither proofs, keys and codes nor what they open."""
        for prepared in CASES.values():
            office = self.office()
            talk, request = prepared(office)
            talk.ask(request)
            for secret in (b"s" * 60, b"1" * 60, TOKENS[0], NEW, ANN.password):
                self.assertNotIn(repr(secret), repr(office.audit.noted))

    def test_what_goes_wrong_is_recorded_as_failed(self) -> None:
        """A bug of ours ends the deed too."""
        office = self.office()
        talk, request = CASES["set_nick"](office)
        office.store.set_nick = lambda *_: 1 / 0  # type: ignore[method-assign,assignment]
        self.assertEqual(code_of(talk.ask(request)), ErrorCode.INTERNAL)
        self.assertEqual(len(self.flushLoggedErrors(ZeroDivisionError)), 1)
        self.assertEqual(office.audit.summary()[-1], ("ann", "set_nick", "failed"))

    def test_an_end_that_cannot_be_recorded_is_told_to_the_log(self) -> None:
        """It was done, so the client is told that it was."""
        office = self.office()
        talk, request = CASES["set_nick"](office)
        office.audit.is_slow = True
        talk.ask(request)
        office.audit.is_full = True
        with capturedLogs() as events:
            office.audit.let_through()
        self.assertNotIsInstance(talk.answers[-1][1], Refusal)
        told = [event for event in events if "how deed" in event["log_format"]]
        self.assertEqual([event["reason"] for event in told], ["the disk is full"])


class UnprovenTests(Case):
    """Somebody who has proven nothing."""

    def outcome(self, office: Office) -> tuple[str, str, str]:
        return office.audit.summary()[-1]

    def wrong(self, office: Office) -> Answer | None:
        talk = office.greet()
        challenge(talk)
        return talk.ask(AuthFinish(b"0" * 32))

    def test_what_was_wrong_is_noted_and_not_waited_for(self) -> None:
        """It is refused as ever, also when nothing can be written."""
        office = self.office()
        stranger = Someone(Username("ann"), device_seed=b"x" * 32)
        for is_full in (False, True):
            office.audit.is_full = is_full
            self.assertEqual(code_of(self.wrong(office)), ErrorCode.WRONG_PASSWORD)
            self.assertEqual(self.outcome(office), ("ann", "prove_password", "wrong_password"))
            answer = office.greet().ask(stranger.known_device(EXPORTER))
            self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)
            self.assertEqual(self.outcome(office), ("ann", "login", "unknown_device"))
            answer = office.greet().ask(ANN.recover(b"?" * 32))
            self.assertEqual(code_of(answer), ErrorCode.WRONG_CODE)
            self.assertEqual(self.outcome(office), ("ann", "show_code", "wrong_code"))

    def test_names_nobody_has_are_noted_alike(self) -> None:
        """Whoever reads the audit sees a name that was tried, and the client nothing."""
        office = self.office()
        ghost = Someone(Username("ghost"))
        talk = office.greet()
        challenge(talk, ghost)
        self.assertEqual(code_of(talk.ask(AuthFinish(b"0" * 32))), ErrorCode.WRONG_PASSWORD)
        self.assertEqual(self.outcome(office), ("ghost", "prove_password", "wrong_password"))

    def test_an_account_that_cannot_be_made_is_a_note(self) -> None:
        """Notes are bounded: else whoever asks all day would fill the disk of a closed server."""
        office = Office(policy=RegistrationPolicy.CLOSED)
        office.audit.is_full = True
        answer = office.greet().ask(ANN.register())
        self.assertEqual(code_of(answer), ErrorCode.REGISTRATION_CLOSED)
        self.assertEqual(len(office.audit.noted), 1)
        self.assertEqual(self.outcome(office), ("ann", "register", "registration_closed"))

    def test_who_has_to_wait_leaves_no_line(self) -> None:
        """A guesser who is slowed down already writes nothing."""
        office = self.office()
        for _ in range(5):
            office.greet().ask(ANN.recover(b"?" * 32))
        written = len(office.audit.noted)
        for request in (ANN.recover(TOKENS[0]), ANN.recover_finish(TOKENS[0], NEW)):
            self.assertEqual(code_of(office.greet().ask(request)), ErrorCode.RATE_LIMITED)
        self.assertEqual(len(office.audit.noted), written)


class WaitingTests(Case):
    """What a connection does while its deed is being written down."""

    def test_a_logout_that_was_refused_leaves_the_session_open(self) -> None:
        """One goes on as before."""
        office = self.office()
        talk = office.login(ANN)
        office.audit.is_full = True
        self.assertEqual(code_of(talk.ask(Logout())), ErrorCode.STORE_UNAVAILABLE)
        self.assertEqual(talk.ask(Ping()), Pong())

    def test_who_leaves_while_logging_out_is_logged_out(self) -> None:
        """The line breaks before it is written: the session ends all the same."""
        office = self.office()
        talk = office.login(ANN)
        office.audit.is_slow = True
        talk.ask(Logout())
        talk.conversation.lost()
        self.assertEqual(len(office.reception.sessions), 1)
        office.audit.let_through()
        self.assertEqual(len(office.reception.sessions), 0)

    def test_a_session_that_was_replaced_is_not_ended_twice(self) -> None:
        """The device logs in again while its logout is written: the new session stays."""
        office = self.office()
        talk = office.login(ANN)
        office.audit.is_slow = True
        talk.ask(Logout())
        held, office.audit.waiting = office.audit.waiting, []
        office.audit.is_slow = False
        again = office.login(ANN)
        self.assertEqual(talk.told(ServerNotice), [ServerNotice(NoticeKind.REPLACED)])
        office.audit.waiting = held
        office.audit.let_through()
        self.assertEqual(again.ask(Ping()), Pong())

    def test_a_login_nobody_waits_for_opens_nothing(self) -> None:
        """The line breaks while it is written: it ends as gone."""
        office = self.office()
        talk, request = CASES["login"](office)
        office.audit.is_slow = True
        talk.ask(request)
        talk.conversation.lost()
        office.audit.let_through()
        self.assertEqual(len(office.reception.sessions), 0)
        self.assertEqual(office.audit.summary()[-1], ("ann", "login", "gone"))

    def test_the_steps_of_a_login_come_one_at_a_time(self) -> None:
        """Also while one of them is written."""
        office = self.office()
        talk, request = CASES["prove_password"](office)
        office.audit.is_slow = True
        self.assertIsNone(talk.ask(request))
        self.assertEqual(code_of(talk.ask(ANN.enrol(EXPORTER))), ErrorCode.WRONG_STATE)
        self.assertEqual(talk.ask(Ping()), Pong())
