"""What the client knows, as JSON objects: people, calls, refusals, events.

Values flow in, dictionaries that ``json`` can write flow out. It keeps nothing and asks nobody.
"""

from collections.abc import Iterable
from dataclasses import asdict

from voip.client.model import CallInfo, ClientError, ConnectionView, LinkError, Peer, ServerInfo
from voip.client.model_people import ContactView
from voip.client.voice.commands import CallFigures, DevicesInUse
from voip.core.account_messages import OwnDevice
from voip.core.errors import ErrorCode
from voip.core.history import HistoryEntry
from voip.core.people import Person
from voip_terminal.json_face_words import Json


def people_shape(people: Iterable[Person]) -> list[Json]:
    return [
        {
            "username": person.username,
            "nick": person.nick,
            "presence": person.presence.value,
            "text": person.text,
        }
        for person in people
    ]


def contacts_shape(contacts: Iterable[ContactView]) -> list[Json]:
    return [
        {
            "username": contact.username,
            "alias": contact.alias,
            "nick": contact.nick,
            "presence": contact.presence.value,
            "text": contact.text,
            "favourite": contact.is_favourite,
            "notes": contact.notes,
            "blocked": contact.is_blocked,
        }
        for contact in contacts
    ]


def entry_shape(entry: HistoryEntry) -> Json:
    """A past call."""
    shape = asdict(entry)
    return shape | {
        "call_id": entry.call_id.hex(),
        "peers": list(entry.peers),
        "outcome": entry.outcome.value,
    }


def devices_shape(devices: Iterable[OwnDevice]) -> list[Json]:
    return [
        {
            "device": device.device.hex(),
            "name": device.name,
            "added_at": device.added_at,
            "seen_at": device.seen_at,
            "is_online": device.is_online,
            "is_this": device.is_this,
        }
        for device in devices
    ]


def in_use_shape(devices: DevicesInUse | None) -> Json | None:
    """What the calls and the meter use, or used last."""
    if devices is None:
        return None
    return {"microphone": devices.microphone, "speaker": devices.speaker}


class WhyNot(ClientError):
    """A refusal that tells in a sentence, ``why``, what is wrong or what is allowed."""

    def __init__(self, code: ErrorCode, field: str, why: str) -> None:
        super().__init__(code, field)
        self.why = why


def refusal_shape(error: ClientError | LinkError) -> Json:
    """The part of an answer that says why not; fields without a meaning here are left out."""
    if isinstance(error, LinkError):
        pins: Json = {"expected_pin": error.expected_pin, "seen_pin": error.seen_pin}
        return {"error": error.trouble.name} | _set(pins)
    more: Json = {
        "field": error.field,
        "why": error.why if isinstance(error, WhyNot) else "",
        "retry_after_ms": error.retry_after_ms,
        "incident": error.incident,
    }
    return {"error": error.code.name} | _set(more)


def connected_shape(server: ServerInfo, *, is_logged_in: bool) -> Json:
    return {
        "event": "connected",
        "server": server.name,
        "host": server.host,
        "port": server.port,
        "pin": server.pin,
        "is_new_pin": server.is_new_pin,
        "policy": server.policy.value,
        "motd": server.motd,
        "logged_in": is_logged_in,
    }


def disconnected_shape(view: ConnectionView, error: LinkError | None = None) -> Json:
    trouble = error.trouble if error is not None else view.trouble
    return {
        "event": "disconnected",
        "trouble": trouble.name if trouble is not None else None,
        "retry_in_seconds": view.retry_in_seconds,
        "expected_pin": error.expected_pin if error is not None else "",
        "seen_pin": error.seen_pin if error is not None else "",
        "said": view.said,
        "ban_seconds": view.ban_seconds,
    }


def ringing_shape(call: CallInfo) -> Json:
    caller = call.peers[0]
    return {
        "event": "ringing",
        "call_id": call.call_id.hex(),
        "from": caller.username,
        "nick": caller.nick,
        "device": caller.device_name,
    }


def missed_shape(entry: HistoryEntry, nick: str) -> Json:
    """A call that was not answered, for a hook; the JSON face tells ``ended`` and ``history``."""
    return {
        "event": "missed",
        "call_id": entry.call_id.hex(),
        "from": entry.peers[0] if entry.peers else "",
        "nick": nick,
        "reason": entry.outcome.value,
    }


def call_shape(call: CallInfo, now: float) -> Json:
    """The whole call; the figures are zero until there are any. ``now``: the reactor's time."""
    figures = call.figures
    return {
        "event": "call",
        "call_id": call.call_id.hex(),
        "state": call.state.value,
        "is_incoming": call.is_incoming,
        "peers": [peer_shape(peer) for peer in call.peers],
        "seconds": round(max(0.0, now - call.started_at), 3),
        "is_muted": call.is_muted,
        "is_held_by_peers": call.is_held_by_peers,
        "is_conference": call.is_conference,
        "is_host": call.is_host,
        "is_locked": call.is_locked,
        "is_listener": call.is_listener,
        "e2e": call.security.value,
        "words": list(call.words),
        "code": call.code,
        "codec": figures.codec if figures else "",
        "path": figures.path if figures else "",
        "loss": round(figures.loss, 5) if figures else 0.0,
        "loss_total": round(figures.loss_total, 5) if figures else 0.0,
        "jitter_ms": round(figures.jitter_ms, 2) if figures else 0.0,
        "rtt_ms": round(figures.rtt_ms, 2) if figures else 0.0,
        "buffer_ms": round(figures.buffer_ms, 2) if figures else 0.0,
        "mouth_to_ear_ms": round(figures.mouth_to_ear_ms, 2) if figures else 0.0,
        "seconds_heard": round(figures.seconds_heard, 3) if figures else 0.0,
    }


def ended_shape(call: CallInfo) -> Json:
    return {
        "event": "ended",
        "call_id": call.call_id.hex(),
        "reason": call.end_reason.value if call.end_reason is not None else "",
        "seconds": round(call.talked_seconds, 3),
        "peers": [peer_shape(peer) for peer in call.peers],
        "e2e": call.security.value,
    }


def peer_shape(peer: Peer) -> Json:
    return {
        "username": peer.username,
        "nick": peer.nick,
        "device": peer.device_name,
        "state": peer.state.value,
        "is_connected": peer.is_connected,
        "is_muted": peer.is_muted,
        "is_speaking": peer.is_speaking,
        "is_held": peer.is_held,
        "is_listener": peer.is_listener,
        "is_host": peer.is_host,
        "volume_db": peer.volume_db,
        "is_muted_here": peer.is_muted_here,
    }


def figures_shape(figures: CallFigures | None) -> Json | None:
    """Everything the voice engine counted last."""
    if figures is None:
        return None
    shape = asdict(figures)
    shape["call_id"] = figures.call_id.hex()
    return shape


def _set(fields: Json) -> Json:
    return {name: value for name, value in fields.items() if value}
