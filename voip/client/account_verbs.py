"""The verbs about one's own account: make it, log in and out, recover, change and delete it.

Part of ``Client``. It knows the link and the way to sign in, and nothing of people or calls.
"""

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from voip.client.greeting import unless_refused
from voip.client.link import ServerLink
from voip.client.model import Change, ClientError, Link
from voip.client.model_account import SignedUp
from voip.client.people import shown
from voip.client.shown import Shown
from voip.client.signing_in import SigningIn
from voip.core.account_messages import OwnDevice
from voip.core.errors import ErrorCode
from voip.core.ids import DeviceId
from voip.core.messages import Logout, SetProfile
from voip.core.names import clean_nick, nick_problem
from voip.core.people import Person

Result = TypeVar("Result")


def begun(work: Coroutine[Deferred[object], object, Result]) -> Deferred[Result]:
    """Start what takes a while."""
    return Deferred.fromCoroutine(work)


class AccountVerbs:
    """``signing`` makes a ``SigningIn`` for one attempt."""

    def __init__(self, link: ServerLink, shown: Shown, signing: Callable[[], SigningIn]) -> None:
        self._link = link
        self._shown = shown
        self._signing = signing

    def register(
        self, username: str, nick: str, password: str, invite: str = ""
    ) -> Deferred[SignedUp]:
        return begun(self._signing().register(username, nick, password, invite))

    def login(self, username: str, password: str) -> Deferred[None]:
        return begun(self._signing().login(username, password))

    def login_with_device(self, username: str) -> Deferred[None]:
        return begun(self._signing().login_with_device(username))

    def recover(self, username: str, code: str, new: str) -> Deferred[tuple[str, ...]]:
        return begun(self._signing().recover(username, code, new))

    def recovery_codes(self, password: str) -> Deferred[tuple[str, ...]]:
        return begun(self._signing().recovery_codes(password))

    def devices(self) -> Deferred[tuple[OwnDevice, ...]]:
        return begun(self._signing().devices())

    def revoke_device(self, device: DeviceId) -> Deferred[None]:
        return begun(self._signing().revoke_device(device))

    def delete_account(self, password: str) -> Deferred[None]:
        return begun(self._signing().delete_account(password))

    def change_password(self, old: str, new: str) -> Deferred[None]:
        return begun(self._signing().change_password(old, new))

    def logout(self) -> Deferred[None]:
        return begun(self._logout())

    async def _logout(self) -> None:
        """Tell the server, if it still listens, and be logged out whatever it says."""
        try:
            if self._link.view.link is Link.LOGGED_IN:
                await self._link.request(Logout())
        except ClientError:
            pass  # the line broke: the server will find out by itself
        finally:
            self._link.leave()

    def set_nick(self, nick: str) -> Deferred[None]:
        return begun(self._set_nick(nick))

    async def _set_nick(self, nick: str) -> None:
        if nick_problem(nick) is not None:
            raise ClientError(ErrorCode.NICK_NOT_ALLOWED, "nick")
        cleaned = clean_nick(nick)
        unless_refused(await self._link.request(SetProfile(cleaned)))
        me = self._shown.model.me
        if me is not None:
            self._i_am(replace(me, nick=cleaned))

    def _i_am(self, me: Person) -> None:
        self._shown.put(replace(self._shown.model, me=shown(me)), Change.ME)
