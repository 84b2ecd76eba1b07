"""Settings that are carried out."""

from twisted.trial.unittest import SynchronousTestCase

from tests.client.scripted_voice import ScriptedVoice
from tests.terminal.seat import TextHere
from voip.client.voice.commands import UdpUse, UseNetwork
from voip_terminal.settings.applied import apply_network
from voip_terminal.settings.service import Settings


class NetworkTests(SynchronousTestCase):
    """The voice engine goes by the network settings."""

    def test_at_once_and_at_each_change(self) -> None:
        """Told once what there is, and again only when it is something else."""
        settings = Settings(TextHere('[network]\nudp = "off"\n'), {})
        voice = ScriptedVoice()
        apply_network(settings, voice)
        settings.set("look", "ascii", True)
        settings.set("network", "jitter_max_ms", 200)
        settings.undo()
        off = UseNetwork(UdpUse.OFF)
        self.assertEqual(voice.commands, [off, UseNetwork(UdpUse.OFF, jitter_max_ms=200), off])
