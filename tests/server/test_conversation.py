"""Conversations: the first words, stores that fail, and requests of an open session."""

from typing import cast

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.internet.defer import Deferred, fail
from twisted.logger import LogLevel, capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import CALL, EXPORTER, Office, code_of, invite
from tests.server.someone import ANN, BOB, Someone
from tests.strategies import REQUESTS
from voip.core.call_messages import (
    CallChanged,
    InviteOk,
    Leave,
)
from voip.core.calls import EndReason
from voip.core.contacts import Contact
from voip.core.errors import ErrorCode, Refusal, RemoteProtocolError
from voip.core.ids import Username
from voip.core.limits import ConnectionLimits
from voip.core.messages import (
    AuthChallenge,
    Done,
    Hello,
    HelloOk,
    Logout,
    Ping,
    Pong,
    RegistrationPolicy,
    Request,
    Resume,
    ServerNotice,
    SetProfile,
)
from voip.core.people_messages import (
    GetPerson,
    ListUsers,
    PersonOk,
    PresenceChanged,
    PutContact,
    UserPage,
)
from voip.store.interface import Account, StoreUnavailable
from voip.store.memory import MemoryStore


class SilentStore(MemoryStore):
    """A store that answers accounts only when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.is_silent = False
        self.waiting: list[Deferred[Account | None]] = []

    def account(self, username: Username) -> Deferred[Account | None]:
        if not self.is_silent:
            return super().account(username)
        self.waiting.append(Deferred())
        return self.waiting[-1]


class BrokenStore(MemoryStore):
    """A store whose disk is full."""

    def account(self, username: Username) -> Deferred[Account | None]:
        return fail(StoreUnavailable("database or disk is full"))


class BuggyStore(MemoryStore):
    """A store with a mistake in it."""

    def account(self, username: Username) -> Deferred[Account | None]:
        raise ZeroDivisionError


class GreetingTests(SynchronousTestCase):
    """The first words."""

    def test_hello_tells_what_a_client_must_know(self) -> None:
        """A client learns the version, the name and the policy of the server."""
        answer = Office().connect().ask(Hello(1, 3, "test"))
        assert isinstance(answer, HelloOk)
        self.assertEqual((answer.proto, answer.server_name), (1, "test server"))
        self.assertEqual(answer.policy, RegistrationPolicy.OPEN)
        self.assertEqual(answer.ping_seconds, 15)

    def test_a_version_nobody_shares_is_refused_and_ends_it(self) -> None:
        """A client from the far future is told so and the connection closes."""
        talk = Office().connect()
        self.assertEqual(code_of(talk.ask(Hello(2, 9, "test"))), ErrorCode.VERSION)
        self.assertTrue(talk.is_closed)

    def test_nothing_comes_before_hello(self) -> None:
        """A request before Hello is refused."""
        self.assertEqual(code_of(Office().connect().ask(ANN.start())), ErrorCode.BAD_REQUEST)

    def test_strangers_reach_nobody(self) -> None:
        """Without a login nobody calls, lists or changes anything."""
        office = Office()
        for request in (invite(BOB), ListUsers(), SetProfile("x"), Logout()):
            talk = office.greet()
            self.assertEqual(code_of(talk.ask(request)), ErrorCode.NOT_LOGGED_IN, request)

    def test_a_stranger_may_ask_whether_the_server_is_there(self) -> None:
        """Ping is answered before login."""
        self.assertEqual(Office().greet().ask(Ping()), Pong())


class SessionTests(SynchronousTestCase):
    """What somebody who is logged in may do."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)

    def test_a_call_reaches_the_other(self) -> None:
        """Ann calls Bob: both see the call, and the log says who called whom."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        with capturedLogs() as events:
            self.assertEqual(ann.ask(invite(BOB)), InviteOk(CALL))
            self.assertEqual(ann.ask(Leave(CALL)), Done())
        seen = cast("list[CallChanged]", bob.told(CallChanged))
        self.assertEqual([leg.username for leg in seen[0].call.legs], ["ann", "bob"])
        begun = next(e for e in events if "calls" in e["log_format"])
        self.assertEqual((begun["caller"], begun["callees"]), ("ann", "bob"))
        ended = next(e for e in events if "ended" in e["log_format"])
        self.assertEqual(ended["outcome"], EndReason.CANCELLED.value)

    def test_the_callee_that_does_not_answer_is_the_server_s_to_notice(self) -> None:
        """After 45 s the server's timer ends a call nobody took."""
        ann, _ = self.office.login(ANN), self.office.login(BOB)
        ann.ask(invite(BOB))
        self.office.clock.advance(46)
        last = cast("list[CallChanged]", ann.told(CallChanged))[-1]
        self.assertEqual(last.call.ended, EndReason.NO_ANSWER)

    def test_presence_is_told_and_listed(self) -> None:
        """Who comes online is told to those who have them in the book, and stands in the list."""
        ann = self.office.login(ANN)
        ann.ask(PutContact(Contact(BOB.username)))
        self.office.login(BOB)
        self.office.clock.advance(1)
        told = cast("list[PresenceChanged]", ann.told(PresenceChanged))
        self.assertIn("bob", [person.username for notice in told for person in notice.people])
        page = ann.ask(ListUsers())
        assert isinstance(page, UserPage)
        self.assertEqual([person.username for person in page.people], ["bob"])

    def test_a_new_nick_is_kept_and_shown(self) -> None:
        """SetProfile changes what others see."""
        ann = self.office.login(ANN)
        self.assertEqual(ann.ask(SetProfile(" Ännchen \x1b[31m")), Done())
        found = self.office.login(BOB).ask(GetPerson(ANN.username))
        assert isinstance(found, PersonOk)
        self.assertEqual(found.person.nick, "Ännchen")

    def test_a_request_sent_again_is_answered_again_and_done_once(self) -> None:
        """The same request id gives the same answer without a second call."""
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        first = ann.ask(invite(BOB), request_id=50)
        self.assertEqual(ann.ask(invite(BOB), request_id=50), first)
        self.assertEqual(len(bob.told(CallChanged)), 1)

    def test_a_flood_of_requests_is_slowed_with_a_time(self) -> None:
        """Beyond the bucket a request is refused with the time to wait, and nothing else breaks."""
        ann = self.office.login(ANN)
        answers = [ann.ask(SetProfile("Ann")) for _ in range(11)]
        last = answers[-1]
        assert isinstance(last, Refusal)
        self.assertEqual(last.code, ErrorCode.RATE_LIMITED)
        self.assertGreater(last.retry_after_ms, 0)
        self.assertEqual(ann.ask(Ping()), Pong())

    def test_acknowledging_what_was_never_told_is_a_breach(self) -> None:
        """An ack beyond the last notice raises what closes the connection."""
        ann = self.office.login(ANN)
        with self.assertRaises(RemoteProtocolError):
            ann.ask(Ping(), ack=99)

    def test_a_second_login_on_one_connection_is_refused(self) -> None:
        """Whoever is logged in logs out first."""
        ann = self.office.login(ANN)
        code = code_of(ann.ask(ANN.known_device(EXPORTER)))
        self.assertEqual(code, ErrorCode.ALREADY_LOGGED_IN)


