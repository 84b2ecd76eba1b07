"""Sessions that come, go, are replaced and are taken up again."""

from dataclasses import replace
from typing import cast

from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import CALL, EXPORTER, Office, Talk, code_of, invite, other_device
from tests.server.someone import ANN, BOB, CARL
from voip.core.call_messages import CallChanged, Cancel, InviteOk
from voip.core.calls import EndReason, filled_in
from voip.core.errors import ErrorCode, LocalProtocolError
from voip.core.ids import CallId
from voip.core.messages import (
    Answer,
    AuthChallenge,
    Done,
    Hello,
    Logout,
    Notice,
    NoticeKind,
    Ping,
    Pong,
    Request,
    Resume,
    ResumeOk,
    ServerNotice,
)
from voip.core.names import MAX_ANNOUNCEMENT
from voip.core.people_messages import ListUsers
from voip.server.relay.interface import Way
from voip.server.sessions import SessionEnd


class ResumeTests(SynchronousTestCase):
    """A session that outlives its connection."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)
        self.ann, self.bob = self.office.login(ANN), self.office.login(BOB)

    def resume(self, last_seq: int = 0, token: bytes | None = None) -> tuple[Talk, Answer | None]:
        opened = self.ann.opened
        talk = self.office.greet()
        request: Request = Resume(opened.session, token or opened.resume_token, last_seq)
        return talk, talk.ask(request, request_id=70)

    def test_a_cut_session_is_taken_up_with_what_it_missed(self) -> None:
        """The client gets a new token, new media keys, and the notices it did not see."""
        self.ann.conversation.lost()
        self.bob.ask(invite(ANN))
        talk, answer = self.resume(last_seq=0)
        assert isinstance(answer, ResumeOk)
        self.assertNotEqual(answer.resume_token, self.ann.opened.resume_token)
        self.assertNotEqual(answer.media.cid, self.ann.opened.media.cid)
        told = cast("list[CallChanged]", talk.told(CallChanged))
        self.assertEqual(filled_in(told[-1].call, told[-2].call), answer.snapshot.calls[0])
        self.assertEqual(len(self.office.relay.legs), 2)

    def test_the_calls_with_what_only_the_server_knows(self) -> None:
        """Since when there is one, and how each voice in it is reached."""
        self.bob.ask(invite(ANN))
        self.office.clock.advance(5.0)
        self.office.relay.ways[self.ann.opened.media.cid] = Way.UDP
        [call] = self.office.reception.describe_calls(lambda _: True, 10)
        self.assertEqual((call.view.call_id, call.started_seconds_ago), (CALL, 5.0))
        ways = [self.office.reception.way(leg.session) for leg in call.legs]
        self.assertEqual(ways, [None, Way.UDP])

    def test_what_was_seen_is_not_told_again(self) -> None:
        """Notices up to the one the client names stay where they are."""
        self.bob.ask(invite(ANN))
        seen = self.ann.notices[-1][0]
        talk, _ = self.resume(last_seq=seen)
        self.assertTrue(all(seq > seen for seq, _ in talk.notices))

    def test_the_answer_given_to_a_dead_connection_is_given_again(self) -> None:
        """A request that was done before the cut is answered from memory after it."""
        answer = self.ann.ask(invite(BOB), request_id=60)
        self.ann.conversation.lost()
        talk, _ = self.resume()
        self.assertEqual(talk.ask(invite(BOB), request_id=60), answer)

    def test_a_token_serves_once(self) -> None:
        """The old token is worth nothing after a resume."""
        self.resume()
        _, answer = self.resume()
        self.assertEqual(code_of(answer), ErrorCode.SESSION_GONE)

    def test_a_wrong_token_resumes_nothing(self) -> None:
        """Who does not know the token cannot take a session over."""
        _, answer = self.resume(token=b"?" * 32)
        self.assertEqual(code_of(answer), ErrorCode.SESSION_GONE)

    def test_a_hanging_connection_is_cut_by_the_new_one(self) -> None:
        """A resume before the server noticed the loss ends the old connection without an end of
        the session."""
        talk, answer = self.resume()
        self.assertIsInstance(answer, ResumeOk)
        self.assertTrue(self.ann.is_aborted)
        self.ann.conversation.lost()
        self.assertEqual(talk.ask(Ping()), Pong())
        self.assertEqual(len(self.office.reception.sessions), 2)

    def test_after_the_grace_time_the_session_is_gone(self) -> None:
        """A minute later there is nothing to resume, and the log says that it was lost."""
        self.ann.conversation.lost()
        with capturedLogs() as events:
            self.office.clock.advance(61)
        _, answer = self.resume()
        self.assertEqual(code_of(answer), ErrorCode.SESSION_GONE)
        lost = next(e for e in events if "logged out" in e["log_format"])
        self.assertEqual(lost["reason"], "the connection was lost")


class BrokenLine(Talk):
    """A connection whose notices cannot be sent, as by a bug of ours."""

    def send_notice(self, seq: int, notice: Notice) -> None:
        raise ZeroDivisionError


class SpeechlessLine(Talk):
    """A connection on which a resume cannot be answered, as by a message that is too long."""

    def send_answer(self, request_id: int, answer: Answer) -> None:
        if isinstance(answer, ResumeOk):
            raise LocalProtocolError("too long")
        super().send_answer(request_id, answer)


class BugTests(SynchronousTestCase):
    """What goes wrong for one does not go wrong for all."""

    def test_an_effect_that_fails_does_not_take_the_others_along(self) -> None:
        """The caller is answered, and the failure stands in the log."""
        office = Office()
        office.register(ANN, BOB)
        ann, bob = office.login(ANN), office.login(BOB)
        bob.conversation.lost()
        broken = BrokenLine(office, "192.0.2.7", EXPORTER)
        broken.ask(Hello(1, 1, "test"))
        seen = bob.notices[-1][0] if bob.notices else 0
        broken.ask(Resume(bob.opened.session, bob.opened.resume_token, seen))
        self.assertEqual(ann.ask(invite(BOB)), InviteOk(CALL))
        self.assertTrue(ann.told(CallChanged))
        self.assertTrue(self.flushLoggedErrors(ZeroDivisionError))

    def test_a_session_that_cannot_be_taken_up_does_not_stay_for_good(self) -> None:
        """It is lost like any other, and over when its grace time is."""
        office = Office()
        office.register(ANN)
        opened = office.login(ANN).opened
        talk = SpeechlessLine(office, "192.0.2.7", EXPORTER)
        talk.ask(Hello(1, 1, "test"))
        answer = talk.ask(Resume(opened.session, opened.resume_token, 0))
        self.assertEqual(code_of(answer), ErrorCode.INTERNAL)
        self.assertEqual(len(self.flushLoggedErrors(LocalProtocolError)), 1)
        office.clock.advance(61)
        self.assertEqual(len(office.reception.sessions), 0)


class LeavingTests(SynchronousTestCase):
    """Sessions that end."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)

    def test_logout_ends_the_session(self) -> None:
        """Logout is answered, the connection closes and nothing is kept."""
        ann = self.office.login(ANN)
        with capturedLogs() as events:
            self.assertEqual(ann.ask(Logout()), Done())
        self.assertTrue(ann.is_closed)
        self.assertEqual(len(self.office.reception.sessions), 0)
        self.assertEqual(len(self.office.relay.legs), 0)
        self.assertIn("logged out", events[-1]["log_format"])

    def test_the_same_device_elsewhere_replaces_the_session(self) -> None:
        """A device that logs in again takes over; the old connection is told and closed."""
        old = self.office.login(ANN)
        self.office.login(ANN)
        self.assertEqual(old.told(ServerNotice), [ServerNotice(NoticeKind.REPLACED)])
        self.assertTrue(old.is_closed)
        self.assertEqual(len(self.office.reception.sessions), 1)

    def test_what_a_closed_connection_still_says_is_not_heard(self) -> None:
        """Requests after the end are refused, whatever was logged in here."""
        old = self.office.login(ANN)
        self.office.login(ANN)
        self.assertEqual(code_of(old.ask(ListUsers())), ErrorCode.NOT_LOGGED_IN)


