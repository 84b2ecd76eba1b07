"""The network settings, carried to the voice engine at once and at each change.

It knows which setting is which command; whether a change reaches a call that is on is the engine's
affair.
"""

from voip.client.voice.commands import UseNetwork, VoiceEngine
from voip_terminal.settings.service import Settings
from voip_terminal.settings.values import ClientSettings, Network


def apply_network(settings: Settings, engine: VoiceEngine) -> None:
    """Have the engine go by these settings from now on."""
    told: UseNetwork | None = None

    def tell(current: ClientSettings) -> None:
        nonlocal told
        wanted = _command(current.network)
        if wanted != told:
            told = wanted
            engine.command(wanted)

    settings.watch(tell)
    tell(settings.current)


def _command(network: Network) -> UseNetwork:
    return UseNetwork(
        network.udp, network.keepalive_seconds, network.jitter_min_ms, network.jitter_max_ms
    )
