"""The control connection on the server: bytes of a TLS transport to requests, answers to bytes.

A thin Twisted protocol around ``FrameReader``, the codec and a ``Conversation``, made by the
entrance once TLS is up. It keeps what a socket needs keeping: the time to log in, the silence after
which a client is lost, and a reader too slow to be worth its memory. When a notice leaves is for
``Deliveries`` to say. A peer that breaks the rules is told so where that is possible, stands in the
log once, and is closed.
"""

from collections.abc import Callable, Iterator
from enum import Enum, unique
from typing import Final, assert_never

from twisted.internet.interfaces import IPushProducer, IReactorTime
from twisted.internet.protocol import Protocol, connectionDone
from twisted.logger import Logger
from twisted.protocols.tls import TLSMemoryBIOProtocol
from twisted.python.failure import Failure
from zope.interface import implementer

from voip.core.errors import ErrorCode, Refusal, RemoteProtocolError
from voip.core.limits import TokenBucket, blur_address
from voip.core.messages import Answer, Notice
from voip.server.certificate import channel_binding
from voip.server.conversation import Conversation
from voip.server.deliveries import Deliveries, Outbox
from voip.server.premises import Premises
from voip.server.strangers import Guest
from voip.server.timers import Timers
from voip.wire.codec import BadFrame, decode_client, encode_answer
from voip.wire.framing import FrameReader, frame

# After this a peer that does not read its goodbye, or does not close its side, is cut off.
CLOSING_SECONDS: Final = 2.0
SILENT_PERIODS: Final = 3
RETRY_CROWDED_MS: Final = 1000
# Every frame costs work, a refusal too. What one client sends beyond this waits in its own queue.
FRAMES_PER_SECOND: Final = 100.0
FRAMES_AT_ONCE: Final = 400.0
FLOOD_PAUSE_SECONDS: Final = 0.25


@unique
class Patience(Enum):
    """What a connection waits for only so long."""

    LOGIN = "login"
    SIGN_OF_LIFE = "sign of life"
    READER = "reader"
    GOODBYE = "goodbye"
    FLOOD = "flood"


