"""Which voice engine a client gets for what it was told to hear with and to play on.

Knows the words of `--audio-in` and `--audio-out` and where engines run: files and silence in this
process, a sound card in a process of its own, so that a busy screen can't be heard. It opens no
device and loads no sound library; the engine does that when a call is answered.
"""

import sys
from pathlib import Path

from voip.client.voice.commands import UseDevices, VoiceEngine
from voip.client.voice.device_words import MICROPHONE, SPEAKER, is_card
from voip.client.voice.reactor import VoiceReactor

# -P: a module of the same name in the folder one happens to stand in is not run instead.
_PYTHON = (sys.executable, "-P", "-m")
_ENGINE = "voip.client.voice.voice_process"
_DEVICES = "voip_terminal.devices.pyaudio_device:open_devices"


def make_engine(
    reactor: VoiceReactor,
    audio_in: str = MICROPHONE,
    audio_out: str = SPEAKER,
    *,
    log: Path | None = None,
    interface: str = "",
) -> VoiceEngine:
    """Make the engine for these words. No device is opened before a call is answered.

    `audio_in` is `mic`, `mic:NAME`, `silence` or the path of a WAV file to speak; `audio_out` is
    `speaker`, `speaker:NAME`, `null` or the path of a WAV file to write. `log` takes what sound
    libraries print (nothing keeps it when None). `interface` is the local address to send from.
    """
    if is_card(audio_in, MICROPHONE) or is_card(audio_out, SPEAKER):
        from voip.client.voice.process_engine import ProcessVoiceEngine

        argv = (*_PYTHON, _ENGINE, _DEVICES, audio_in, audio_out, interface, str(log or ""))
        return ProcessVoiceEngine(reactor, argv)
    from voip.client.voice.devices import plain_devices
    from voip.client.voice.engine import LocalVoiceEngine

    words = UseDevices(audio_in, audio_out)
    return LocalVoiceEngine(reactor, plain_devices(), words, interface=interface)
