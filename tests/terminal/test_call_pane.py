"""What one sees of a call."""

from dataclasses import replace

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import CALL_ID, FIGURES
from tests.terminal.scenes import WORDS, seated, talking
from tests.terminal.seat import LARGE, TYPICAL
from voip.client.model import AudioView, Change, Security
from voip.client.voice.commands import DevicesInUse, VoiceTrouble
from voip_terminal import sentences
from voip_terminal.calls import ECHO
from voip_terminal.glyphs import ASCII


class PaneTests(SynchronousTestCase):
    """The pane beside the list."""

    def test_everything(self) -> None:
        """Who, how long, codec, path, loss, jitter, delay, buffer, words and devices are there."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        for told in (
            *("Bob Martin", "2:13", "Opus 48 kHz", "over UDP", "0.4% lost", "jitter 4 ms"),
            *("24 ms", "buffer 40 ms", "mouth to ear 118 ms", "-18 dB", "-12 dB", "good"),
            *(" · ".join(WORDS), "mic     USB headset", "speaker USB headset"),
        ):
            self.assertIn(told, seat.text)

    def test_echo_has_no_words(self) -> None:
        """With echo there is nobody to compare words with, at any size of the window."""
        for size in (TYPICAL, LARGE, (40, 12)):
            seat = seated(size)
            call = talking(seat)
            echo = replace(call.peers[0], username=ECHO, nick="Echo")
            seat.controller.calls(replace(call, peers=(echo,)))
            seat.press("v")
            self.assertIn("Echo", seat.text)
            self.assertNotIn(WORDS[0], seat.text)
            self.assertNotIn("match", seat.text)
            self.assertEqual(seat.controller.asked, [])
            seat.stop()

    def test_wide_shows_more(self) -> None:
        """At 120 columns the figures of the whole call are there too."""
        seat = seated(LARGE)
        self.addCleanup(seat.stop)
        talking(seat)
        for told in ("whole call 0.3% lost", "12 repaired", "60 ms filled in", "6650 packets sent"):
            self.assertIn(told, seat.text)

    def test_where_the_sound_is(self) -> None:
        """Over ssh the microphone is not the one at hand: the pane says whose it is."""
        for is_remote, told in ((False, "this computer"), (True, "the computer you are logged in")):
            seat = seated(is_remote=is_remote)
            talking(seat)
            self.assertIn(f"sound   {told}", seat.text)
            seat.stop()

    def test_default_devices(self) -> None:
        """What the system calls "default" is called by what it is."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        devices = AudioView(DevicesInUse("default", "Default"))
        seat.controller.change(Change.AUDIO, audio=devices)
        seat.wait(0.1)
        self.assertIn("mic     default microphone", seat.text)
        self.assertIn("speaker default speaker", seat.text)

    def test_before_figures(self) -> None:
        """Before anything is measured and agreed on, it says so."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = talking(seat)
        early = replace(call, figures=None, words=(), security=Security.PENDING)
        seat.controller.calls(early)
        seat.wait(0.1)
        self.assertIn("measuring", seat.text)
        self.assertIn("agreeing on keys", seat.text)
        self.assertNotIn("words match", seat.hints)

    def test_security(self) -> None:
        """Encrypted, verified and stopped read differently without any colour."""
        seat = seated(glyphs=ASCII)
        self.addCleanup(seat.stop)
        call = talking(seat)
        self.assertIn("v if they match", seat.text)
        seat.controller.calls(replace(call, security=Security.VERIFIED))
        seat.wait(0.1)
        self.assertIn("verified", seat.text)
        self.assertNotIn("words match", seat.hints)
        seat.controller.calls(replace(call, security=Security.KEY_CHANGED))
        seat.wait(0.1)
        self.assertIn("x their key has changed: stopped", seat.text)

    def test_words_match(self) -> None:
        """v marks the other as verified."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        seat.press("v")
        self.assertEqual(seat.controller.asked, [("mark_verified", CALL_ID)])
        self.assertIn("Verified", seat.status)

    def test_long_words(self) -> None:
        """The longest four words fit the least terminal in whole."""
        seat = seated()
        self.addCleanup(seat.stop)
        words = ("mountain", "elephant", "original", "discover")
        seat.controller.calls(replace(talking(seat), words=words))
        seat.wait(0.1)
        self.assertIn(" ".join(words), seat.text)

    def test_mute(self) -> None:
        """Space turns the microphone off and on, and the pane says which."""
        seat = seated()
        self.addCleanup(seat.stop)
        talking(seat)
        seat.press(" ")
        self.assertEqual(seat.controller.asked, [("set_muted", True)])
        self.assertIn("microphone off", seat.text)
        seat.press(" ")
        self.assertEqual(seat.controller.asked[-1], ("set_muted", False))
        self.assertIn("Your microphone is on.", seat.status)

    def test_the_other_side(self) -> None:
        """Their muted microphone and their lost connection are told."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = talking(seat)
        other = call.peers[0]
        for peer, told in (
            (replace(other, is_muted=True), "has their microphone off"),
            (replace(other, is_connected=False), "connection lost"),
        ):
            seat.controller.calls(replace(call, peers=(peer,)))
            seat.wait(0.1)
            self.assertIn(told, seat.text)

    def test_bad_line(self) -> None:
        """A bad line says in plain words what is bad."""
        seat = seated()
        self.addCleanup(seat.stop)
        call = talking(seat)
        seat.controller.calls(replace(call, figures=replace(FIGURES, loss=0.3)))
        seat.wait(0.1)
        self.assertIn("poor", seat.text)
        self.assertIn("part of what they say gets lost", seat.text)

    def test_trouble(self) -> None:
        """Each trouble with sound is told in the pane, in whole."""
        for trouble in VoiceTrouble:
            seat = seated()
            talking(seat)
            audio = AudioView(DevicesInUse("none", "none"), trouble)
            seat.controller.change(Change.AUDIO, audio=audio)
            seat.wait(0.1)
            pane = " ".join(line[33:].strip() for line in seat.lines[1:-2])
            self.assertIn(sentences.voice_trouble(trouble), pane)
            seat.stop()
