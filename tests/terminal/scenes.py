"""Scripted runs of the real UI whose last frames are the pictures in ``docs/pictures``.

Every key is pressed through the real main loop; only the client core behind it is told what to
say, so that a picture comes out the same wherever it is made.
"""

from collections.abc import Callable
from dataclasses import replace

import urwid

from tests.terminal.fake_controller import (
    FIGURES,
    PEOPLE,
    FakeController,
    call_with,
    person,
)
from tests.terminal.fake_people import contact, missed_call, past_call
from tests.terminal.picture import svg
from tests.terminal.seat import LARGE, TYPICAL, Seat
from voip.client.model import Announcement, AudioView, CallInfo, Change, Peer, Security
from voip.client.voice.commands import DevicesInUse
from voip.core.calls import EndReason, LegState
from voip.core.ids import CallId
from voip.core.people import Presence
from voip_terminal.glyphs import ASCII, UNICODE, Glyphs
from voip_terminal.remembered import LastUse
from voip_terminal.ring_guard import GUARD_SECONDS

WORDS = ("orbit", "maple", "seven", "tennis")
CODE = "047115338290661274508917362205"
OTHER_CALL = CallId(b"d" * 16)
THIRD_CALL = CallId(b"e" * 16)


_DAY = 86_400

PAST = (
    past_call(8, "bob", ago=960, talked_seconds=725, lost_per_mille=2),
    past_call(
        7,
        "carol",
        "bob",
        "zoe",
        ago=6180,
        is_incoming=True,
        talked_seconds=3520,
        lost_per_mille=40,
        rtt_ms=31,
    ),
    missed_call("mdupont", number=6, ago=7620),
    past_call(5, "bob", ago=_DAY + 7200, is_incoming=True, talked_seconds=41, lost_per_mille=31),
    past_call(
        4,
        "carol",
        ago=_DAY + 60_000,
        outcome=EndReason.NETWORK_LOST,
        talked_seconds=213,
        lost_per_mille=98,
        rtt_ms=240,
    ),
    past_call(3, "zoe", ago=2 * _DAY - 20_940, is_incoming=True, outcome=EndReason.DECLINED),
    missed_call("bob", EndReason.CANCELLED, 2, ago=3 * _DAY + 6960),
    past_call(1, "erin", ago=9 * _DAY, outcome=EndReason.NO_ANSWER),
)
"""Past calls, the newest first."""


def talking(seat: Seat, seconds: float = 133.0) -> CallInfo:
    """Put the seat into a call with Bob that has gone on for so long."""
    call = replace(
        call_with(PEOPLE[0], LegState.ACTIVE, seat.now - seconds),
        figures=FIGURES,
        words=WORDS,
        security=Security.ENCRYPTED,
        microphone_db=-18.0,
    )
    call = replace(call, peers=(replace(call.peers[0], level_db=-12.0),))
    devices = AudioView(DevicesInUse("USB headset", "USB headset"))
    seat.controller.change(Change.AUDIO, audio=devices)
    seat.controller.calls(call)
    seat.wait(0.1)
    return call


def second_call(seat: Seat, who: int = 1, **fields: object) -> CallInfo:
    """Another call of the seat's, which this device holds."""
    call = replace(
        call_with(PEOPLE[who], LegState.ACTIVE, seat.now - 200.0),
        call_id=OTHER_CALL,
        figures=FIGURES,
        words=WORDS[::-1],
        security=Security.VERIFIED,
        is_held=True,
    )
    call = replace(call, **fields)  # type: ignore[arg-type]  # named by the scene
    seat.controller.calls(*seat.controller.model.calls, call)
    seat.wait(0.1)
    return call


def ringing(seat: Seat, who: int = 2) -> CallInfo:
    """Somebody calls the seat, whatever it is doing, and it has been quiet since."""
    call = call_with(PEOPLE[who], LegState.RINGING, seat.now, is_incoming=True)
    call = replace(call, call_id=THIRD_CALL)
    seat.controller.calls(*seat.controller.model.calls, call)
    seat.wait(GUARD_SECONDS + 0.1)
    return call


def conference(seat: Seat, **fields: object) -> CallInfo:
    """Put the seat into a conference, as its host, in which everybody is differently."""

    def peer(who: int, state: LegState = LegState.ACTIVE, **how: object) -> Peer:
        person = PEOPLE[who]
        joined = Peer(
            person.username, person.nick, "laptop", state, is_connected=True, is_muted=False
        )
        return replace(joined, **how)  # type: ignore[arg-type]  # named here

    peers = (
        peer(0, is_speaking=True, level_db=-14.0),
        peer(1, is_muted=True),
        peer(2, level_db=-40.0, volume_db=6.0),
        peer(3, LegState.RINGING),
        peer(4, is_connected=False),
        peer(5, is_held=True),
        peer(6, is_listener=True),
    )
    call = replace(
        talking(seat), is_conference=True, is_host=True, words=(), code=CODE, peers=peers
    )
    call = replace(call, **fields)  # type: ignore[arg-type]  # named by the test
    seat.controller.calls(call)
    seat.wait(0.1)
    return call