class TroubleTests(SynchronousTestCase):
    """What goes wrong on the way to an answer."""

    def test_one_step_at_a_time(self) -> None:
        """While one login step is looked up a second one is refused."""
        store = SilentStore()
        talk = Office(store=store).greet()
        store.is_silent = True
        self.assertIsNone(talk.ask(ANN.start()))
        self.assertEqual(code_of(talk.ask(ANN.start())), ErrorCode.WRONG_STATE)

    def test_a_connection_lost_in_mid_login_opens_no_session(self) -> None:
        """An answer of the store that comes too late changes nothing."""
        store = SilentStore()
        office = Office(store=store)
        office.register(ANN)
        office.login(ANN).ask(Logout())
        talk = office.greet()
        known = self.successResultOf(store.account(ANN.username))
        store.is_silent = True
        talk.ask(ANN.known_device(EXPORTER))
        talk.conversation.lost()
        store.waiting[0].callback(known)
        self.assertEqual(len(office.reception.sessions), 0)

    def test_a_store_that_cannot_work_is_told_with_a_number(self) -> None:
        """Disk full: the client gets an incident id, which stands in the log beside the cause."""
        with capturedLogs() as events:
            answer = Office(store=BrokenStore()).greet().ask(ANN.start())
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.STORE_UNAVAILABLE)
        told = [e for e in events if e.get("incident") == answer.incident]
        self.assertIn("disk is full", told[0]["reason"])

    def test_a_mistake_of_ours_ends_one_request_only(self) -> None:
        """An unforeseen error is answered with its number in the log; the connection goes on."""
        talk = Office(store=BuggyStore()).greet()
        with capturedLogs() as events:
            answer = talk.ask(ANN.start())
        self.flushLoggedErrors(ZeroDivisionError)
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.INTERNAL)
        self.assertEqual(
            [e["incident"] for e in events if e["log_level"] is LogLevel.critical],
            [answer.incident],
        )
        self.assertEqual(talk.ask(Ping()), Pong())

    def test_too_many_registrations_of_one_source_are_slowed(self) -> None:
        """The third account of an address that may make two an hour has to wait."""
        office = Office(registrations_per_hour=2)
        office.register(ANN, BOB)
        answer = office.greet().ask(Someone(Username("carol")).register())
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.RATE_LIMITED)
        self.assertGreater(answer.retry_after_ms, 60_000)

    def test_too_many_unanswered_requests_are_refused(self) -> None:
        """While one answer is on the way the same request waits for it, another is refused."""
        store = SilentStore()
        office = Office(store=store, limits=ConnectionLimits(requests_underway=1))
        office.register(ANN)
        ann = office.login(ANN)
        store.is_silent = True
        self.assertIsNone(ann.ask(ANN.start(), request_id=50))
        self.assertIsNone(ann.ask(ANN.start(), request_id=50))
        self.assertEqual(code_of(ann.ask(SetProfile("x"), request_id=51)), ErrorCode.RATE_LIMITED)
        store.waiting[0].callback(None)
        self.assertIsInstance(ann.answers[-1][1], AuthChallenge)

    def test_a_request_too_old_to_remember_is_refused(self) -> None:
        """Nobody knows any more whether it was done."""
        office = Office(limits=ConnectionLimits(answers_kept=1))
        office.register(ANN)
        ann = office.login(ANN)
        for number in (50, 51, 52):
            ann.ask(SetProfile("Ann"), request_id=number)
        answer = ann.ask(SetProfile("Ann"), request_id=50)
        self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="id"))

    def test_an_answer_that_comes_after_a_cut_waits_for_the_session(self) -> None:
        """The store answers while the client is away; resumed, it gets what it asked for."""
        store = SilentStore()
        office = Office(store=store)
        office.register(ANN)
        ann = office.login(ANN)
        store.is_silent = True
        ann.ask(ANN.start(), request_id=50)
        ann.conversation.lost()
        store.waiting[0].callback(None)
        talk = office.greet()
        talk.ask(Resume(ann.opened.session, ann.opened.resume_token, 0), request_id=60)
        self.assertIsInstance(talk.ask(ANN.start(), request_id=50), AuthChallenge)


