"""What is told to many at once: spread over turns, and for each of them in order."""

from collections.abc import Callable

from twisted.trial.unittest import SynchronousTestCase

from tests.server.someone import ANN, BOB
from tests.server.test_control import Case
from voip.core.messages import Done, Logout, NoticeKind, ServerNotice
from voip.server.deliveries import A_TURN, MAX_WAITING_BYTES, PIECE_BYTES, Deliveries, Outbox
from voip.wire.codec import AnswerFrame, NoticeFrame

NOTICE = ServerNotice(NoticeKind.INFO)


class DeliveriesTests(SynchronousTestCase):
    """Outboxes of several connections on one clock."""

    def setUp(self) -> None:
        self.later: list[Callable[[], None]] = []
        self.deliveries = Deliveries(self.later.append, a_turn=2)
        self.sent: list[tuple[str, bytes]] = []

    def outbox(self, name: str) -> Outbox:
        return Outbox(self.deliveries, lambda data: self.sent.append((name, data)))

    def turn(self) -> None:
        """The reactor's next."""
        due, self.later[:] = tuple(self.later), []
        for call in due:
            call()

    def names(self) -> str:
        """To whom something was sent, in its order."""
        return "".join(name for name, _ in self.sent)

    def test_only_so_much_leaves_in_one_turn(self) -> None:
        """The rest follows in the next turns, as much in each."""
        for name in "abcde":
            self.outbox(name).put(b"1")
        left = [self.names()]
        for _ in range(3):
            self.turn()
            left.append(self.names())
        self.assertEqual(left, ["ab", "abcd", "abcde", "abcde"])
        self.turn()
        self.assertEqual(self.later, [])

    def test_each_connection_keeps_its_order(self) -> None:
        """What comes while something waits, waits behind it, though there is room again."""
        first, second = self.outbox("a"), self.outbox("b")
        for data in (b"1", b"2", b"3"):
            first.put(data)
        second.put(b"1")
        first.put(b"4")
        self.turn()
        self.assertEqual(
            [data for name, data in self.sent if name == "a"], [b"1", b"2", b"3", b"4"]
        )
        self.turn()
        self.assertEqual(self.names(), "aaaab")

    def test_an_answer_does_not_overtake_and_does_not_wait(self) -> None:
        """It leaves at once, and what waited for its connection leaves before it."""
        asks, waits = self.outbox("a"), self.outbox("b")
        for data in (b"1", b"2", b"3"):
            asks.put(data)
        waits.put(b"1")
        asks.put_now(b"4")
        self.assertEqual([data for _, data in self.sent], [b"1", b"2", b"3", b"4"])
        self.assertEqual(self.names(), "aaaa")

    def test_a_long_notice_takes_the_room_of_several(self) -> None:
        """It leaves whole, and nothing else in its turn."""
        self.outbox("a").put(b"1" * 2 * PIECE_BYTES)
        self.outbox("b").put(b"1")
        self.assertEqual(self.names(), "a")
        self.turn()
        self.assertEqual(self.names(), "ab")

    def test_what_waits_for_one_connection_has_a_bound(self) -> None:
        """Beyond it the transport has to bear it, which knows how to cut off who does not read."""
        outbox = self.outbox("a")
        for _ in range(2):
            outbox.put(b"")
        for _ in range(2):
            outbox.put(b"1" * MAX_WAITING_BYTES)
        self.assertEqual(self.names(), "aaaa")

    def test_what_is_dropped_is_not_sent(self) -> None:
        """A connection that is gone gets nothing, and takes nobody's turn."""
        gone, here = self.outbox("a"), self.outbox("b")
        for outbox in (gone, gone, gone, here):
            outbox.put(b"1")
        gone.drop()
        self.turn()
        self.assertEqual(self.names(), "aab")

    def test_one_that_fails_keeps_nobody_waiting_for_good(self) -> None:
        """The others go on in the turn after that."""

        def fails(_: bytes) -> None:
            raise ZeroDivisionError

        here = self.outbox("b")
        for _ in range(2):
            here.put(b"1")
        Outbox(self.deliveries, fails).put(b"1")
        here.put(b"2")
        self.assertRaises(ZeroDivisionError, self.turn)
        self.turn()
        self.assertEqual(self.sent[-1], ("b", b"2"))


class ConnectionTests(Case):
    """The same through control connections, to those who are logged in."""

    def setUp(self) -> None:
        super().setUp()
        self.office.register(ANN, BOB)
        self.wires = [self.login(ANN), self.login(BOB)]

    def tell_all(self, times: int) -> None:
        """Notices to everybody in turn, as in a conference."""
        for _ in range(times):
            for session in self.office.reception.sessions:
                session.tell(NOTICE)

    def test_all_is_told_in_the_end(self) -> None:
        """Each gets each notice, in the order of their numbers."""
        self.tell_all(A_TURN)
        for wire in self.wires:
            wire.pump()
            told = [each.seq for each in wire.listener.frames if isinstance(each, NoticeFrame)]
            self.assertEqual(told[-A_TURN:], list(range(told[-1] - A_TURN + 1, told[-1] + 1)))

    def test_who_logs_out_is_told_before(self) -> None:
        """What waits leaves before the answer to Logout, and the answer before the end."""
        self.tell_all(A_TURN)
        self.wires[0].ask(Logout(), 9)
        *told, last = self.wires[0].listener.frames
        self.assertEqual(last, AnswerFrame(9, Done()))
        self.assertEqual(sum(isinstance(each, NoticeFrame) for each in told), A_TURN)
        self.assertTrue(self.wires[0].is_over)
