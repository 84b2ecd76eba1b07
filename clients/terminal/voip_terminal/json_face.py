"""``voip json``: the whole client as JSON lines, for programs, screen readers, bots and tests.

A line of bytes flows in and is one command; every command has exactly one answer, in the order in
which they are done. Events flow out by themselves. Nothing else is ever written. What there is to
say is ``json_face_words``' table; the words about one subject are carried out by a module of their
own.
"""

import json
import platform
import sys
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Protocol as Typed
from typing import cast

from twisted.internet import stdio
from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.model import Change, ClientError, Controller, LinkError
from voip.client.voice.commands import UseDevices
from voip.core.errors import ErrorCode
from voip_terminal.beginning import address_for, devices_for, settings_for
from voip_terminal.json_face_account import AccountWords
from voip_terminal.json_face_calls import CallWords
from voip_terminal.json_face_events import Events
from voip_terminal.json_face_people import PeopleWords
from voip_terminal.json_face_settings import SettingWords
from voip_terminal.json_face_shapes import figures_shape, in_use_shape, refusal_shape
from voip_terminal.json_face_sound import SoundWords
from voip_terminal.json_face_words import VERBS, Json, problem_of
from voip_terminal.options import Options
from voip_terminal.settings.service import Settings
from voip_terminal.sound_settings import SoundSettings

MAX_LINE_BYTES = 64 * 1024
BAD_REQUEST: Json = {"error": ErrorCode.BAD_REQUEST.name}
FACE_WORDS = ("info", "quit")
"""The words about the face itself; chapters carry out the rest."""


class Chapter(Typed):
    """The words about one subject."""

    @property
    def words(self) -> Collection[str]: ...

    async def do(self, word: str, command: Json) -> Json:
        """Carry a word out; what the answer holds beside ``id`` and ``ok``."""


def chapters(
    controller: Controller,
    settings: Settings,
    sound: SoundSettings,
    clock: IReactorTime,
    write: Callable[[Json], None],
) -> tuple[Chapter, ...]:
    """Who carries out what is not about the face itself."""
    return (
        AccountWords(controller),
        PeopleWords(controller),
        CallWords(controller),
        SettingWords(settings),
        SoundWords(controller, settings, sound, clock, write),
    )


@dataclass(frozen=True, slots=True)
class About:
    """What ``info`` tells of the program itself."""

    engine: str
    opus: str
    versions: Mapping[str, str]


class JsonFace:
    """The commands. ``line_out`` takes a line without its end; ``quit`` is called once, last."""

    _log = Logger()

    def __init__(
        self,
        controller: Controller,
        settings: Settings,
        devices: UseDevices,
        address: str,
        clock: IReactorTime,
        monotonic: Callable[[], float],
        line_out: Callable[[str], None],
        about: About,
        quit: Callable[[], None],  # noqa: A002 - the word of the command
    ) -> None:
        self._controller = controller
        self._address = address
        self._line_out = line_out
        self._about = about
        self._quit = quit
        self._is_over = False
        self._events = Events(controller, clock, monotonic, self._write)
        self._sound = SoundSettings(controller, settings, devices)
        words = chapters(controller, settings, self._sound, clock, self._write)
        self._carry = {word: each.do for each in words for word in each.words}
        controller.watch(self._changed)

    def start(self) -> None:
        """Connect to the server; an event tells what came of it."""
        connecting = self._controller.connect(self._address)
        connecting.addCallbacks(lambda _: None, self._not_connected)

    def _changed(self, change: Change) -> None:
        if change & (Change.CONNECTION | Change.ME):
            self._sound.follow()
        self._events.changed(change)

    def line_in(self, line: bytes) -> None:
        """Carry out one line."""
        if not line.strip() or self._is_over:
            return
        try:
            command = json.loads(line)
        except (ValueError, RecursionError):
            command = None
        if not isinstance(command, dict):
            self._write({"id": None, "ok": False} | BAD_REQUEST)
            return
        number = command.get("id")
        do = command.get("do")
        if not isinstance(do, str) or do not in VERBS:
            self._write({"id": number, "ok": False} | BAD_REQUEST | {"field": "do"})
            return
        problem = problem_of(command)
        if problem:
            self._write({"id": number, "ok": False} | BAD_REQUEST | {"field": problem})
            return
        Deferred.fromCoroutine(self._answer(number, do, command))

    async def _answer(self, number: object, do: str, command: Json) -> None:
        try:
            answer = {"ok": True} | await self._do(do, command)
        except (ClientError, LinkError) as refused:
            answer = {"ok": False} | refusal_shape(refused)
        except Exception:  # noqa: BLE001 - the edge: a bug of ours ends one command
            self._log.failure("a command failed")
            answer = {"ok": False, "error": ErrorCode.INTERNAL.name}
        self._write({"id": number} | answer)
        if do == "quit":
            self.end()

    def too_long(self) -> None:
        """A line came that is longer than any command."""
        self._write({"id": None, "ok": False} | BAD_REQUEST)

    def end(self) -> None:
        """Nobody commands any more."""
        if not self._is_over:
            self._is_over = True
            self._events.stop()
            self._sound.stop()
            self._quit()

    def _write(self, said: Json) -> None:
        if not self._is_over:
            self._line_out(json.dumps(said, ensure_ascii=False, separators=(",", ":")))

    def _not_connected(self, failure: Failure) -> None:
        error = failure.value
        if isinstance(error, LinkError):
            self._events.not_connected(error)
        elif isinstance(error, ClientError):  # of the file of known servers
            self._write({"event": "disconnected"} | refusal_shape(error))
        else:
            self._log.failure("connecting failed", failure)

    # ---- the verbs -----------------------------------------------------------------------------

    async def _do(self, do: str, command: Json) -> Json:
        match do:
            case "quit":
                return {}
            case "info":
                return self._info()
            case _:
                return await self._carry[do](do, command)

    def _info(self) -> Json:
        model, events = self._controller.model, self._events
        figures = next((call.figures for call in model.calls if call.figures is not None), None)
        if figures is None and model.last_ended is not None:
            figures = model.last_ended.figures
        server = model.connection.server
        trouble = model.audio.trouble
        return {
            "versions": dict(self._about.versions),
            "opus": self._about.opus,
            "engine": self._about.engine,
            "server": server.name if server is not None else None,
            "account": model.me.username if model.me is not None else None,
            "accounts": list(self._controller.known_accounts(self._address)),
            "link": model.connection.link.value,
            "devices": in_use_shape(model.audio.devices),
            "trouble": trouble.name if trouble is not None else None,
            "figures": figures_shape(figures),
            "answered_at": events.answered_at,
        }


