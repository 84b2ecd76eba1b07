"""The line to one server, for an attempt that takes a while: over once the person goes elsewhere.

What an attempt says is meant for the server at which it began: the verifier of a password or the
token of a recovery code is nobody else's to see. It knows the link, and where that led at first.
"""

from twisted.internet.defer import Deferred

from voip.client.link import ServerLink
from voip.client.model import LinkError, LinkTrouble
from voip.core.messages import Answer, Request


class SteadyLine:
    """A ``Line``; from the moment the link is connected anew everything raises ``LinkError``
    LOST."""

    def __init__(self, link: ServerLink) -> None:
        self._link = link
        self._address = link.address

    @property
    def exporter(self) -> bytes:
        return self._link.exporter

    async def be_ready(self) -> None:
        self._stay()
        await self._link.be_ready()

    async def ask_before_login(self, request: Request) -> Answer:
        await self.be_ready()
        self._stay()
        return await self._link.ask_before_login(request)

    def request(self, request: Request) -> Deferred[Answer]:
        """Ask within the session, as ``ServerLink.request`` does."""
        self._stay()
        return self._link.request(request)

    def _stay(self) -> None:
        # each ``connect`` makes an address of its own, also for the same server
        if self._link.address is not self._address:
            raise LinkError(LinkTrouble.LOST)