def seated(
    size: tuple[int, int] = TYPICAL, glyphs: Glyphs = UNICODE, *, is_remote: bool = False
) -> Seat:
    """A seat that is signed in."""
    last = LastUse("call.example.org", "alice")
    seat = Seat(size, glyphs, last=last, is_remote=is_remote)
    seat.controller.signed_in()
    seat.wait(0.1)
    seat.controller.asked.clear()
    return seat


def _connect() -> Seat:
    controller = FakeController()
    controller.known = ["alice"]
    return Seat(controller=controller, last=LastUse("call.example.org", "alice"))


def _register() -> Seat:
    seat = Seat(address="call.example.org")
    seat.press("tab", "tab", "tab", "enter")
    seat.type("alice")
    seat.press("tab")
    seat.type("Alice Durand")
    seat.press("tab")
    seat.type("correct horse battery")
    seat.press("tab")
    seat.type("correct horse battery")
    return seat


def _people() -> Seat:
    seat = seated()
    seat.press("/")
    seat.type("mar")
    seat.wait(0.5)
    return seat


def _incoming() -> Seat:
    seat = seated()
    call = call_with(PEOPLE[0], LegState.RINGING, seat.now, is_incoming=True)
    seat.controller.calls(call)
    seat.wait(7)
    return seat


def _in_call(size: tuple[int, int] = TYPICAL, glyphs: Glyphs = UNICODE) -> Seat:
    seat = seated(size, glyphs)
    talking(seat)
    return seat


def _calls() -> Seat:
    seat = seated()
    talking(seat, 341.0)
    second_call(seat)
    ringing(seat)
    seat.press("i")
    return seat


def _conference() -> Seat:
    seat = seated()
    conference(seat)
    seat.press("down")
    return seat


def _settings() -> Seat:
    seat = seated()
    seat.press("s", "2")
    audio = replace(seat.controller.model.audio, microphone_db=-18.0)
    seat.controller.change(Change.FIGURES, audio=audio)
    seat.press("right", "right")
    return seat


def _help() -> Seat:
    seat = seated()
    seat.press("?")
    return seat


def _contacts(size: tuple[int, int] = TYPICAL, glyphs: Glyphs = UNICODE) -> Seat:
    seat = seated(size, glyphs)
    favourites = {"bob", "zoe"}
    views = [contact(each, is_favourite=each.username in favourites) for each in PEOPLE]
    notes = "Prefers mornings. Ask about the Lyon contract."
    views[0] = replace(views[0], notes=notes)
    judy = person("judy", "Judy Lam", Presence.OFFLINE)
    seat.controller.contacts(*views, contact(judy, "Judy (dentist)"))
    seat.controller.called(*reversed(PAST))
    seat.wait(0.5)
    return seat


def _operator() -> Seat:
    seat = _contacts()
    told = "The server moves to another machine at ten tonight. Calls that go on then will end."
    news = (Announcement(1, told),)
    seat.controller.change(Change.OPERATOR, announcements=news, is_maintenance=True)
    seat.wait(0.1)
    return seat


def _contact() -> Seat:
    seat = _contacts()
    seat.press("e")
    return seat


def _history(size: tuple[int, int] = TYPICAL) -> Seat:
    seat = _contacts(size)
    seat.press("h")
    return seat


def _palette() -> Seat:
    seat = _contacts()
    seat.press(":")
    seat.type("call")
    return seat


SCENES: dict[str, tuple[str, Callable[[], Seat]]] = {
    "connect": ("Signing in", _connect),
    "register": ("Creating an account", _register),
    "main": ("Your contacts", _contacts),
    "main-wide": ("Your contacts, 120 columns", lambda: _contacts(LARGE)),
    "main-ascii": ("Your contacts, ASCII signs", lambda: _contacts(glyphs=ASCII)),
    "operator": ("What the operator says", _operator),
    "contact": ("One contact", _contact),
    "history": ("Past calls", _history),
    "history-wide": ("Past calls, 120 columns", lambda: _history(LARGE)),
    "palette": ("The command palette", _palette),
    "people": ("Finding a person", _people),
    "incoming": ("Somebody calls", _incoming),
    "in-call": ("In a call", _in_call),
    "in-call-wide": ("In a call, 120 columns", lambda: _in_call(LARGE)),
    "calls": ("Three calls", _calls),
    "conference": ("A conference", _conference),
    "in-call-ascii": ("In a call, ASCII signs", lambda: _in_call(glyphs=ASCII)),
    "settings": ("Settings of sound", _settings),
    "help": ("The help", _help),
}


def picture(name: str) -> str:
    """The SVG of a scene."""
    title, scene = SCENES[name]
    urwid.CanvasCache.clear()
    seat = scene()
    try:
        return svg(seat.screen.canvases[-1], f"voip: {title}")
    finally:
        seat.stop()
