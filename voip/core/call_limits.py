"""What calls may take: one value for the switchboard, the exchange and the tests."""

from dataclasses import dataclass

from voip.core.streams import LAST_STREAM


@dataclass(frozen=True, slots=True)
class CallLimits:
    """Bounds of calls; seconds are seconds."""

    no_answer_seconds: float = 45.0
    declined_rest_seconds: float = 300.0  # for who said no to the same call again and again
    lonely_seconds: float = 300.0  # who is alone in a conference stays for so long
    max_speakers: int = 32  # who joins after these listens
    max_listeners: int = 200
    max_legs: int = 512  # of one call, with the devices that ring: what one message can tell
    max_keys_told: int = 256  # in a snapshot, of all calls; the keys of others follow, call by call
    max_people: int = 512  # ever called into one call, whether they came or not: its record
    max_calls: int = 8  # at one session, of any kind
    max_ringing: int = 4  # at one session
    max_relay_bytes: int = 8192  # of one part of an E2eRelay
    last_stream: int = LAST_STREAM

    @property
    def max_joined(self) -> int:
        """Everybody in one call."""
        return self.max_speakers + self.max_listeners
