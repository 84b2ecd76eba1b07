"""The client core on this machine: its sockets, its threads, its files and its sound.

Both faces, the screen and JSON, get their client from here, so that they differ in nothing else.
"""

from collections.abc import Callable
from typing import TypeVar, cast

from twisted.internet.base import ReactorBase
from twisted.internet.defer import Deferred
from twisted.internet.endpoints import HostnameEndpoint
from twisted.internet.interfaces import IStreamClientEndpoint
from twisted.internet.threads import deferToThreadPool

from voip.client.address import Address
from voip.client.client import Client
from voip.client.voice.reactor import VoiceReactor
from voip_terminal.options import Options
from voip_terminal.voice import make_engine

T = TypeVar("T")


def client_here(reactor: ReactorBase, options: Options) -> Client:
    """A client that has not connected yet."""

    def endpoint_of(address: Address) -> IStreamClientEndpoint:
        return HostnameEndpoint(reactor, address.host, address.port)

    def in_thread(work: Callable[[], T], /) -> Deferred[T]:
        return deferToThreadPool(reactor, reactor.getThreadPool(), work)

    engine = make_engine(
        cast("VoiceReactor", reactor),
        options.audio_in,
        options.audio_out,
        log=options.data_dir / "voice.log",
    )
    return Client(reactor, options.data_dir, engine, endpoint_of, in_thread)
