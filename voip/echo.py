"""The account ``echo``: it answers every call and says what it hears, a second later.

It is a client like any other that lives in the daemon and reaches it over loopback, so a call to it
goes the whole way: TLS, keys, relay. It deals in packets and never decodes one. As a device talks
in one call at a time, echo has several *lines*, each a device of its own; a call rings on all of
them and the first that is free takes it. The daemon hands in where it listens and the keys; calls
flow through ``voip.client``.
"""

import shutil
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from typing import Final, cast

from twisted.application.service import MultiService, Service
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IDelayedCall, IReactorTime
from twisted.logger import Logger
from twisted.python.failure import Failure

from voip.client.address import Address
from voip.client.client import Client
from voip.client.device_identity import DeviceIdentity, read_identity
from voip.client.dialer import tcp
from voip.client.keyring import Keyring
from voip.client.login import threads_of
from voip.client.model import CallInfo, Change
from voip.client.voice.packet_engine import EchoSpeaker, PacketEngine
from voip.client.voice.reactor import MediaReactor
from voip.config import ListenAddress
from voip.core.calls import DeclineReason, LegState
from voip.core.errors import LocalProtocolError
from voip.core.ids import CallId
from voip.server.certificate import ServerCertificate
from voip.server.daemon import Listening
from voip.server.echo_account import EchoKeys

LONGEST_CALL_SECONDS: Final = 600.0
"""A forgotten call must not keep a line from the others."""


class Echo(MultiService):
    """All lines of the account. ``folder`` is where its clients keep what a client keeps."""

    name = "echo"

    def __init__(self, reactor: IReactorTime, folder: Path, listening: Listening) -> None:
        MultiService.__init__(self)
        self._taken: set[CallId] = set()
        address = reachable(listening.address)
        where = Address(address.host, address.port)
        for number, keys in enumerate(listening.echo, 1):
            home = folder / f"line-{number}"
            line = EchoLine(reactor, home, where, identity_of(keys), self._taken)
            line.expect(listening.tls.certificate)
            listening.tls.on_change(line.expect)
            MultiService.addService(self, line)


class EchoLine(Service):
    """One device of the account. ``taken`` are the calls that some line has answered."""

    log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        folder: Path,
        address: Address,
        identity: DeviceIdentity,
        taken: set[CallId],
    ) -> None:
        self._reactor = reactor
        self._address = address
        self._identity = identity
        self._taken = taken
        self._limits: dict[CallId, IDelayedCall] = {}
        media_reactor = cast("MediaReactor", reactor)
        voice = PacketEngine(media_reactor, lambda say: EchoSpeaker(media_reactor, say))
        # Who called once is nobody echo has to know again.
        shutil.rmtree(folder, ignore_errors=True)
        Keyring(folder, address).keep(identity)
        self._client = Client(
            reactor,
            folder,
            voice,
            tcp(reactor),
            threads_of(reactor),
            device_name=identity.name,
        )

    def expect(self, certificate: ServerCertificate) -> None:
        """The key that the server shows from now on: nobody need ask a person about it."""
        self._client.accept_new_pin(self._address.key, certificate.pin)

    def startService(self) -> None:
        Service.startService(self)
        self._client.watch(self._changed)
        Deferred.fromCoroutine(self._log_in()).addErrback(self._failed)

    def stopService(self) -> Deferred[None]:
        Service.stopService(self)
        self._forget_limits_but(())
        return self._client.close()

    async def _log_in(self) -> None:
        await self._client.connect(self._address.key)
        await self._client.login_with_device(self._identity.username)

    def _failed(self, failure: Failure) -> None:
        if self.running:
            self.log.failure("echo cannot be called", failure)

    def _not_answered(self, failure: Failure) -> None:
        """The caller was faster, or the line broke: nothing is lost but that call."""
        self.log.debug("echo: {reason}", reason=failure.getErrorMessage())

    def _changed(self, change: Change) -> None:
        if change & Change.CALLS:
            calls = self._client.model.calls
            self._forget_limits_but(calls)
            for call in calls:
                if call.is_incoming and call.state is LegState.RINGING:
                    self._ring(call.call_id)
                elif call.state is LegState.ACTIVE and not call.peers:
                    self._hang_up(call.call_id)  # a conference that everybody else has left

    def _ring(self, call_id: CallId) -> None:
        if call_id in self._taken:
            return  # another line has it
        if self._limits:  # this line is engaged: a person could answer a second call, echo does not
            busy = self._client.decline(call_id, DeclineReason.BUSY)
            busy.addErrback(self._not_answered)
            return
        self._taken.add(call_id)
        self._limits[call_id] = self._reactor.callLater(
            LONGEST_CALL_SECONDS, self._hang_up, call_id
        )
        self._client.accept(call_id).addErrback(self._not_answered)

    def _hang_up(self, call_id: CallId) -> None:
        self._client.hang_up(call_id).addErrback(self._not_answered)

    def _forget_limits_but(self, calls: Sequence[CallInfo]) -> None:
        live = {call.call_id for call in calls}
        for call_id in [each for each in self._limits if each not in live]:
            limit = self._limits.pop(call_id)
            self._taken.discard(call_id)
            if limit.active():
                limit.cancel()


def identity_of(keys: EchoKeys) -> DeviceIdentity:
    """A line's device as a client knows its own."""
    identity = read_identity(keys.username, keys.device_name, keys.certificate, keys.device_private)
    if identity is None:
        raise LocalProtocolError("echo's certificate is not of its device")
    return identity


def reachable(address: ListenAddress) -> ListenAddress:
    """Where a client on this machine finds a server that listens on ``address``."""
    try:
        listens_on = ip_address(address.host)
    except ValueError:
        return address
    if not listens_on.is_unspecified:
        return address
    return ListenAddress("127.0.0.1" if listens_on.version == 4 else "::1", address.port)
