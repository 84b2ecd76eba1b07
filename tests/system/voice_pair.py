"""Two voice processes that talk through a real relay on loopback, for tests and benchmarks.

    python -m tests.system.voice_pair SECONDS DEVICES A_IN A_OUT B_IN B_OUT

Plays the part of server and client core: it opens the legs, hands out paths and keys, starts and
ends the call. Prints one JSON object at the end: what either engine last told, what the processes
cost, and every trouble that was told.
"""

import json
import resource
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import cast

from twisted.internet.posixbase import PosixReactorBase

from voip.client.voice.commands import (
    CallFigures,
    DevicesInUse,
    Levels,
    PathUp,
    ReceiveKey,
    SendKey,
    StartTalking,
    StopTalking,
    Trouble,
    UsePath,
    VoiceReport,
)
from voip.client.voice.process_engine import ProcessVoiceEngine
from voip.core.ids import CallId, Cid, StreamId
from voip.core.media_config import MediaConfig, MediaSuite
from voip.server.relay.python_engine import PythonRelay
from voip.server.relay.sockets import listen
from voip.wire.datagram import MediaKeys, Suite

HOST = "127.0.0.1"
START_SECONDS = 2.0
CALL = CallId(b"sixteen bytes id")
CONNECT_SECONDS = 10.0


class Talker:
    """One engine and what it told."""

    def __init__(self, reactor: PosixReactorBase, number: int, words: tuple[str, str, str]) -> None:
        self.cid, self.stream = Cid(number), StreamId(number)
        self.base_key = secrets.token_bytes(32)
        self.keys_up = MediaKeys.generate(Suite.AES_128_GCM, secrets.token_bytes)
        self.keys_down = MediaKeys.generate(Suite.AES_128_GCM, secrets.token_bytes)
        program = (sys.executable, "-P", "-m", "voip.client.voice.voice_process")
        self.engine = ProcessVoiceEngine(reactor, (*program, *words, "", ""))
        self.engine.listen(self._told)
        self.is_up = False
        self.troubles: list[str] = []
        self.figures: CallFigures | None = None
        self.devices: DevicesInUse | None = None

    def media(self, port: int) -> MediaConfig:
        """The path that a server would hand out."""
        up, down = self.keys_up, self.keys_down
        suite = MediaSuite(up.suite.value)
        return MediaConfig(
            "", port, self.cid, suite, up.key, up.iv, down.key, down.iv, 15, max_datagram_bytes=1200
        )

    def summary(self) -> dict[str, object]:
        """What there is to say about this side."""
        figures = None if self.figures is None else asdict(self.figures)
        if figures is not None:
            del figures["call_id"]
        devices = None if self.devices is None else asdict(self.devices)
        return {"troubles": self.troubles, "devices": devices, "figures": figures}

    def resident_mb(self) -> float:
        """What the engine's process holds of memory now; 0 where the system does not tell."""
        process = self.engine._process
        transport = process.transport if process else None
        status = Path(f"/proc/{transport.pid if transport else 0}/status")
        if not status.is_file():
            return 0.0
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def _told(self, report: VoiceReport) -> None:
        match report:
            case PathUp():
                self.is_up = True
            case Trouble(what, detail):
                self.troubles.append(f"{what.value} {detail}")
            case CallFigures():
                self.figures = report
            case DevicesInUse():
                self.devices = report
            case Levels():
                pass


class Pair:
    """The two talkers, and the relay between them."""

    def __init__(self, reactor: PosixReactorBase, talkers: tuple[Talker, Talker]) -> None:
        self._reactor = reactor
        self._talkers = talkers
        socket = listen(HOST, 0)
        self._port = int(socket.getsockname()[1])
        self._relay = PythonRelay(
            socket, reactor, time.monotonic, secrets.token_bytes, lambda _event: None
        )

    def connect(self, then: Callable[[], None]) -> None:
        """Open the legs, hand out the paths, go on when both engines have an answer on theirs."""
        self._relay.start()
        for talker in self._talkers:
            self._relay.open_leg(talker.cid, talker.keys_up, talker.keys_down)
        for talker, other in self._both():
            self._relay.set_receivers(talker.cid, talker.stream, [other.cid])
            talker.engine.command(UsePath(talker.media(self._port), HOST))
        self._wait(time.monotonic() + CONNECT_SECONDS, then)

    def talk(self) -> None:
        """The call is answered."""
        for talker, other in self._both():
            talker.engine.command(StartTalking(CALL, talker.stream))
            talker.engine.command(ReceiveKey(CALL, other.stream, 0, other.base_key))
            talker.engine.command(SendKey(CALL, 0, talker.base_key))

    def hang_up(self) -> None:
        """The call is over, and so are the engines."""
        for talker in self._talkers:
            talker.engine.command(StopTalking(CALL))
            talker.engine.close()

    def stop(self) -> None:
        """End the relay."""
        self._relay.stop()

    def _both(self) -> tuple[tuple[Talker, Talker], tuple[Talker, Talker]]:
        a, b = self._talkers
        return (a, b), (b, a)

    def _wait(self, until: float, then: Callable[[], None]) -> None:
        if all(talker.is_up for talker in self._talkers) or time.monotonic() > until:
            then()
        else:
            self._reactor.callLater(0.02, self._wait, until, then)


def run(seconds: float, words: tuple[tuple[str, str, str], tuple[str, str, str]]) -> object:
    """Talk for so long; the answer can be said in JSON."""
    from twisted.internet import reactor as installed  # noqa: TID251 - this is a program

    reactor = cast("PosixReactorBase", installed)
    talkers = Talker(reactor, 1, words[0]), Talker(reactor, 2, words[1])
    pair = Pair(reactor, talkers)
    resident: list[float] = []

    def talk() -> None:
        pair.talk()
        reactor.callLater(seconds, hang_up)

    def hang_up() -> None:
        resident.extend(talker.resident_mb() for talker in talkers)
        pair.hang_up()
        reactor.callLater(1.0, reactor.stop)

    reactor.callWhenRunning(pair.connect, talk)
    reactor.run()
    pair.stop()
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "talkers": [talker.summary() for talker in talkers],
        "children_cpu_seconds": spent.ru_utime + spent.ru_stime,
        "child_rss_mb": max(resident, default=0.0),
        "seconds": seconds,
    }


def main() -> None:
    """Take the words of the command line."""
    seconds, devices, a_in, a_out, b_in, b_out = sys.argv[1:]
    words = (devices, a_in, a_out), (devices, b_in, b_out)
    json.dump(run(float(seconds), words), sys.stdout)


if __name__ == "__main__":
    main()
