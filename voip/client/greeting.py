"""The first words on a connection, and a short connection beside the main one.

It knows Hello and what each refusal of it means to a person. ``SideLine`` asks a few questions on a
connection of its own and is then closed: what a session may not be asked again once it is open.
"""

from twisted.internet.interfaces import IReactorTime

from voip.client.address import Address
from voip.client.connection import ControlConnection
from voip.client.dialer import Dialer
from voip.client.model import ClientError, LinkError, LinkTrouble
from voip.client.requests import ConnectionOver, Requests
from voip.core.errors import ErrorCode, Refusal
from voip.core.messages import PROTOCOL_VERSION, Answer, Hello, HelloOk, Request

CLIENT_NAME = "voip 0.1"


async def greet(requests: Requests) -> HelloOk:
    """Say Hello on the connection that the requests are attached to; ``LinkError`` when that is
    not answered as a server of ours does."""
    hello = Hello(PROTOCOL_VERSION, PROTOCOL_VERSION, CLIENT_NAME)
    try:
        answer = await requests.ask_now(hello)
    except ConnectionOver:
        raise LinkError(LinkTrouble.NOT_A_VOIP_SERVER) from None
    if not isinstance(answer, HelloOk) or answer.proto != PROTOCOL_VERSION:
        raise LinkError(_trouble_of(answer))
    return answer


def unless_refused(answer: Answer) -> Answer:
    """An answer that is no refusal; a refusal is raised as ``ClientError``."""
    if isinstance(answer, Refusal):
        raise ClientError(answer.code, answer.field, answer.retry_after_ms, answer.incident)
    return answer


class SideLine:
    """A connection for a few questions before any login; ``close`` it in the end."""

    def __init__(self, requests: Requests, connection: ControlConnection, exporter: bytes) -> None:
        self._requests = requests
        self._connection = connection
        self.exporter = exporter

    async def be_ready(self) -> None:
        """A side line is ready from the first, and is not made again."""

    async def ask_before_login(self, request: Request) -> Answer:
        """The answer; a refusal is raised as ``ClientError``, a failing line as ``LinkError``."""
        try:
            return unless_refused(await self._requests.ask_now(request))
        except ConnectionOver:
            raise LinkError(LinkTrouble.LOST) from None

    def close(self) -> None:
        self._connection.abort()


async def open_side_line(clock: IReactorTime, dialer: Dialer, address: Address) -> SideLine:
    """Connect and greet; ``LinkError`` says why not."""
    dialled = await dialer.dial(address)
    requests = Requests(clock, noticed=lambda _: None)
    dialled.connection.listen(requests.heard, requests.cut)
    requests.attach(dialled.connection)
    try:
        await greet(requests)
    except LinkError:
        dialled.connection.abort()
        raise
    return SideLine(requests, dialled.connection, dialled.channel.exporter)


def _trouble_of(answer: Answer) -> LinkTrouble:
    match answer:
        case HelloOk() | Refusal(code=ErrorCode.VERSION):
            return LinkTrouble.VERSION
        case Refusal(code=ErrorCode.SHUTTING_DOWN):
            return LinkTrouble.SERVER_STOPPED
        case Refusal():
            return LinkTrouble.NOT_REACHABLE  # full, or asked too often
        case _:
            return LinkTrouble.NOT_A_VOIP_SERVER
