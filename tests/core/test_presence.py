"""Who is online, how they are, and who may know."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, CARL
from voip.core.ids import Username
from voip.core.people import Person, Presence
from voip.core.people_messages import ListUsers, UserPage
from voip.core.presence import ASKABLE, PresenceBoard, Told

EVERYBODY = (ANNA, BOB, CARL)


def anna_is(presence: Presence = Presence.AVAILABLE, text: str = "", nick: str = "Anna") -> Person:
    return Person(ANNA, nick, presence, text)


NO_ANNA = Person(ANNA, ANNA, Presence.OFFLINE)


class BoardTestCase(SynchronousTestCase):
    """Anna, and bob who has her in his book."""

    def setUp(self) -> None:
        self.board = PresenceBoard()
        self.come(BOB)
        self.come(ANNA)

    def come(self, username: Username, *blocked: Username) -> None:
        """A first login is told of before anything else happens."""
        contacts = [name for name in EVERYBODY if name not in (username, *blocked)]
        self.board.came(username, username.title(), contacts, blocked)
        self.board.due()

    def told(self, *to: Username) -> list[Person]:
        """Whom these accounts are told of, all the same; what others are told is left out."""
        news = {name: told.people for told in self.board.due() for name in told.audience}
        first, *others = [list(news.get(name, ())) for name in to]
        for other in others:
            self.assertEqual(other, first)
        return first

    def seen(self, asker: Username = BOB) -> Person:
        return self.board.person(ANNA, asker)


class PresenceBoardTests(BoardTestCase):
    """Presence of accounts, whatever their sessions and calls."""

    def test_who_comes_is_available(self) -> None:
        """A first login shows as available, without a text."""
        self.assertEqual(self.seen(), anna_is())

    def test_absent_and_unknown_look_alike(self) -> None:
        """Somebody offline shows nothing but the name that was asked for."""
        self.board.went(ANNA)
        self.assertEqual(self.seen(), NO_ANNA)
        self.assertEqual(self.board.person(CARL, BOB), Person(CARL, CARL, Presence.OFFLINE))

    def test_a_call_shows_by_itself(self) -> None:
        """Talking hides what was set, and gives it back afterwards."""
        self.board.was_set(ANNA, Presence.AWAY, "lunch")
        self.board.talks(ANNA, True)
        self.assertEqual(self.seen(), anna_is(Presence.IN_CALL, "lunch"))
        self.board.talks(ANNA, False)
        self.assertEqual(self.seen().presence, Presence.AWAY)

    def test_idle_shows_by_itself(self) -> None:
        """Who is available is away then; what somebody set, and a call, stay."""
        self.board.idles(ANNA, True)
        self.assertEqual(self.told(BOB, ANNA), [anna_is(Presence.AWAY)])
        self.board.talks(ANNA, True)
        self.assertEqual(self.seen().presence, Presence.IN_CALL)
        self.board.talks(ANNA, False)
        self.board.was_set(ANNA, Presence.BUSY, "")
        self.assertEqual(self.seen().presence, Presence.BUSY)
        self.board.was_set(ANNA, Presence.AVAILABLE, "")
        self.board.idles(ANNA, False)
        self.assertEqual(self.seen().presence, Presence.AVAILABLE)

    def test_what_was_set_goes_with_the_last_session(self) -> None:
        """Who comes back is available again."""
        self.board.was_set(ANNA, Presence.BUSY, "work")
        self.board.went(ANNA)
        self.come(ANNA)
        self.assertEqual(self.seen(), anna_is())

    def test_a_call_of_somebody_gone_changes_nothing(self) -> None:
        """Nor does one that goes on."""
        self.board.talks(CARL, True)
        self.board.talks(ANNA, False)
        self.board.idles(ANNA, False)
        self.assertFalse(self.board.is_waiting)

    def test_what_may_be_asked_for(self) -> None:
        """Offline and in call come by themselves."""
        self.assertEqual(set(Presence) - ASKABLE, {Presence.OFFLINE, Presence.IN_CALL})


class ToldTests(BoardTestCase):
    """Who is told of what."""

    def test_changes_are_told_once(self) -> None:
        """Several changes make one, and what came back to the old makes none."""
        self.assertFalse(self.board.is_waiting)
        self.board.was_set(ANNA, Presence.AWAY, "")
        self.board.renamed(ANNA, "Ännchen")
        self.assertTrue(self.board.is_waiting)
        self.assertEqual(self.told(BOB, ANNA), [anna_is(Presence.AWAY, nick="Ännchen")])
        self.assertFalse(self.board.is_waiting)
        self.assertEqual(self.board.due(), [])
        self.board.talks(ANNA, True)
        self.board.talks(ANNA, False)
        self.assertEqual(self.board.due(), [])

    def test_who_comes_is_told_to_others(self) -> None:
        """Not to whoever comes, who is told by the answer to the login."""
        self.board.came(CARL, "Carl")
        carl = Person(CARL, "Carl", Presence.AVAILABLE)
        [told] = self.board.due()
        self.assertEqual((set(told.audience), told.people), ({ANNA, BOB}, (carl,)))

    def test_strangers_are_told_nothing(self) -> None:
        """However many are online: who has nobody in the book is told of nobody."""
        self.board.came(Username("dora"), "Dora")
        self.board.due()
        self.board.was_set(ANNA, Presence.AWAY, "")
        audience = [name for told in self.board.due() for name in told.audience]
        self.assertEqual(sorted(audience), [ANNA, BOB])

    def test_who_went_is_told_as_offline(self) -> None:
        """And whom nobody was told of goes without a word."""
        self.board.went(ANNA)
        self.board.came(CARL, "Carl")
        self.board.went(CARL)
        self.assertEqual(self.told(BOB), [NO_ANNA])

    def test_who_was_asked_about_in_between_is_told_of(self) -> None:
        """Else whoever asked would be left with what is over."""
        self.board.came(CARL, "Carl")
        self.assertIs(self.board.person(CARL, BOB).presence, Presence.AVAILABLE)
        self.board.went(CARL)
        self.assertEqual(self.told(BOB), [Person(CARL, CARL, Presence.OFFLINE)])

    def test_those_who_are_told_the_same_are_told_together(self) -> None:
        """One list for all of them, whatever their number."""
        self.come(CARL)
        self.board.was_set(ANNA, Presence.AWAY, "")
        self.board.was_set(BOB, Presence.BUSY, "")
        news = {told.audience: [one.username for one in told.people] for told in self.board.due()}
        self.assertIn([ANNA, BOB], news.values())
        self.assertEqual(sorted(name for audience in news for name in audience), [ANNA, BOB, CARL])


class InvisibleTests(BoardTestCase):
    """Who is invisible is offline to others."""

    def setUp(self) -> None:
        super().setUp()
        self.board.was_set(ANNA, Presence.INVISIBLE, "hidden")

    def test_others_are_told_as_of_a_log_out(self) -> None:
        """One's own devices know better."""
        news = {told.audience: told.people for told in self.board.due()}
        hidden = anna_is(Presence.INVISIBLE, "hidden")
        self.assertEqual(news, {(BOB,): (NO_ANNA,), (ANNA,): (hidden,)})
        self.assertEqual((self.seen(), self.seen(ANNA)), (NO_ANNA, hidden))

    def test_nothing_that_happens_then_is_told(self) -> None:
        """Neither calls nor new names, nor that she goes."""
        self.board.due()
        self.board.talks(ANNA, True)
        self.board.renamed(ANNA, "Ännchen")
        self.board.idles(ANNA, True)
        self.assertEqual(self.told(BOB), [])
        self.assertEqual(self.seen(ANNA).presence, Presence.INVISIBLE)
        self.board.went(ANNA)
        self.assertEqual(self.board.due(), [])

    def test_nobody_finds_her(self) -> None:
        """She is not listed, and not counted."""
        nobody = UserPage((), "", total=0, online=0)
        for query in ("", "an"):
            self.assertEqual(self.board.find(ListUsers(query=query), BOB), nobody)
        self.assertEqual(self.board.find(ListUsers(), ANNA).online, 1)

    def test_she_comes_back_into_sight(self) -> None:
        """As from a login."""
        self.board.due()
        self.board.was_set(ANNA, Presence.AVAILABLE, "")
        self.assertEqual(self.told(BOB), [anna_is()])
        self.assertEqual(self.board.find(ListUsers(), BOB).people, (anna_is(),))