class JsonLines(Protocol):
    """Cuts what comes from stdin into lines; a line without end costs a bounded amount."""

    def __init__(self, face: JsonFace) -> None:
        self._face = face
        self._rest = b""
        self._is_too_long = False

    def dataReceived(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            if self._is_too_long or len(line) > MAX_LINE_BYTES:
                self._is_too_long = False
                self._face.too_long()
            else:
                self._face.line_in(line)
        if len(self._rest) > MAX_LINE_BYTES:
            self._rest, self._is_too_long = b"", True

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        self._face.end()


class _Writes(Typed):
    def write(self, data: bytes) -> None: ...


def run_json(reactor: ReactorBase, options: Options) -> int:
    """Run ``voip json`` until ``quit``, the end of stdin, or a signal; the exit code."""
    from voip_terminal.one_run import close, make_client

    settings = settings_for(options)
    for trouble in settings.troubles:
        sys.stderr.write(f"voip: {trouble}\n")
    devices = devices_for(options, settings)
    client, engine = make_client(reactor, options, settings, devices)

    def line_out(line: str) -> None:
        # a lone surrogate of a strange locale must not end the face
        out.write(line.encode("utf-8", "replace") + b"\n")

    def stop() -> None:
        if reactor.running:
            reactor.stop()

    about = About(type(engine).__name__, _opus_version(), _versions())
    clock = cast("IReactorTime", reactor)
    address = address_for(options, settings.current.network)
    face = JsonFace(
        client, settings, devices, address, clock, time.monotonic, line_out, about, stop
    )
    out = cast("_Writes", stdio.StandardIO(JsonLines(face), reactor=reactor))
    reactor.addSystemEventTrigger("before", "shutdown", close, client, clock)
    reactor.callWhenRunning(face.start)
    reactor.run()
    return 0


def _versions() -> Mapping[str, str]:
    known = {"python": platform.python_version()}
    for name in ("voip", "voip-terminal", "Twisted", "cryptography"):
        try:
            known[name.lower()] = metadata.version(name)
        except metadata.PackageNotFoundError:
            known[name.lower()] = ""  # run from a checkout
    return known


def _opus_version() -> str:
    from opuslib_next.api.info import get_version_string

    version = get_version_string()
    return opus_name(version.decode("ascii", "replace"))


def opus_name(told: str) -> str:
    """The library as it calls itself; some were built without knowing their version."""
    return told.removesuffix(" unknown")
