"""Many small writes made one."""

from collections.abc import Callable, Sequence

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from voip.server.group_commit import GroupCommit


class GroupCommitTests(SynchronousTestCase):
    """Lots that the test writes by hand."""

    def setUp(self) -> None:
        self.lots: list[tuple[list[str], Deferred[None]]] = []
        self.gathered = GroupCommit(self.write)

    def write(self, things: Sequence[str]) -> Deferred[None]:
        written: Deferred[None] = Deferred()
        self.lots.append((list(things), written))
        return written

    def test_one_who_comes_alone_is_written_at_once(self) -> None:
        """Nobody waits for company."""
        added = self.gathered.add("a")
        self.assertEqual([lot for lot, _ in self.lots], [["a"]])
        self.assertNoResult(added)
        self.lots[0][1].callback(None)
        self.successResultOf(added)

    def test_what_comes_meanwhile_goes_together(self) -> None:
        """In the order it came, in one write, once the one before is done."""
        self.gathered.add("a")
        later = [self.gathered.add(thing) for thing in "bcd"]
        self.assertEqual(len(self.lots), 1)
        self.lots[0][1].callback(None)
        self.assertEqual(self.lots[1][0], ["b", "c", "d"])
        self.assertNoResult(later[0])
        self.lots[1][1].callback(None)
        for added in later:
            self.successResultOf(added)
        self.assertEqual(len(self.lots), 2)

    def test_a_write_that_fails_fails_its_own_lot_only(self) -> None:
        """The next is tried."""
        first, second = self.gathered.add("a"), self.gathered.add("b")
        self.lots[0][1].errback(OSError("full"))
        self.failureResultOf(first, OSError)
        self.lots[1][1].callback(None)
        self.successResultOf(second)

    def test_what_has_time_is_gathered_for_a_moment(self) -> None:
        """Each write waits for its moment, also the one after."""
        moments: list[Callable[[], None]] = []
        gathered = GroupCommit(self.write, later=moments.append)
        for thing in "ab":
            gathered.add(thing)
        self.assertEqual((self.lots, len(moments)), ([], 1))
        moments.pop()()
        gathered.add("c")
        self.assertEqual(([lot for lot, _ in self.lots], moments), ([["a", "b"]], []))
        self.lots.pop()[1].callback(None)
        self.assertEqual((self.lots, len(moments)), ([], 1))
        moments.pop()()
        self.assertEqual([lot for lot, _ in self.lots], [["c"]])

    def test_who_was_written_together_goes_on_together(self) -> None:
        """To the next place, in one write again."""
        first = GroupCommit(self.write, onward=[self.gathered])

        async def go(thing: str) -> None:
            await first.add(thing)
            await self.gathered.add(thing.upper())

        for thing in "abc":
            Deferred.fromCoroutine(go(thing))
        self.lots.pop(0)[1].callback(None)
        self.lots.pop(1)[1].callback(None)
        self.lots.pop(0)[1].callback(None)
        self.assertEqual([lot for lot, _ in self.lots], [["B", "C"]])