class BlockTests(BoardTestCase):
    """Who is blocked by somebody sees the same as when that somebody is offline."""

    def setUp(self) -> None:
        super().setUp()
        self.board.contact_put(ANNA, BOB, is_blocked=True)

    def test_the_blocked_is_told_as_of_a_log_out(self) -> None:
        """And of the blocked nothing changes for the one who blocks."""
        self.assertEqual(self.board.due(), [Told((BOB,), (NO_ANNA,))])
        self.assertEqual(self.seen(), NO_ANNA)
        self.assertEqual(self.board.find(ListUsers(), BOB), UserPage((), "", total=0, online=0))
        self.assertEqual(self.board.count_others(ANNA), 1)

    def test_a_block_just_before_going(self) -> None:
        """The blocked is told of it, and is not left with somebody who looks online for good."""
        self.board.went(ANNA)
        self.assertEqual(self.told(BOB), [NO_ANNA])

    def test_a_block_just_before_hiding(self) -> None:
        """The same."""
        self.board.was_set(ANNA, Presence.INVISIBLE, "")
        self.assertEqual(self.told(BOB), [NO_ANNA])

    def test_a_block_just_after_coming(self) -> None:
        """He was never told that she came."""
        self.board.due()
        self.board.went(ANNA)
        self.board.due()
        self.board.came(ANNA, "Anna")
        self.board.contact_put(ANNA, BOB, is_blocked=True)
        self.assertEqual(self.told(BOB), [])

    def test_a_block_just_after_coming_and_being_seen(self) -> None:
        """Unless he asked for her in between."""
        self.board.due()
        self.board.went(ANNA)
        self.board.due()
        self.board.came(ANNA, "Anna")
        self.seen()
        self.board.contact_put(ANNA, BOB, is_blocked=True)
        self.assertEqual(self.told(BOB), [NO_ANNA])

    def test_nothing_is_told_from_then_on(self) -> None:
        """Not even, afterwards, that she went: she was offline already."""
        self.board.due()
        self.board.was_set(ANNA, Presence.BUSY, "")
        self.assertEqual(self.told(BOB), [])
        self.board.went(ANNA)
        self.assertEqual(self.board.due(), [])

    def test_who_comes_back_has_its_blocks_from_the_first(self) -> None:
        """A login is no news to the blocked."""
        self.board.due()
        self.board.went(ANNA)
        self.board.due()
        self.board.came(ANNA, "Anna", (), (BOB,))
        self.assertEqual(self.told(BOB), [])

    def test_the_end_of_a_block_is_told_as_a_login(self) -> None:
        """Whether the entry is put anew or taken out."""
        for end in (
            lambda: self.board.contact_put(ANNA, BOB, is_blocked=False),
            lambda: self.board.contact_removed(ANNA, BOB),
        ):
            self.board.contact_put(ANNA, BOB, is_blocked=True)
            self.board.due()
            end()
            self.assertEqual(self.board.due(), [Told((BOB,), (anna_is(),))])

    def test_a_block_of_somebody_invisible_tells_nothing(self) -> None:
        """She was offline to him before, and there is no second log-out."""
        self.board.contact_removed(ANNA, BOB)
        self.board.was_set(ANNA, Presence.INVISIBLE, "")
        self.board.due()
        self.board.contact_put(ANNA, BOB, is_blocked=True)
        self.assertEqual(self.board.due(), [])

    def test_who_does_not_watch_is_not_told_of_a_block(self) -> None:
        """There is nothing to correct on that screen."""
        self.board.due()
        self.board.came(CARL, "Carl")
        self.board.due()
        self.board.contact_put(ANNA, CARL, is_blocked=True)
        self.assertEqual(self.board.due(), [])

    def test_other_entries_of_a_book_tell_nothing(self) -> None:
        """A contact that comes or goes, or is written anew, concerns its owner alone."""
        self.board.due()
        self.board.contact_put(BOB, CARL, is_blocked=False)
        self.board.contact_put(BOB, CARL, is_blocked=False)
        self.board.contact_removed(BOB, CARL)
        self.assertFalse(self.board.is_waiting)


