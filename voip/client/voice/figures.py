"""The figures of a call, put together from what its parts count. Pure: counts in, one value out."""

from collections.abc import Iterable, Sequence
from typing import Final

from voip.client.voice.commands import CallFigures
from voip.client.voice.incoming import IncomingVoice
from voip.client.voice.loss import Share
from voip.client.voice.outgoing import OutgoingVoice
from voip.core.ids import CallId
from voip.media.samples import BLOCK_MS, FRAME_MS

CODEC: Final = "opus 48 kHz"

# RFC 6716 section 2.1.1: what Opus looks ahead beyond its frame.
_LOOKAHEAD_MS: Final = 6.5


def call_figures(
    call_id: CallId,
    outgoing: OutgoingVoice,
    streams: Sequence[IncomingVoice],
    *,
    rtt: float | None,
    path: str,
    device_ms: float,
    undecryptable: int,
) -> CallFigures:
    """Sum the streams up: counts are added, delays are those of the worst.

    `rtt` is the round trip to the server in seconds by `path`, `device_ms` what both devices delay.
    The way of a word is here to the server to there; half the round trip of either end makes that
    about one round trip of this end.
    """
    stats = [stream.stats() for stream in streams]
    buffer_ms = max((stat.buffer_ms for stat in stats), default=0.0)
    rtt_ms = (rtt or 0.0) * 1000
    return CallFigures(
        call_id=call_id,
        codec=CODEC,
        path=path,
        loss=_sum(stream.packets.recent for stream in streams),
        loss_total=_sum(stream.packets.total for stream in streams),
        jitter_ms=max((stat.jitter_ms for stat in stats), default=0.0),
        rtt_ms=rtt_ms,
        buffer_ms=buffer_ms,
        mouth_to_ear_ms=rtt_ms + FRAME_MS + _LOOKAHEAD_MS + buffer_ms + device_ms,
        sent=outgoing.sent,
        received=sum(stream.packets.received for stream in streams),
        concealed_ms=float(sum(stat.concealed for stat in stats) * BLOCK_MS),
        repaired=sum(stat.fec_recovered for stat in stats),
        undecryptable=undecryptable + sum(stream.undecryptable for stream in streams),
        seconds_heard=sum(stream.seconds_heard for stream in streams),
    )


def _sum(shares: Iterable[Share]) -> float:
    """The loss of several streams together."""
    listed = tuple(shares)
    return Share(
        sum(share.expected for share in listed), sum(share.received for share in listed)
    ).lost
