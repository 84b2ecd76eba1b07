"""What a person sets about the network, in the pipeline."""

from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.talk import Talk
from tests.client.voice.wire import CALL, THEIRS, config, predictable, tone
from voip.client.voice.commands import UdpUse, UseNetwork
from voip.client.voice.pipeline import VoicePipeline


class NetworkTests(SynchronousTestCase):
    """What a person sets about the network."""

    def test_late_packets_are_waited_for_as_set(self) -> None:
        """In a call that is on and in later ones."""
        talk = Talk()
        talk.give_keys()
        for wish in (UseNetwork(jitter_min_ms=100), UseNetwork(jitter_min_ms=60)):
            talk.far.use_network(wish, talk.now)
            talk.run(tone(600))
            figures = talk.far.figures(0.0)
            assert figures is not None
            self.assertApproximates(figures.buffer_ms, wish.jitter_min_ms, 25)
            talk.far.stop(CALL)
            talk.far.start(CALL, THEIRS, talk.now)
            talk.give_keys()

    def test_udp_alone_or_not_at_all(self) -> None:
        """A tunnel is wanted when it is to be, with a path and without."""
        pipeline = VoicePipeline(predictable)
        pipeline.use_network(UseNetwork(UdpUse.OFF), 0.0)
        self.assertFalse(pipeline.wants_tunnel)
        pipeline.use_path(config(), 0.0)
        self.assertTrue(pipeline.wants_tunnel)
        pipeline.use_network(UseNetwork(UdpUse.ON), 0.0)
        self.assertFalse(pipeline.wants_tunnel)