class RingTests(BoardTestCase):
    """Whom a call gets through to."""

    def test_do_not_disturb(self) -> None:
        """Nobody rings there; other presences ring."""
        self.assertTrue(self.board.may_ring(ANNA, BOB))
        for presence in ASKABLE:
            self.board.was_set(ANNA, presence, "")
            rings = presence is not Presence.DO_NOT_DISTURB
            self.assertIs(self.board.may_ring(ANNA, BOB), rings)

    def test_blocked(self) -> None:
        """The blocked does not ring; the other way round, one may call whom one has blocked."""
        self.board.contact_put(ANNA, BOB, is_blocked=True)
        self.assertFalse(self.board.may_ring(ANNA, BOB))
        self.assertTrue(self.board.may_ring(BOB, ANNA))

    def test_absent(self) -> None:
        """It is not for this board to say that nobody is there."""
        self.assertTrue(self.board.may_ring(CARL, BOB))


class FindTests(BoardTestCase):
    """Pages of those who are online."""

    def test_a_page_of_people(self) -> None:
        """It tells how people are, how many match and how many are online."""
        self.board.renamed(BOB, "Robert")
        self.board.talks(BOB, True)
        page = self.board.find(ListUsers(query="rob", limit=5), CARL)
        self.assertEqual(page.people, (Person(BOB, "Robert", Presence.IN_CALL),))
        self.assertEqual((page.total, page.online, page.next_cursor), (1, 2, ""))
        self.board.went(BOB)
        self.assertEqual(self.board.find(ListUsers(query="rob"), CARL).people, ())

    def test_who_asks_is_left_out(self) -> None:
        """One looks for others: neither on the page nor in the counts."""
        self.board.renamed(BOB, "Anna Robert")
        bob = Person(BOB, "Anna Robert", Presence.AVAILABLE)
        for query in ("", "an"):
            page = self.board.find(ListUsers(query=query), ANNA)
            self.assertEqual(page, UserPage((bob,), "", total=1, online=1))
