"""The lines around every screen."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase
from urwid.testing import check_flow_sizing, render_text

from tests.terminal.fake_controller import SERVER, person
from voip.client.model import ConnectionView, Link, Model
from voip_terminal.frame import StatusLine, Told, top_line
from voip_terminal.glyphs import UNICODE
from voip_terminal.paint import width


def model(link: Link, **fields: float) -> Model:
    view = ConnectionView(link, SERVER, None, fields.get("retry"), fields.get("rtt"))
    return Model(connection=view, me=person("alice", text="back at three"))


def top(seen: Model, cols: int = 80) -> str:
    return "".join(text for _, text in top_line(seen, cols, UNICODE))


class TopTests(SynchronousTestCase):
    """The first line."""

    def test_each_link(self) -> None:
        """Where the connection stands can be read in each state."""
        self.assertIn("TLS  call.example.org  ▂▄▆█ 23 ms", top(model(Link.LOGGED_IN, rtt=23.0)))
        self.assertIn("trying again in 4 s", top(model(Link.RECONNECTING, retry=4.0)))
        self.assertIn("trying again  call", top(model(Link.RECONNECTING)))
        self.assertIn("connecting  call.example.org", top(model(Link.CONNECTING)))
        self.assertIn("TLS  call.example.org", top(model(Link.CONNECTED)))
        self.assertTrue(top(model(Link.OFFLINE)).endswith(" offline "))

    def test_who(self) -> None:
        """One sees oneself as others do, and nobody before signing in."""
        self.assertIn('alice  ● available  "back at', top(model(Link.LOGGED_IN), 120))
        self.assertIn("not signed in", top(model(Link.CONNECTED)))

    @settings(deadline=None, max_examples=50)
    @given(st.sampled_from(Link), st.integers(10, 140), st.text(max_size=90))
    def test_width(self, link: Link, cols: int, text: str) -> None:
        """It is as wide as the terminal, whatever somebody's text is."""
        seen = replace(model(link, rtt=23.0), me=person("alice", text=text))
        self.assertEqual(width(top(seen, cols)), cols)


class StatusTests(SynchronousTestCase):
    """The line that tells."""

    def test_one_or_two_lines(self) -> None:
        """A sentence too long for one line gets a second one; trouble has a sign."""
        line = StatusLine(lambda: Told("All is well.", False, 0.0, "10:58"))
        self.assertEqual(render_text(line, (30,)), [" All is well.           10:58 "])
        long = StatusLine(lambda: Told("one two three four five six", True, 0.0, "10:58"))
        shown = render_text(long, (30,))
        self.assertEqual(shown[0], " ! one two three four   10:58 ")
        self.assertEqual(shown[1].strip(), "five six")
        check_flow_sizing(long, cols=80)