class FullHouseTests(SynchronousTestCase):
    """Logins that are right and yet refused."""

    def test_one_account_has_so_many_devices_at_once(self) -> None:
        """One more is refused; a device that is there already may come again."""
        office = Office(sessions_per_account=1)
        office.register(ANN)
        office.login(ANN)
        phone = other_device(ANN)
        talk = office.greet()
        challenge = talk.ask(phone.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(phone.finish(challenge, EXPORTER))
        answer = talk.ask(phone.enrol(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.TOO_MANY_SESSIONS)
        self.assertFalse(talk.is_logged_in)
        office.login(ANN)

    def test_a_server_that_stops_lets_nobody_in(self) -> None:
        """Neither by login nor by resume; who is inside is told and closed."""
        office = Office()
        office.register(ANN)
        ann = office.login(ANN)
        office.reception.stop()
        self.assertEqual(ann.told(ServerNotice), [ServerNotice(NoticeKind.SHUTDOWN)])
        self.assertTrue(ann.is_closed)
        opened = ann.opened
        for request in (
            ANN.known_device(EXPORTER),
            Resume(opened.session, opened.resume_token, 0),
        ):
            answer = office.greet().ask(request)
            self.assertEqual(code_of(answer), ErrorCode.SHUTTING_DOWN)
        self.assertEqual(office.clock.getDelayedCalls(), [])


class OperatorTests(SynchronousTestCase):
    """What the operator sees and does."""

    def setUp(self) -> None:
        self.office = Office()
        self.reception = self.office.reception
        self.office.register(ANN, BOB)
        self.ann, self.bob = self.office.login(ANN), self.office.login(BOB)
        self.quiet = 0
        self.reception.listen_quiet(self.no_call_is_left)

    def no_call_is_left(self) -> None:
        self.quiet += 1

    def test_sessions_and_calls_are_seen(self) -> None:
        """Who is logged in where, and who calls whom."""
        self.ann.ask(invite(BOB))
        for who in (ANN, BOB):
            [view] = self.reception.session_views_of(who.username)
            self.assertEqual((view.username, view.calls), (who.username, (CALL,)))
        [call] = self.reception.describe_calls(lambda _: True, 10)
        self.assertEqual(call.view.call_id, CALL)

    def test_a_call_is_ended(self) -> None:
        """Both sides are told, and that no call is left is told once."""
        self.ann.ask(invite(BOB))
        self.reception.end_call(CALL)
        [*_, told] = cast("list[CallChanged]", self.bob.told(CallChanged))
        self.assertIs(told.call.ended, EndReason.OPERATOR)
        self.assertEqual((self.reception.is_quiet, self.quiet), (True, 1))
        self.reception.end_call(CALL)
        self.assertEqual(self.quiet, 1)

    def test_quiet_is_told_when_the_last_call_ends(self) -> None:
        """Not while another goes on."""
        other = CallId(b"o" * 16)
        phone = other_device(BOB)
        talk = self.office.greet()
        challenge = talk.ask(phone.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(phone.finish(challenge, EXPORTER))
        talk.ask(phone.enrol(EXPORTER))
        self.ann.ask(invite(BOB))
        talk.ask(replace(invite(ANN), call_id=other))
        self.reception.end_call(other)
        self.assertEqual(self.quiet, 0)
        self.ann.ask(Cancel(CALL))
        self.assertEqual(self.quiet, 1)

    def test_maintenance(self) -> None:
        """No call begins until it is over; who is there is told, and who comes is told too."""
        on, over = (
            ServerNotice(kind) for kind in (NoticeKind.MAINTENANCE, NoticeKind.MAINTENANCE_OVER)
        )
        self.reception.drain(is_on=True)
        self.reception.drain(is_on=True)
        self.assertTrue(self.reception.is_draining)
        self.assertEqual(self.ann.told(ServerNotice), [on])
        self.assertEqual(code_of(self.ann.ask(invite(BOB))), ErrorCode.MAINTENANCE)
        self.office.register(CARL)
        self.assertEqual(self.office.login(CARL).told(ServerNotice), [on])
        self.reception.drain(is_on=False)
        self.assertEqual(self.ann.told(ServerNotice), [on, over])
        self.assertIsInstance(self.ann.ask(invite(BOB)), InviteOk)

    def test_an_announcement_reaches_everybody(self) -> None:
        """Also whose line is broken for now; nothing in it can harm a terminal."""
        self.ann.conversation.lost()
        self.assertEqual(self.reception.announce("restart\x1b[2J at ten" + "!" * 500), 2)
        [told] = self.bob.told(ServerNotice)
        assert isinstance(told, ServerNotice)
        self.assertIs(told.kind, NoticeKind.ANNOUNCEMENT)
        self.assertTrue(told.text.startswith("restart at ten!"))
        self.assertEqual(len(told.text), MAX_ANNOUNCEMENT)
        opened = self.ann.opened
        talk = self.office.greet()
        talk.ask(Resume(opened.session, opened.resume_token, 0))
        self.assertEqual(talk.told(ServerNotice), [told])

    def test_an_account_is_put_out(self) -> None:
        """All its sessions end with the operator's words, and a ban says how long it holds."""
        account = self.reception.sessions[self.bob.opened.session].owner.account
        kicked = self.reception.kick_all(account, SessionEnd.KICKED_BY_OPERATOR, text="go\nhome")
        self.assertEqual(kicked, 1)
        self.assertEqual(self.bob.told(ServerNotice), [ServerNotice(NoticeKind.KICKED, "go home")])
        self.assertTrue(self.bob.is_closed)
        self.assertEqual(self.reception.kick_all(account, SessionEnd.KICKED_BY_OPERATOR), 0)
        again = self.office.login(BOB)
        self.reception.kick_all(account, SessionEnd.BANNED, text="spam", seconds=3600)
        self.assertEqual(again.told(ServerNotice), [ServerNotice(NoticeKind.BANNED, "spam", 3600)])
