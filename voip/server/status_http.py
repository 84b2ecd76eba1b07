"""HTTP for the status port: few connections, no bodies, no banner, no log of what is asked.

It turns a request into a question and sends the ``Reply``; what there is to ask is not known here.
"""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.internet.protocol import connectionDone
from twisted.logger import Logger
from twisted.python.failure import Failure
from twisted.web import http

IDLE_SECONDS: Final = 90.0
"""Prometheus keeps its connection from one scrape to the next, which may be a minute."""
MOST_CONNECTIONS: Final = 32
MOST_BODY: Final = 1024
"""Bytes of a body, which nobody has a reason to send."""

MISDIRECTED: Final = 421  # RFC 9110 section 15.5.20, which Twisted has no words for
_WORDS: Final = {**http.RESPONSES, MISDIRECTED: b"Misdirected Request"}
TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Question:
    """What a request asks; ``host`` and ``accept`` are headers."""

    method: str
    path: str
    host: str = ""
    accept: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered. ``allow`` are the methods there are, where another was asked for."""

    code: int
    body: bytes
    content_type: str = TEXT
    allow: str = ""


Answering = Callable[[Question], Coroutine[Deferred[Any], Any, Reply]]


class StatusRequest(http.Request):
    """One request over HTTP."""

    log = Logger()
    channel: http.HTTPChannel

    def __init__(
        self,
        answer: Answering,
        channel: http.HTTPChannel,
        queued: int,  # noqa: ARG002 - what Twisted passes and no longer heeds
    ) -> None:
        http.Request.__init__(self, channel)
        self._answer = answer
        self._is_gone = False

    def gotLength(self, length: int | None) -> None:  # noqa: N802 - what Twisted calls
        """Known before the body is read: a large one is not."""
        if length is None or length > MOST_BODY:
            self.channel.forceAbortClient()
        http.Request.gotLength(self, 0)

    def process(self) -> None:
        self.notifyFinish().addErrback(self._gone)
        asked = Question(
            method=self.method.decode("ascii", "replace"),
            path=self.path.decode("ascii", "replace"),
            host=self.getHeader("host") or "",
            accept=self.getHeader("accept") or "",
        )
        replying = Deferred.fromCoroutine(self._answer(asked))
        replying.addErrback(self._failed).addCallback(self._reply)

    def _gone(self, _failure: Failure) -> None:
        self._is_gone = True

    def _failed(self, failure: Failure) -> Reply:
        self.log.failure("a question at the status port failed", failure)
        return Reply(http.INTERNAL_SERVER_ERROR, b"this cannot be told; the log says why\n")

    def _reply(self, reply: Reply) -> None:
        if not self._is_gone:
            _send(self, reply)


def _send(request: http.Request, reply: Reply) -> None:
    request.setResponseCode(reply.code, _WORDS.get(reply.code))
    request.setHeader("content-type", reply.content_type)
    request.setHeader("content-length", str(len(reply.body)))
    request.setHeader("cache-control", "no-store")
    request.setHeader("x-content-type-options", "nosniff")
    if reply.allow:
        request.setHeader("allow", reply.allow)
    request.write(reply.body)
    request.finish()


class StatusChannel(http.HTTPChannel):
    """One connection; ``factory`` is the ``StatusFactory`` that made it."""

    factory: "StatusFactory"

    def connectionMade(self) -> None:
        http.HTTPChannel.connectionMade(self)
        self.factory.opened(self)

    def connectionLost(self, reason: Failure = connectionDone) -> None:
        http.HTTPChannel.connectionLost(self, reason)
        self.factory.closed(self)


class StatusFactory(http.HTTPFactory):
    """Makes the connections and knows those that are open."""

    noisy = False

    def __init__(self, answer: Answering, reactor: IReactorTime) -> None:
        http.HTTPFactory.__init__(self, timeout=IDLE_SECONDS, reactor=reactor)
        self.protocol = StatusChannel  # type: ignore[assignment] # HTTP/2 is not spoken here
        self._request = partial(StatusRequest, answer)
        self._channels: set[http.HTTPChannel] = set()

    def opened(self, channel: http.HTTPChannel) -> None:
        """Let a connection in, unless there are too many."""
        channel.requestFactory = cast("type[http.Request]", self._request)
        self._channels.add(channel)
        if len(self._channels) > MOST_CONNECTIONS:
            channel.forceAbortClient()

    def closed(self, channel: http.HTTPChannel) -> None:
        """A connection is gone."""
        self._channels.discard(channel)

    def log(self, request: http.Request) -> None:
        """A scrape every few seconds is no news."""

    def close_all(self) -> None:
        """Cut every connection."""
        for channel in tuple(self._channels):
            channel.forceAbortClient()
