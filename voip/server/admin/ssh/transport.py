"""One SSH connection of the admin shell, below what is said on it: packets and keys.

    accepted -> Guests let it in -> versions, key exchange -> KeyLogin -> Sessions

Conch does the protocol; this holds it within bounds: the algorithms of today alone, a deadline for
the login that runs from the first moment, one key exchange before it, small buffers for strangers,
and an end for whoever sends what is no SSH or is not there any more. Output is held back while the
peer does not read, so that the channels can see how much of it there is.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from twisted.conch.ssh.connection import SSHConnection
from twisted.conch.ssh.transport import (
    DISCONNECT_BY_APPLICATION,
    DISCONNECT_PROTOCOL_ERROR,
    DISCONNECT_SERVICE_NOT_AVAILABLE,
    MSG_KEXDH_INIT,
    MSG_NEWKEYS,
    SSHServerTransport,
)
from twisted.internet.interfaces import IDelayedCall, IPushProducer
from twisted.internet.protocol import connectionDone
from twisted.internet.tcp import Server
from twisted.logger import Logger
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.core.deeds import Actor, Deed, Door, Role
from voip.core.limits import blur_address, source_of
from voip.server.admin.ssh.authorized_keys import SIGNATURES
from voip.server.admin.ssh.hush import HushedLogger
from voip.server.audit import DONE, NotRecorded

if TYPE_CHECKING:
    from voip.server.admin.ssh.factory import AdminFactory

LOGIN_SECONDS: Final = 20.0
"""From the first moment on. Somebody who must type a passphrase has this long."""
GOODBYE_SECONDS: Final = 5.0
"""A peer that does not read its goodbye is cut off after these."""
LAST_WORDS_SECONDS: Final = 1.0
"""A client that has shown them leaves by itself, at once."""
STRANGER_BYTES: Final = 32 * 1024
"""What a connection may send in all before it has logged in. A login with the longest keys takes a
third; who sends packets that mean nothing would keep the server, and the relay with it, busy."""
KEEPALIVE_SECONDS: Final = 30.0
SILENCES: Final = 3
"""So many unanswered signs of life are the end."""
NOTES: Final = 10
"""So many refusals on one connection are recorded; by then it is known what it is."""
REFUSALS: Final = 100
"""So many end it."""


_EXCHANGE: Final = range(30, 50)
"""Messages of key exchanges, whatever kind (RFC 4253, 12)."""


@implementer(IPushProducer)
class AdminTransport(SSHServerTransport):
    """``address`` is the peer's, without port; empty for a unix socket."""

    _log = HushedLogger()
    log = Logger()

    version = b"voip"
    ourVersionString = b"SSH-2.0-voip"
    supportedKeyExchanges = [  # noqa: RUF012 - Conch's, as the others
        b"mlkem768x25519-sha256",
        b"curve25519-sha256",
        b"curve25519-sha256@libssh.org",
    ]
    supportedPublicKeys = [b"ssh-ed25519"]  # noqa: RUF012
    supportedCiphers = [b"aes256-ctr", b"aes192-ctr", b"aes128-ctr"]  # noqa: RUF012
    supportedMACs = [b"hmac-sha2-512", b"hmac-sha2-256"]  # noqa: RUF012
    supportedCompressions = [b"none"]  # noqa: RUF012

    factory: "AdminFactory"
    transport: Server

    def __init__(self, factory: "AdminFactory", address: str) -> None:
        self.factory = factory
        self.source = source_of(address)
        self.actor: Actor | None = None
        self.tried: list[str] = []
        """What was tried to log in with, for the audit."""
        self.user = ""
        self._blurred = blur_address(address)
        self._is_counted = False
        self._is_paused = False
        self._is_ending = False
        self._silences = 0
        self._refusals = 0
        self._strange_bytes = 0
        self._expected = 0  # the number of the next message of a key exchange
        self._deadline: IDelayedCall | None = None
        self._sign_of_life: IDelayedCall | None = None

    # coming and going

    def connectionMade(self) -> None:
        refusal = self.factory.guests.enter(self.source, self.factory.clock())
        if refusal:
            self._is_ending = True
            self.note(Deed("ssh connection"), f"refused: {refusal}")
            self.transport.abortConnection()
            return
        self._is_counted = True
        self.factory.connections.add(self)
        if self._blurred:  # a unix socket has no such thing
            self.transport.setTcpNoDelay(True)  # keys are echoed one by one
        self.transport.registerProducer(self, True)
        self._deadline = self.factory.reactor.callLater(LOGIN_SECONDS, self._too_slow)
        super().connectionMade()

    def connectionLost(self, reason: Failure | None = connectionDone) -> None:  # noqa: ARG002
        self._is_ending = True
        for call in (self._deadline, self._sign_of_life):
            if call is not None and call.active():
                call.cancel()
        if not self._is_counted:
            return
        self._is_counted = False
        self.factory.connections.discard(self)
        is_known = self.actor is not None
        self.factory.guests.left(self.source, self.factory.clock(), was_logged_in=is_known)
        if self.service is not None:
            self.service.serviceStopped()
        if self.actor is None:
            tried = f"tried {'; '.join(self.tried)}" if self.tried else "showed no key"
            self.note(Deed("ssh login", self.user, tried), "refused" if self.user else "no login")
        else:
            self.log.info("{who} has left the admin shell", who=self.actor.name)
        self.factory.left()

    def logged_in(self, actor: Actor) -> None:
        """Somebody has proven a key."""
        self.actor = actor
        self.factory.guests.logged_in(self.source)
        if self._deadline is not None and self._deadline.active():
            self._deadline.cancel()
        # Not a note: of those a flood keeps only some.
        recorded = self.factory.audit.begin(actor, Deed("ssh login", self.user))
        recorded.addCallback(lambda deed: self.factory.audit.end(deed, DONE))
        recorded.addErrback(lambda failure: failure.trap(NotRecorded) and None)
        self.log.info(
            "{who} is in the admin shell, as {role}", who=actor.name, role=actor.role.value
        )
        self._sign_of_life = self.factory.reactor.callLater(KEEPALIVE_SECONDS, self._ask_for_life)

    def note(self, deed: Deed, outcome: str) -> None:
        """Record something that was not waited for."""
        actor = self.actor or Actor("", Role.OPERATOR, Door.SSH, self._blurred)
        self.factory.audit.note(actor, deed, outcome)

    def refused(self, deed: Deed) -> None:
        """Something was asked for that there is not here. Who goes on asking is sent away."""
        self._refusals += 1
        if self._refusals <= NOTES:
            self.note(deed, "refused")
        if self._refusals == REFUSALS:
            self.sendDisconnect(DISCONNECT_BY_APPLICATION, b"too much that there is not here")

    @property
    def blurred(self) -> str:
        """The peer's address as it may be kept."""
        return self._blurred

    def sendDisconnect(self, reason: int, desc: bytes) -> None:
        """Say goodbye and close; a peer that does not take it is cut off."""
        if self._is_ending:
            return
        self._is_ending = True
        self.transport.unregisterProducer()  # a paused one would keep the connection open
        super().sendDisconnect(reason, desc)
        self._deadline = self._later(
            self._deadline, GOODBYE_SECONDS, self.transport.abortConnection
        )

    def close(self) -> None:
        """End it, since the server does. Sessions get a moment to end by themselves: what they
        were told last is shown only then."""
        if isinstance(self.service, SSHConnection) and self.service.channels:
            self._deadline = self._later(self._deadline, LAST_WORDS_SECONDS, self._stop)
        else:
            self._stop()

    def _stop(self) -> None:
        self.sendDisconnect(DISCONNECT_BY_APPLICATION, b"the server stops")

    def _later(
        self, call: IDelayedCall | None, seconds: float, do: Callable[[], object]
    ) -> IDelayedCall:
        if call is not None and call.active():
            call.cancel()
        return self.factory.reactor.callLater(seconds, do)

    def _too_slow(self) -> None:
        self.tried.append(f"too slowly, over {LOGIN_SECONDS:.0f} s")
        self.sendDisconnect(DISCONNECT_BY_APPLICATION, b"you took too long to log in")

    # what comes in

    def dataReceived(self, data: bytes) -> None:
        self._silences = 0
        if self._is_ending:
            return
        self._strange_bytes += len(data) if self.actor is None else 0
        if self._strange_bytes > STRANGER_BYTES:
            self.sendDisconnect(DISCONNECT_PROTOCOL_ERROR, b"too much before the login")
            return
        try:
            super().dataReceived(data)
        except Exception as error:  # noqa: BLE001 - whatever a peer sends ends its connection only
            self._cannot_read(error)

    def dispatchMessage(self, messageNum: int, payload: bytes) -> None:
        if self._is_ending:
            return
        is_exchange = messageNum == MSG_NEWKEYS or messageNum in _EXCHANGE
        if is_exchange and not self.ignoreNextPacket:
            # Conch would do an exchange for each of them, asked for or not.
            if messageNum != self._expected:
                self.sendDisconnect(DISCONNECT_PROTOCOL_ERROR, b"not in a key exchange")
                return
            self._expected = MSG_NEWKEYS if messageNum == MSG_KEXDH_INIT else 0
        super().dispatchMessage(messageNum, payload)

    def _cannot_read(self, error: Exception) -> None:
        if self.actor is not None:
            self.log.warn(  # noqa: G010 - Twisted's logger has no other
                "an SSH client of {who} sent what cannot be read: {reason}",
                who=self.actor.name,
                reason=repr(error),
            )
        self.tried.append("what is no SSH")
        self.sendDisconnect(DISCONNECT_PROTOCOL_ERROR, b"this cannot be read")

    def ssh_KEXINIT(self, packet: bytes) -> None:
        if self.sessionID is not None and self.actor is None:
            self.sendDisconnect(DISCONNECT_PROTOCOL_ERROR, b"log in before new keys are made")
            return
        super().ssh_KEXINIT(packet)
        self._expected = MSG_KEXDH_INIT

    def ssh_SERVICE_REQUEST(self, packet: bytes) -> None:
        # Conch would start a login before there are keys, and another in the midst of one.
        if not self.isEncrypted("both") or self.service is not None:
            self.sendDisconnect(DISCONNECT_SERVICE_NOT_AVAILABLE, b"not now")
            return
        super().ssh_SERVICE_REQUEST(packet)

    def sendExtInfo(self, extensions: object) -> None:  # noqa: ARG002
        """Say by which signatures people may log in; Conch would name the host key's alone."""
        names = sorted({name for names in SIGNATURES.values() for name in names})
        super().sendExtInfo([(b"server-sig-algs", ",".join(names).encode("ascii"))])

    # what goes out

    @property
    def is_held(self) -> bool:
        """Whether the peer takes nothing now: it does not read, or new keys are being made."""
        return self._is_paused or self._keyExchangeState != self._KEY_EXCHANGE_NONE

    def pauseProducing(self) -> None:
        self._is_paused = True

    def resumeProducing(self) -> None:
        self._is_paused = False
        self._let_go()

    def stopProducing(self) -> None:
        """The connection is gone; ``connectionLost`` follows."""

    def _newKeys(self) -> None:
        super()._newKeys()
        self._let_go()

    def _let_go(self) -> None:
        if isinstance(self.service, SSHConnection):
            for channel in tuple(self.service.channels.values()):
                channel.let_go()

    def _ask_for_life(self) -> None:
        self._silences += 1
        if self._silences > SILENCES or not isinstance(self.service, SSHConnection):
            self.transport.abortConnection()
            return
        asked = self.service.sendGlobalRequest(b"keepalive@openssh.com", b"", wantReply=1)
        asked.addBoth(lambda _: None)
        self._sign_of_life = self.factory.reactor.callLater(KEEPALIVE_SECONDS, self._ask_for_life)
