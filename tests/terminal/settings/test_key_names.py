"""Names of keys."""

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip_terminal.settings.key_names import KeyName, read_key


class ReadKeyTests(SynchronousTestCase):
    """Keys as people write them."""

    def test_every_kind_of_key(self) -> None:
        """A sign, Space, a function key, and Ctrl with a letter, however it is written."""
        for written, label, name in (
            ("x", "x", "x"),
            ("X", "X", "X"),
            ("é", "é", "é"),
            ("space", "Space", " "),
            ("f12", "F12", "f12"),
            ("CTRL-k", "Ctrl-K", "ctrl k"),
        ):
            self.assertEqual(read_key(written), KeyName(label, name))

    def test_keys_that_are_taken(self) -> None:
        """What moves about in fields, or belongs to the terminal, has no other meaning."""
        for taken in ("Enter", "Tab", "Esc", "up", "Ctrl-C", "Ctrl-I", "Ctrl-M", "F13", " ", "", 3):
            self.assertRaises(ValueError, read_key, taken)

    @given(st.text(max_size=10))
    def test_a_label_reads_as_itself(self, text: str) -> None:
        """Whatever is taken for a key can be written back and means the same."""
        try:
            key = read_key(text)
        except ValueError:
            return
        self.assertEqual(read_key(key.label), key)
