"""The client core of one run, whichever face stands before it: made with its voice, let go in time.

It knows which files of the data directory the voice engine writes to, and how long the server gets
to hear a goodbye. What a face does in between is its own.
"""

from typing import cast

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime

from voip.client.client import Client
from voip.client.model import Controller
from voip.client.voice.commands import UseDevices, VoiceEngine
from voip.client.voice.reactor import VoiceReactor
from voip_terminal.options import Options
from voip_terminal.settings.applied import apply_network
from voip_terminal.settings.service import Settings
from voip_terminal.voice import make_engine

CLOSING_SECONDS = 3.0
"""How long the server gets to hear a goodbye."""


def make_client(
    reactor: ReactorBase, options: Options, settings: Settings, devices: UseDevices
) -> tuple[Client, VoiceEngine]:
    """A client core that is not connected yet, and the engine that it commands."""
    engine = make_engine(
        cast("VoiceReactor", reactor),
        devices.audio_in,
        devices.audio_out,
        log=options.data_dir / "voice.log",
    )
    apply_network(settings, engine)
    return Client(cast("IReactorTime", reactor), options.data_dir, engine), engine


def close(client: Controller, clock: IReactorTime) -> Deferred[None]:
    """Hang up and say goodbye, but not for ever; it never fails."""
    return client.close().addTimeout(CLOSING_SECONDS, clock).addErrback(lambda _: None)
