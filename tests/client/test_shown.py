"""What faces are shown."""

from twisted.trial.unittest import SynchronousTestCase

from voip.client.model import Announcement, AudioView, Change
from voip.client.shown import ANNOUNCEMENTS_KEPT, Shown
from voip.client.voice.commands import DevicesInUse, PathUp, Trouble, VoiceTrouble


class ShownTests(SynchronousTestCase):
    """One model, and whoever watches it."""

    def setUp(self) -> None:
        self.shown = Shown()
        self.told: list[Change] = []
        self.stop = self.shown.watch(self.told.append)

    def test_watchers_are_told_until_they_stop(self) -> None:
        """Stopping twice is as good as once."""
        self.shown.put(self.shown.model, Change.ME)
        self.stop()
        self.stop()
        self.shown.put(self.shown.model, Change.ME)
        self.assertEqual(self.told, [Change.ME])

    def test_announcements(self) -> None:
        """So many are kept, cleaned, each with its number; an empty one is none."""
        for number in range(ANNOUNCEMENTS_KEPT + 1):
            self.shown.announced(f"word\x1b[2J {number}")
        self.shown.announced("\x1b[2J")
        kept = self.shown.model.announcements
        self.assertEqual(len(kept), ANNOUNCEMENTS_KEPT)
        self.assertEqual(kept[-1], Announcement(ANNOUNCEMENTS_KEPT + 1, "word 10"))
        self.assertEqual(self.told, [Change.OPERATOR] * (ANNOUNCEMENTS_KEPT + 1))

    def test_devices_and_their_trouble_stand_beside_each_other(self) -> None:
        """Neither report hides the other."""
        devices = DevicesInUse("headset", "none")
        self.shown.audio_reported(devices)
        self.shown.audio_reported(Trouble(VoiceTrouble.NO_SPEAKER, "why"))
        self.assertEqual(self.shown.model.audio, AudioView(devices, VoiceTrouble.NO_SPEAKER, "why"))
        self.assertEqual(self.told, [Change.AUDIO, Change.AUDIO])

    def test_a_path_that_answers_ends_its_trouble(self) -> None:
        """That of the devices stays."""
        for what, is_over in (
            (VoiceTrouble.UDP_BLOCKED, True),
            (VoiceTrouble.TUNNEL_BLOCKED, True),
            (VoiceTrouble.NO_SPEAKER, False),
        ):
            self.shown.audio_reported(Trouble(what))
            self.shown.audio_reported(PathUp(10.0, "tls"))
            self.assertIs(self.shown.model.audio.trouble, None if is_over else what)
            self.assertEqual(self.shown.model.audio.path, "tls")

    def test_no_microphone_and_no_speaker_are_told_as_one(self) -> None:
        """In whichever order they are found missing: the one sentence must not hide the other."""
        for first, second in (
            (VoiceTrouble.NO_MICROPHONE, VoiceTrouble.NO_SPEAKER),
            (VoiceTrouble.NO_SPEAKER, VoiceTrouble.NO_MICROPHONE),
        ):
            self.shown = Shown()
            self.shown.audio_reported(Trouble(first))
            self.assertIs(self.shown.model.audio.trouble, first)
            self.shown.audio_reported(Trouble(second))
            self.assertIs(self.shown.model.audio.trouble, VoiceTrouble.NO_SOUND)
