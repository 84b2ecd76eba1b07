"""A list of people that makes rows only when they are seen."""

from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import check_box_sizing, press, render_text

from tests.terminal.fake_controller import PEOPLE, person
from voip.core.ids import Username
from voip.core.people import Person
from voip_terminal.glyphs import ASCII, UNICODE
from voip_terminal.paint import Line
from voip_terminal.row_list import PeopleList, row_of, shown_name


class ListTests(SynchronousTestCase):
    """The focus and the rows."""

    def setUp(self) -> None:
        self.painted = 0
        self.list = PeopleList(self.paint, ASCII)
        self.list.replace(PEOPLE)

    def paint(self, somebody: Person, cols: int) -> Line:
        self.painted += 1
        return row_of(somebody, cols, ASCII)

    def test_lazy(self) -> None:
        """Of a hundred thousand people only those on the screen are made into rows."""
        self.list.replace([person(f"user{at:06}") for at in range(100_000)])
        press(self.list.widget, (40, 10), "end")
        self.painted = 0
        shown = render_text(self.list.widget, (40, 10), focus=True)
        self.assertIn("user099999", shown[-1])
        self.assertLess(self.painted, 50)

    def test_keeps_its_person(self) -> None:
        """The focus stays with its person when others come, and near when they go."""
        self.list.focus_on(Username("carol"))
        self.list.replace([person("aaron"), *PEOPLE])
        self.assertEqual(self.list.focused and self.list.focused.username, "carol")
        self.list.replace(PEOPLE[2:4])
        self.assertEqual(self.list.focused and self.list.focused.username, "echo")
        self.list.replace([])
        self.assertIsNone(self.list.focused)
        self.list.replace(PEOPLE[:1])
        self.assertEqual(self.list.focused, PEOPLE[0])

    def test_pointer(self) -> None:
        """The person the keys act on is pointed at, with and without the focus."""
        for has_focus in (True, False):
            shown = render_text(self.list.widget, (40, 8), focus=has_focus)
            self.assertTrue(shown[0].startswith(">+ Bob Martin"), shown[0])
            self.assertTrue(shown[1].startswith(" + Carol"), shown[1])

    def test_sizes(self) -> None:
        """The list draws itself at every size."""
        check_box_sizing(self.list.widget)


class NameTests(SynchronousTestCase):
    """What a row shows."""

    def test_name(self) -> None:
        """A name of nothing visible is replaced by the account's."""
        self.assertEqual(shown_name(person("bob", "\x1b[2J  ")), "bob")

    def test_long(self) -> None:
        """A long name is cut with a mark and leaves the presence where it is."""
        line = row_of(person("bob", "Bartholomew Montgomery"), 31, UNICODE)
        told = "".join(text for _, text in line)
        self.assertEqual(told, "● Bartholomew Mo… available    ")
