"""A sound card where there is none: a private PulseAudio with one headset for each person.

Each person gets what they speak into and what they hear from:

    play() -> NAME_feed (sink) -> NAME_mic (source) -> the client under test
    the client under test -> NAME_ear (sink) -> record()

All of it lives in the folder that is handed in, and the daemon is ended by its process id. Clients
find it by the environment of `environment(name)`, in which the person's headset is the default
device of ALSA. Nothing of the machine's own sound is touched.

The sinks are told `norewinds`, which bounds what they take ahead to 50 ms, as a card's buffer does:
a plain null sink takes two seconds of silence whenever a stream comes, and gives them back late.
"""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voip.media.samples import Samples

RATE = 48_000
PROGRAMS = ("pulseaudio", "pactl", "pacat", "parec")
START_SECONDS = 10.0
CHUNK_MS = 10

_FORMAT = ("--raw", "--format=s16le", f"--rate={RATE}", "--channels=1")


class NoSoundCardError(Exception):
    """PulseAudio can't be started here; the text says why."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, and when its first sample was, in seconds of `time.monotonic`."""

    samples: Samples
    started_at: float


class Recording:
    """A recording that runs, and keeps the time.

    Two recordings start when their sources do, which may be a second apart; only their times tell
    what happened at once. The first sample's time is taken from the chunk that came soonest after
    it was recorded.
    """

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._data = bytearray()
        self._started_at = float("inf")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Return when so much more is recorded; TimeoutError when it stands still."""
        wanted = len(self._data) + round(seconds * RATE) * 2
        deadline = time.monotonic() + seconds + START_SECONDS
        while len(self._data) < wanted:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the recording stands still at {len(self._data)} bytes")
            time.sleep(0.02)

    def stop(self) -> Recorded:
        """End it; what it recorded."""
        self._process.terminate()
        self._thread.join(5)
        whole = len(self._data) - len(self._data) % 2
        samples = np.frombuffer(bytes(self._data[:whole]), dtype=np.int16)
        return Recorded(samples, self._started_at)

    def _read(self) -> None:
        output = self._process.stdout
        assert output is not None
        while chunk := os.read(output.fileno(), RATE):
            self._data += chunk
            recorded = len(self._data) / 2 / RATE
            self._started_at = min(self._started_at, time.monotonic() - recorded)
        output.close()


def hurry(pid: int) -> None:
    """Ask for priority for what is never late in life; measure without it where it is refused.

    Priority belongs to a thread, and each of PulseAudio's sinks is one: whatever runs by now is
    asked for, and threads begun later inherit it.
    """
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setscheduler(int(thread.name), os.SCHED_RR, os.sched_param(30))


class SoundCard:
    """Headsets for `people`; call `start`, and `stop` at the end whatever happened."""

    def __init__(self, folder: Path, people: Sequence[str]) -> None:
        self.folder = folder
        self.people = tuple(people)
        self._socket = folder / "pulse.socket"
        self._daemon: subprocess.Popen[bytes] | None = None
        self._tools: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """Return when the headsets are there; NoSoundCardError when they can't be."""
        missing = [program for program in PROGRAMS if shutil.which(program) is None]
        if missing:
            raise NoSoundCardError(f"not installed: {', '.join(missing)}")
        self._write_configuration()
        command = ["pulseaudio", "-n", "-F", str(self.folder / "default.pa"), "--daemonize=no"]
        command += ["--exit-idle-time=-1", "--disable-shm=yes", "--use-pid-file=no"]
        command += ["--realtime=no", "--high-priority=no", "--log-level=warn"]
        with (self.folder / "pulse.log").open("wb") as log:
            self._daemon = subprocess.Popen(
                command, env=self._tool_environment(), stdout=log, stderr=log
            )
        self._wait()
        hurry(self._daemon.pid)

    def stop(self) -> None:
        """End the daemon and whatever still plays or records."""
        started = [*self._tools, *([self._daemon] if self._daemon else [])]
        for process in started:
            process.terminate()
        for process in started:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def environment(self, person: str) -> dict[str, str]:
        """What to add to the environment of a client whose headset is this person's."""
        return {
            "PULSE_SERVER": f"unix:{self._socket}",
            "PULSE_RUNTIME_PATH": str(self.folder),
            "XDG_RUNTIME_DIR": str(self.folder),
            "XDG_CONFIG_HOME": str(self.folder),
            "ALSA_CONFIG_PATH": str(self.folder / f"{person}.asoundrc"),
            "HOME": str(self.folder),
        }

    def play(self, person: str, wav: Path) -> "subprocess.Popen[bytes]":
        """Let the person say a WAV file of 16 bits, mono; the process ends when it is said."""
        return self._tool(
            "pacat", "--playback", f"--device={person}_feed", "--file-format=wav", str(wav)
        )

    def record(self, source: str) -> Recording:
        """Record a source until `stop` of the recording.

        `NAME_ear.monitor` is what a person hears, `NAME_feed.monitor` what they say.
        """
        latency = f"--latency-msec={CHUNK_MS}"
        process = self._tool(
            "parec", f"--device={source}", latency, *_FORMAT, stdout=subprocess.PIPE
        )
        return Recording(process)

    def _tool(
        self, program: str, *arguments: str, stdout: int = subprocess.DEVNULL
    ) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [program, *arguments], env=self._tool_environment(), stdout=stdout
        )
        hurry(process.pid)
        self._tools.append(process)
        return process

    def _tool_environment(self) -> dict[str, str]:
        return {**os.environ, **self.environment(self.people[0])}

    def _write_configuration(self) -> None:
        lines = [f"load-module module-native-protocol-unix auth-anonymous=1 socket={self._socket}"]
        sample = f"rate={RATE} channels=1 format=s16le"
        for person in self.people:
            lines += [
                f"load-module module-null-sink sink_name={sink} norewinds=1 {sample}"
                for sink in (f"{person}_ear", f"{person}_feed")
            ]
            lines.append(
                f"load-module module-remap-source source_name={person}_mic "
                f"master={person}_feed.monitor"
            )
            self._write_alsa(person)
        (self.folder / "default.pa").write_text("\n".join(lines) + "\n")

    def _write_alsa(self, person: str) -> None:
        """Every headset by its name, and the person's own as the default."""
        text = "".join(
            f'pcm.{name} {{ type pulse device {name} hint {{ show on description "{name}" }} }}\n'
            for each in self.people
            for name in (f"{each}_mic", f"{each}_ear")
        )
        text += (
            f'pcm.!default {{ type asym capture.pcm "{person}_mic" '
            f'playback.pcm "{person}_ear" hint {{ show on description "headset" }} }}\n'
        )
        (self.folder / f"{person}.asoundrc").write_text(text)

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._daemon is None or self._daemon.poll() is not None:
                break
            if self._has_headsets():
                return
            time.sleep(0.05)
        reason = (self.folder / "pulse.log").read_text(errors="replace").strip()
        raise NoSoundCardError(f"PulseAudio does not start: {reason or 'no answer'}")

    def _has_headsets(self) -> bool:
        answer = subprocess.run(
            ["pactl", "list", "short", "sources"],
            env=self._tool_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        return all(f"{person}_mic" in answer.stdout for person in self.people)
