"""The people of the conference bench: real client cores, each with its own login, keys and calls.

What differs is their voice. The two who are measured have theirs in a process (`conference_voice`);
the others, and the listeners, deal in packets within this one, which must be cheap: they open one
in ten of those they get, and count them all.
"""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.python.failure import Failure

from bench.conference_voice import SOFT, Voice
from voip.client.client import Client
from voip.client.dialer import tcp
from voip.client.login import threads_of
from voip.client.model import CallInfo, Change
from voip.client.voice.commands import VoiceEngine
from voip.client.voice.packet_engine import Packet, PacketEngine
from voip.client.voice.process_engine import ProcessVoiceEngine
from voip.client.voice.reactor import MediaReactor, ProcessReactor
from voip.core.calls import EndReason, LegState
from voip.core.ids import CallId, StreamId

PASSWORD: Final = "correct horse battery"
OPENED_OF: Final = 10
_SPEECH_BYTES: Final = 100
"""Longer datagrams carry speech; all others, such as path checks, are opened."""


class CountingEngine(PacketEngine):
    """Counts the datagrams of speech that come, and opens some."""

    got = 0

    def _datagram_received(self, data: bytes) -> None:
        if len(data) > _SPEECH_BYTES:
            self.got += 1
            if self.got % OPENED_OF and self.got > OPENED_OF:
                return
        super()._datagram_received(data)


class SoftVoice(Voice):
    """Somebody who does not speak, in a room that is not silent; tells when it hears somebody."""

    def __init__(self, say: Callable[[Packet], None], first_heard: Callable[[], None]) -> None:
        super().__init__(say, SOFT)
        self._first_heard = first_heard
        self._has_heard = False

    def heard(self, stream: StreamId, packet: Packet) -> None:  # noqa: ARG002 - anybody will do
        """The first word of a call is told."""
        if not self._has_heard:
            self._has_heard = True
            self._first_heard()


class Person:
    """One client with its account. It accepts every call."""

    def __init__(self, clock: IReactorTime, name: str, home: Path) -> None:
        self.name = name
        self.answered_at = 0.0
        self._answered: CallId | None = None
        self._ended: CallId | None = None
        self.hears: Deferred[float] = Deferred()
        """Fires with the seconds from the answer to the first word that is heard."""
        self.talks: Deferred[None] = Deferred()
        self.client = Client(
            clock,
            home / name,
            self._engine(clock, home / name),
            tcp(clock),
            threads_of(clock),
            device_name="bench",
        )
        self.client.watch(self._changed)

    def _engine(self, clock: IReactorTime, home: Path) -> VoiceEngine:  # noqa: ARG002 - others do
        self.engine = CountingEngine(cast("MediaReactor", clock), self._make_voice)
        self.voice: SoftVoice | None = None
        return self.engine

    def _make_voice(self, say: Callable[[Packet], None]) -> SoftVoice:
        self.voice = SoftVoice(say, self._first_heard)
        return self.voice

    async def sign_up(self, address: str) -> None:
        """Connect, register and log in."""
        await self.client.connect(address)
        await self.client.register(self.name, self.name, PASSWORD)

    def expect_call(self) -> None:
        """Be ready for the next call."""
        self.talks, self.hears = Deferred(), Deferred()

    @property
    def call(self) -> CallInfo | None:
        """The call that is on."""
        calls = [call for call in self.client.model.calls if call.state is LegState.ACTIVE]
        return calls[0] if calls else None

    @property
    def said(self) -> int:
        """Packets of the call that is on, or of the last."""
        return self.voice.said if self.voice is not None else 0

    @property
    def got(self) -> int:
        """Datagrams of speech since the start."""
        return self.engine.got

    def _first_heard(self) -> None:
        if not self.hears.called:
            self.hears.callback(time.monotonic() - self.answered_at)

    def _changed(self, change: Change) -> None:
        if change & Change.CALLS:
            for call in self.client.model.calls:
                self._follow(call)
            self._tell_end(self.client.model.last_ended)

    def _tell_end(self, call: CallInfo | None) -> None:
        """An end that nobody wished for is worth a line."""
        if call is None or call.call_id == self._ended:
            return
        self._ended = call.call_id
        if call.end_reason is not EndReason.HANGUP:
            reason = call.end_reason.value if call.end_reason is not None else "?"
            sys.stderr.write(f"bench-conference: the call of {self.name} ended: {reason}\n")

    def _follow(self, call: CallInfo) -> None:
        is_new = call.call_id != self._answered
        if call.is_incoming and call.state is LegState.RINGING and is_new:
            self._answered = call.call_id
            self.answered_at = time.monotonic()
            self.client.accept(call.call_id).addErrback(_not_answered)
        elif call.state is LegState.ACTIVE and not self.talks.called:
            self.talks.callback(None)


class MeasuredPerson(Person):
    """One whose voice is a process of its own and loud."""

    def _engine(self, clock: IReactorTime, home: Path) -> VoiceEngine:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        argv: Sequence[str] = (sys.executable, "-m", "bench.conference_voice", str(home))
        return ProcessVoiceEngine(cast("ProcessReactor", clock), argv)

    @property
    def said(self) -> int:
        """Known by its process alone."""
        return 0

    @property
    def got(self) -> int:
        """Known by its process alone."""
        return 0


def _not_answered(failure: Failure) -> None:
    """The call is over by then, or the server is."""
    sys.stderr.write(f"bench-conference: not answered: {failure.getErrorMessage()}\n")
