"""Sessions as objects: what they remember, and how they are found."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.ids import AccountId, DeviceId, SessionId, Username
from voip.core.limits import ConnectionLimits
from voip.core.messages import Answer, Done, NoticeKind, ServerNotice, SetProfile
from voip.core.messages import Notice as NoticeMessage
from voip.server.sessions import Session, SessionOwner, Sessions
from voip.wire.session import Begun

NOTICE = ServerNotice(NoticeKind.INFO)


def session(name: bytes = b"s", device: bytes = b"d", account: int = 1) -> Session:
    owner = SessionOwner(
        AccountId(account), Username("ann"), "Ann", DeviceId(device), "laptop", b""
    )
    return Session(SessionId(name), owner, ConnectionLimits(), 0.0)


class NotedConnection:
    """A connection that keeps what it was told."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, Answer]] = []
        self.notices: list[tuple[int, NoticeMessage]] = []

    def answer(self, request_id: int, answer: Answer) -> None:
        self.answers.append((request_id, answer))

    def notify(self, seq: int, notice: NoticeMessage) -> None:
        self.notices.append((seq, notice))

    def close(self) -> None: ...

    def abort(self) -> None: ...


class SessionTests(SynchronousTestCase):
    """One login of one device."""

    def test_what_happens_without_a_connection_is_kept(self) -> None:
        """Answers and notices wait for the client to come back."""
        away = session()
        self.assertEqual(away.begin(1, SetProfile("x")), Begun.NEW)
        away.answer(1, Done())
        away.tell(NOTICE)
        self.assertEqual(away.begin(1, SetProfile("x")), Done())
        self.assertEqual(away.missed_since(0), ((1, NOTICE),))

    def test_what_happens_on_a_connection_is_sent(self) -> None:
        """Notices carry their numbers; what is acknowledged is let go."""
        here = session()
        here.connection = connection = NotedConnection()
        here.begin(1, SetProfile("x"))
        here.answer(1, Done())
        here.tell(NOTICE)
        here.tell(NOTICE)
        here.acknowledge(1)
        self.assertEqual(connection.answers, [(1, Done())])
        self.assertEqual([seq for seq, _ in connection.notices], [1, 2])
        self.assertEqual(here.missed_since(1), ((2, NOTICE),))

    def test_only_the_newest_token_is_known(self) -> None:
        """A renewed token replaces the one before; none is known at first."""
        fresh = session()
        self.assertFalse(fresh.knows_token(b""))
        fresh.renew_token(b"one")
        fresh.renew_token(b"two")
        self.assertEqual([fresh.knows_token(b"one"), fresh.knows_token(b"two")], [False, True])

    def test_the_token_itself_is_not_kept(self) -> None:
        """Whoever reads the memory of a session finds a hash."""
        fresh = session()
        fresh.renew_token(b"secret token")
        self.assertNotIn(b"secret token", fresh.__dict__.values())


class SessionsTests(SynchronousTestCase):
    """All of them."""

    def test_they_are_found_by_id_device_and_account(self) -> None:
        """Two devices of one account are two sessions."""
        sessions = Sessions()
        first, second = session(b"1", b"a"), session(b"2", b"b")
        other = session(b"3", b"a", account=2)
        for each in (first, second, other):
            sessions.add(each)
        self.assertIs(sessions.get(SessionId(b"1")), first)
        self.assertIs(sessions.of_device(AccountId(1), DeviceId(b"b")), second)
        self.assertEqual(sessions.of_account(AccountId(1)), (first, second))
        self.assertEqual((list(sessions), len(sessions)), ([first, second, other], 3))

    def test_a_dropped_session_is_found_nowhere(self) -> None:
        """Dropping twice gives nothing the second time."""
        sessions = Sessions()
        sessions.add(gone := session())
        self.assertIs(sessions.drop(gone.id), gone)
        self.assertIsNone(sessions.drop(gone.id))
        self.assertIsNone(sessions.of_device(AccountId(1), DeviceId(b"d")))
        self.assertEqual(sessions.of_account(AccountId(1)), ())
