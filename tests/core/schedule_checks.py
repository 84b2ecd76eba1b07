"""What must hold of the server and of phones, after every step of a schedule and at rest."""

from collections.abc import Iterable, Mapping

from tests.core.people_lab import device_id
from tests.core.schedule_device import SHOWN_AS, Device
from voip.core.calls import JOINED, CallView, LegState, LegView
from voip.core.ids import CallId, SessionId, StreamId
from voip.core.phone_words import PhoneCallState

Stream = tuple[SessionId, StreamId]

_BUSY = (LegState.DIALING, LegState.ACTIVE)


def check_agreement(devices: Iterable[Device], calls: tuple[CallView, ...]) -> None:
    """Server and phones see the same calls, each leg where it stands, with all of it."""
    for device in devices:
        shown = {call.call_id: call for call in device.phone.calls()}
        known = {view.call_id: (view, leg) for view in calls for leg in _own_live(device, view)}
        assert shown.keys() == known.keys()
        for number, (view, leg) in known.items():
            call = shown[number]
            assert call.view is not None
            assert call.state in SHOWN_AS[leg.state]
            assert _live(call.view) == _live(view)
            assert (number in device.ringing) == (call.state is PhoneCallState.RINGING)
            assert (device.microphone == number) == (leg.state is LegState.ACTIVE)


def check_microphones(devices: Iterable[Device]) -> None:
    """A microphone is open in a talk and in no other call."""
    for device in devices:
        talking = [
            call.call_id for call in device.phone.calls() if call.state is PhoneCallState.TALKING
        ]
        assert talking == ([] if device.microphone is None else [device.microphone])


def check_answers(calls: tuple[CallView, ...], merged: set[CallId]) -> None:
    """Nobody answers twice, a device dials or talks in one call, a conference has one host."""
    engaged: list[bytes] = []
    for view in calls:
        joined = [leg.username for leg in view.legs if leg.state in JOINED]
        assert len(joined) == len(set(joined)) or view.call_id in merged
        assert view.is_conference or len(joined) in (0, 2)
        assert view.is_conference or view.call_id not in merged
        engaged += [leg.device for leg in view.legs if leg.state in _BUSY]
        assert sum(leg.is_host for leg in _live(view)) == view.is_conference
    assert len(engaged) == len(set(engaged))


def check_streams(
    calls: tuple[CallView, ...],
    names: Mapping[SessionId, str],
    streams: Mapping[Stream, tuple[SessionId, ...]],
    shut: set[Stream],
) -> None:
    """Who is active hears, of the others in the call, who is active and not muted; so what is held
    or muted reaches nobody. ``names`` are those of the sessions' devices."""
    devices = {session: device_id(name) for session, name in names.items()}
    expected, silent = {}, set()
    for view in calls:
        joined = [leg for leg in view.legs if leg.state in JOINED]
        for leg in (one for one in joined if not one.is_listener):
            hearing = {
                one.device for one in joined if one is not leg and one.state is LegState.ACTIVE
            }
            if hearing:
                expected[leg.device, leg.stream] = hearing
            if leg.is_muted or leg.state is LegState.HELD:
                silent.add((leg.device, leg.stream))
    flowing = {
        (devices[sender], stream): {devices[one] for one in receivers}
        for (sender, stream), receivers in streams.items()
    }
    assert flowing == expected
    assert {(devices[sender], stream) for sender, stream in shut} == silent


def _own_live(device: Device, view: CallView) -> list[LegView]:
    leg = view.leg_of(device_id(device.name))
    return [] if leg is None or leg.state is LegState.LEFT else [leg]


def _live(view: CallView) -> tuple[LegView, ...]:
    return tuple(leg for leg in view.legs if leg.state is not LegState.LEFT)