@implementer(IPushProducer)
class ControlProtocol(Protocol):
    """One control connection; its transport is TLS that is up. ``address`` is the peer's, without
    port; ``opened_at`` is when TCP was."""

    log = Logger()
    transport: TLSMemoryBIOProtocol

    def __init__(
        self,
        premises: Premises,
        reactor: IReactorTime,
        clock: Callable[[], float],
        deliveries: Deliveries,
        address: str,
        guest: Guest,
        opened_at: float,
    ) -> None:
        self._premises = premises
        self._outbox = Outbox(deliveries, self._write)
        self._clock = clock
        self._limits = premises.limits
        self._address = address
        self._guest = guest
        self._opened_at = opened_at
        self._frames = FrameReader(self._limits.frame_bytes_before_login)
        self._allowance = TokenBucket(FRAMES_PER_SECOND, FRAMES_AT_ONCE)
        self._timers = Timers[Patience](reactor, self._impatient)
        self._conversation: Conversation | None = None
        self._is_closing = False
        self._is_paused = False
        self._is_full = False

    # What Twisted calls.

    def connectionMade(self) -> None:
        """TLS is up: the conversation can begin."""
        left = self._opened_at + self._limits.login_deadline_seconds - self._clock()
        self._timers.start(Patience.LOGIN, max(0.0, left))
        self.transport.registerProducer(self, True)
        if self._guest.is_crowded:
            self._warn("too many connections that have not logged in")
            self._premises.meters.refused(ErrorCode.RATE_LIMITED)
            refusal = Refusal(ErrorCode.RATE_LIMITED, retry_after_ms=RETRY_CROWDED_MS)
            self.send_answer(0, refusal)
            self.close()
            return
        self._conversation = Conversation(
            self._premises,
            self,
            self._address,
            channel_binding(self.transport),
        )

    def dataReceived(self, data: bytes) -> None:
        conversation = self._conversation
        if conversation is None or self._is_closing:
            return
        if not self._guest.is_stranger:
            self._expect_life()
        frames = self._frames.receive(data)
        if not self._is_paused:
            self._take(conversation, frames)

    def connectionLost(self, reason: Failure = connectionDone) -> None:  # noqa: ARG002
        self._frames.close()
        self._outbox.drop()
        self._timers.stop_all()
        if self._conversation is not None:
            self._conversation.lost()

    def pauseProducing(self) -> None:
        """The peer reads nothing: its queue may grow only so long, and by little."""
        self._is_full = True
        self._timers.start(Patience.READER, self._limits.paused_reader_seconds)

    def resumeProducing(self) -> None:
        self._is_full = False
        self._timers.stop(Patience.READER)

    def stopProducing(self) -> None:
        """The transport is gone; ``connectionLost`` follows."""

    # What the conversation calls.

    def send_answer(self, request_id: int, answer: Answer) -> None:
        if not self._is_closing:
            self._outbox.put_now(frame(encode_answer(request_id, answer)))

    def send_notice(self, seq: int, notice: Notice) -> None:
        if not self._is_closing:
            self._outbox.put(frame(self._premises.notices.encode(seq, notice)))

    def login_done(self) -> None:
        """From a stranger's limits to those of somebody who is known."""
        self._guest.known()
        self._timers.stop(Patience.LOGIN)
        self._expect_life()
        if self._conversation is not None:
            self._frames.max_bytes = self._conversation.max_frame_bytes

    def close(self) -> None:
        """Send what was written, then close; a peer that does not go along is cut off."""
        if self._is_closing:
            return
        self._is_closing = True
        self._outbox.flush()
        self._frames.close()
        self._timers.stop_all()
        self._timers.start(Patience.GOODBYE, CLOSING_SECONDS)
        self._read_on()  # to hear the other side's goodbye
        # With a producer registered the transport would wait for it for good.
        self.transport.unregisterProducer()
        self.transport.loseConnection()

    def abort(self) -> None:
        """Close now."""
        self._is_closing = True
        self._outbox.drop()
        self._frames.close()
        self.transport.abortConnection()

    # The rest.

    def _take(self, conversation: Conversation, frames: Iterator[bytes]) -> None:
        """Deal with frames, as many as a client may send, and hardly one while it does not read
        the answers; the rest waits, and more is not read."""
        try:
            for payload in frames:
                conversation.receive(decode_client(payload))
                if self._is_full or self._allowance.take(self._clock()):
                    self._is_paused = True
                    self.transport.pauseProducing()
                    self._timers.start(Patience.FLOOD, FLOOD_PAUSE_SECONDS)
                    return
        except RemoteProtocolError as error:
            self._refuse_frame(error)

    def _write(self, data: bytes) -> None:
        self.transport.write(data)

    def _read_on(self) -> None:
        if self._is_paused:
            self._is_paused = False
            self.transport.resumeProducing()

    def _refuse_frame(self, error: RemoteProtocolError) -> None:
        self._warn(str(error))
        self._premises.meters.refused(error.code)
        request_id = error.request_id if isinstance(error, BadFrame) else 0
        self.send_answer(request_id, Refusal(error.code))
        self.close()

    def _expect_life(self) -> None:
        self._timers.start(Patience.SIGN_OF_LIFE, self._limits.ping_seconds * SILENT_PERIODS)

    def _impatient(self, patience: Patience) -> None:
        match patience:
            case Patience.LOGIN:
                self.close()
            case Patience.READER:
                self._warn("it does not read")
                self.abort()
            case Patience.SIGN_OF_LIFE | Patience.GOODBYE:
                self.abort()
            case Patience.FLOOD:
                self._read_on()
                self.dataReceived(b"")
            case _:
                assert_never(patience)

    def _warn(self, reason: str) -> None:
        self.log.warn(  # noqa: G010 - Twisted's logger has no other
            "connection from {address} closed: {reason}",
            address=blur_address(self._address),
            reason=reason,
        )
