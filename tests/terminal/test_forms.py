"""Fields, buttons and forms."""

from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import check_sizing, press, render_text

from voip_terminal.forms import FIELD_MAXIMUM, Button, Choice, Field, Form
from voip_terminal.glyphs import ASCII, UNICODE


class FieldTests(SynchronousTestCase):
    """A place to type."""

    def test_looks(self) -> None:
        """Label, brackets and what stands behind."""
        field = Field("Name", UNICODE, text="bob", label_cols=6, cols=8, behind="F2")
        self.assertEqual(render_text(field.widget, (26,)), ["Name  [ bob      ]  F2    "])
        check_sizing(field.widget)

    def test_secret(self) -> None:
        """A password shows as signs of the set in use, until it is shown."""
        for glyphs, sign in ((UNICODE, "•"), (ASCII, "*")):
            field = Field("P", glyphs, text="abc", label_cols=2, cols=4, is_secret=True)
            self.assertIn(sign * 3, render_text(field.widget, (12,))[0])
            field.show(True)
            self.assertIn("abc", render_text(field.widget, (12,))[0])
            field.show(False)
            self.assertNotIn("abc", render_text(field.widget, (12,))[0])
            self.assertEqual(field.text, "abc")

    def test_question_mark(self) -> None:
        """? is text only where the field says so, which may depend on what stands there."""
        plain, open_, link = (
            Field("", UNICODE, takes_question_mark=takes)
            for takes in (False, True, lambda text: text.startswith("voip:"))
        )
        for field, expected in ((plain, ["?"]), (open_, []), (link, ["?"])):
            self.assertEqual(press(field.widget, (60,), "?"), expected)
        link.set_text("voip://h")
        self.assertEqual(press(link.widget, (60,), "?"), [])
        self.assertEqual(link.text, "voip://h?")

    def test_shell_keys(self) -> None:
        """Ctrl-U, Ctrl-W, Ctrl-A and Ctrl-K edit as in a shell."""
        field = Field("", UNICODE, text="one two three")
        press(field.widget, (60,), "ctrl w")
        self.assertEqual(field.text, "one two ")
        press(field.widget, (60,), "ctrl a", "right", "ctrl k")
        self.assertEqual(field.text, "o")
        press(field.widget, (60,), "ctrl u")
        self.assertEqual(field.text, "")

    def test_long(self) -> None:
        """A text longer than the field scrolls, and there is an end to it."""
        field = Field("", UNICODE, text="x" * 100, label_cols=1, cols=8)
        press(field.widget, (14,), "y")
        self.assertIn("xxxxy", render_text(field.widget, (14,), focus=True)[0])
        press(field.widget, (14,), *"z" * FIELD_MAXIMUM)
        self.assertEqual(len(field.text), FIELD_MAXIMUM)


class FormTests(SynchronousTestCase):
    """Parts and the focus among them."""

    def setUp(self) -> None:
        self.pressed: list[str] = []
        self.field = Field("Name", UNICODE)
        self.chosen = [False]
        self.choice = Choice(
            "away", UNICODE, lambda: self.chosen[0], lambda: self.chosen.__setitem__(0, True)
        )
        self.buttons = [
            Button("Yes", lambda: self.pressed.append("Yes")),
            Button("No", lambda: self.pressed.append("No")),
        ]
        self.form = Form(["Title", self.field, "", self.choice, self.buttons, [(None, "end")]])

    def test_round(self) -> None:
        """Tab's moves go through every part and around."""
        order = [self.field, self.choice, *self.buttons]
        for expected in [*order, self.field]:
            self.assertIs(self.form.focused, expected)
            self.form.move(1)
        self.form.move(-1)
        self.form.move(-1)
        self.assertIs(self.form.focused, self.buttons[1])

    def test_press(self) -> None:
        """Enter and Space press the button that has the focus."""
        self.form.focus_on(self.buttons[1])
        press(self.form.widget, (60,), "enter", " ", "left", "enter")
        self.assertEqual(self.pressed, ["No", "No", "Yes"])
        self.assertFalse(self.form.is_typing)

    def test_choose(self) -> None:
        """Space chooses, and shows it."""
        self.form.focus_on(self.choice)
        self.assertIn("( ) away", "".join(render_text(self.form.widget, (60,))))
        press(self.form.widget, (60,), " ")
        self.assertIn("(•) away", "".join(render_text(self.form.widget, (60,))))

    def test_typing(self) -> None:
        """A form knows whether what is typed goes into a field."""
        self.assertTrue(self.form.is_typing)
        self.assertFalse(self.form.takes_question_mark)
        self.assertIsNone(Form(["only text"]).focused)

    def test_sizes(self) -> None:
        """A form draws itself at every width."""
        check_sizing(self.form.widget)
