"""Finding people by name."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.directory import MAX_PAGE, MAX_QUERY, Directory
from voip.core.ids import Username

NAMES = st.lists(st.text("abc-", min_size=1, max_size=5).map(Username), unique=True, max_size=12)


def directory(**nicks: str) -> Directory:
    filled = Directory()
    for username, nick in nicks.items():
        filled.put(Username(username.replace("_", "-")), nick)
    return filled


def everyone(of: Directory, query: str, limit: int) -> list[str]:
    """All pages of a search, one after the other."""
    found: list[str] = []
    cursor = ""
    while True:
        page = of.search(query, cursor, limit)
        found += page.usernames
        cursor = page.next_cursor
        if not cursor:
            return found


class DirectoryTests(SynchronousTestCase):
    """Search by the start of a word, then by letters."""

    def test_the_start_of_any_word_comes_first(self) -> None:
        """Words of user name and nick count, and spread letters come after them."""
        people = directory(bjorn="A Nna", mary_anne="Mary", zoe="Miss Ann Smith", aron="Ron")
        self.assertEqual(
            people.search("an", "", 50).usernames, ("mary-anne", "zoe", "aron", "bjorn")
        )

    def test_the_middle_of_a_word_is_no_start(self) -> None:
        """A hit inside a word ranks with the spread letters, one further on at a start does not."""
        people = directory(joanna="J", hanan_anton="H")
        self.assertEqual(people.search("an", "", 50).usernames, ("hanan-anton", "joanna"))

    def test_case_does_not_matter(self) -> None:
        """Neither in the query nor in the nick, in any script."""
        people = directory(kostas="ΣΊΣΥΦΟΣ", weiss="WEISS")
        self.assertEqual(people.search(" σίσυ", "", 50).usernames, ("kostas",))
        self.assertEqual(people.search("Weiß", "", 50).usernames, ("weiss",))

    def test_who_does_not_match_is_left_out(self) -> None:
        """Letters in another order are no match."""
        people = directory(anna="Anna")
        self.assertEqual(people.search("nab", "", 50).total, 0)

    def test_a_query_longer_than_any_name_finds_nobody(self) -> None:
        """It is not even compared."""
        people = directory(anna="a" * 100)
        self.assertEqual(people.search("a" * MAX_QUERY, "", 50).total, 1)
        self.assertEqual(people.search("a" * (MAX_QUERY + 1), "", 50).total, 0)

    def test_a_page_is_bounded(self) -> None:
        """At least one, at most the cap, whatever is asked."""
        people = directory(**{f"user{number:03}": "" for number in range(MAX_PAGE + 5)})
        self.assertEqual(len(people.search("", "", 10**6).usernames), MAX_PAGE)
        self.assertEqual(len(people.search("", "", 0).usernames), 1)
        self.assertEqual(len(people.search("user", "", -3).usernames), 1)
        self.assertEqual(people.search("user", "", 10).total, MAX_PAGE + 5)

    def test_an_empty_directory(self) -> None:
        """Nobody is on the first and only page."""
        self.assertEqual(Directory().search("", "", 5).usernames, ())
        self.assertEqual(Directory().search("a", "", 5).next_cursor, "")

    def test_a_new_nick_replaces_the_old(self) -> None:
        """Somebody is there once, under the newest nick."""
        people = directory(anna="Old")
        people.put(Username("anna"), "New")
        self.assertEqual(len(people), 1)
        self.assertEqual(people.search("old", "", 5).total, 0)
        self.assertEqual(people.search("new", "", 5).total, 1)

    @settings(deadline=None, max_examples=80)
    @given(NAMES, st.text("abc", max_size=3), st.integers(1, 4))
    def test_pages_hold_everybody_once(self, names: list[Username], query: str, size: int) -> None:
        """Page after page gives the same as one page, in the same order."""
        people = Directory()
        for name in names:
            people.put(name, name.upper())
        whole = people.search(query, "", MAX_PAGE)
        self.assertEqual(everyone(people, query, size), list(whole.usernames))
        self.assertEqual(whole.total, len(whole.usernames))

    @settings(deadline=None, max_examples=80)
    @given(NAMES, st.text("abc", max_size=2), st.integers(1, 4), st.text("abc", max_size=2))
    def test_who_asks_is_not_found(
        self, names: list[Username], query: str, size: int, asker: str
    ) -> None:
        """Nor counted, and the pages are those of a directory without them."""
        people, others = Directory(), Directory()
        for name in names:
            people.put(name, "")
            if name != asker:
                others.put(name, "")
        cursor = ""
        while True:
            page = people.search(query, cursor, size, {Username(asker)})
            self.assertEqual(page, others.search(query, cursor, size))
            cursor = page.next_cursor
            if not cursor:
                return

    @settings(deadline=None, max_examples=80)
    @given(NAMES, st.text("abc", max_size=2), st.data())
    def test_people_come_and_go_between_pages(
        self, names: list[Username], query: str, data: st.DataObject
    ) -> None:
        """Nobody who stays is missed or told twice when others leave meanwhile."""
        people = Directory()
        for name in names:
            people.put(name, "")
        before = people.search(query, "", 2)
        leaving = data.draw(st.sets(st.sampled_from(names))) if names else set()
        for name in leaving:
            people.remove(name)
        rest = people.search(query, before.next_cursor, MAX_PAGE) if before.next_cursor else None
        seen = [*before.usernames, *(rest.usernames if rest else ())]
        stayed = [name for name in seen if name not in leaving]
        self.assertEqual(stayed, list(people.search(query, "", MAX_PAGE).usernames))