class AnythingTests(SynchronousTestCase):
    """Whatever a client sends, in whatever order."""

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.one_of(REQUESTS, st.just(Hello(1, 1, "test"))), max_size=12))
    def test_a_stranger_gets_one_answer_to_each_and_no_session(
        self, requests: list[Request]
    ) -> None:
        """Nothing a stranger can make up opens a session or breaks anything."""
        office = Office()
        office.register(ANN)
        talk = office.connect()
        for request in requests:
            talk.ask(request)
        self.assertEqual(len(talk.answers), len(requests))
        self.assertNotIn(ErrorCode.INTERNAL, [code_of(answer) for _, answer in talk.answers])
        self.assertEqual(len(office.reception.sessions), 0)

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.one_of(REQUESTS, st.just(invite(BOB))), max_size=12))
    def test_nobody_speaks_in_another_s_name(self, requests: list[Request]) -> None:
        """Whatever Ann sends, Bob's session lives, and what he is told comes from Ann."""
        office = Office()
        office.register(ANN, BOB)
        ann, bob = office.login(ANN), office.login(BOB)
        before = len(ann.answers)
        for request in requests:
            ann.ask(request)
        self.assertEqual(len(ann.answers) - before, len(requests))
        self.assertNotIn(ErrorCode.INTERNAL, [code_of(answer) for _, answer in ann.answers])
        for notice in cast("list[CallChanged]", bob.told(CallChanged)):
            self.assertEqual(notice.call.legs[0].username, ANN.username)
        self.assertEqual(bob.told(ServerNotice), [])
        found = bob.ask(GetPerson(BOB.username))
        assert isinstance(found, PersonOk)
        self.assertEqual(found.person.nick, "Some One")
