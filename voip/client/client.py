"""The client: every verb a face has, over link, login, calls and voice.

It knows who is logged in and where, and makes the ``Model`` that a face shows. It draws nothing and
opens no device: reactor, data directory and voice engine are handed in. What the server tells flows
in through the link, what a person wants through the verbs of ``Controller``; a new ``Model`` and a
``Change`` flow out.
"""

import random
import secrets
import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar, assert_never

from twisted.internet.defer import Deferred, succeed
from twisted.internet.interfaces import IReactorTime
from twisted.logger import Logger

from voip.client.account_verbs import AccountVerbs, begun
from voip.client.address import Address, AddressTrouble, parse_address
from voip.client.call_verbs import CallVerbs
from voip.client.calls import Calls
from voip.client.device_identity import DeviceIdentity
from voip.client.device_name import device_name_of
from voip.client.dialer import Dialer, EndpointOf, tcp
from voip.client.grace import Grace
from voip.client.keyring import Keyring
from voip.client.known_servers import KnownServers
from voip.client.link import ServerLink
from voip.client.login import Means, RunInThread, threads_of
from voip.client.model import (
    Change,
    ConnectionView,
    Link,
    LinkError,
    LinkTrouble,
    Model,
    ServerInfo,
)
from voip.client.people import shown
from voip.client.people_verbs import PeopleVerbs, unheard
from voip.client.shown import Shown
from voip.client.signing_in import SigningIn
from voip.client.sound import Sound
from voip.client.voice.commands import (
    CallFigures,
    DeviceList,
    DevicesInUse,
    DropPath,
    Levels,
    PathUp,
    Trouble,
    UsePath,
    VoiceEngine,
    VoiceReport,
    VoiceTrouble,
)
from voip.core.call_messages import CallChanged, E2eArrived
from voip.core.calls import CallView
from voip.core.media_config import MediaConfig
from voip.core.messages import AuthOk, Notice, NoticeKind, ResumeOk, ServerNotice
from voip.core.names import (
    MAX_DEVICE_NAME,
    clean_text,
)
from voip.core.people_messages import (
    ContactsChanged,
    HistoryChanged,
    PresenceChanged,
)

Result = TypeVar("Result")


class Client(AccountVerbs, PeopleVerbs, CallVerbs):
    """A ``Controller`` and the listener of its own ``ServerLink``.

    ``endpoint_of`` says how servers are reached (TCP, unless told otherwise), ``in_thread`` where
    slow work is done (the reactor's threads); ``token_bytes`` and ``jitter`` are its randomness.
    """

    _log = Logger()

    def __init__(
        self,
        reactor: IReactorTime,
        data_dir: Path,
        voice: VoiceEngine,
        endpoint_of: EndpointOf | None = None,
        in_thread: RunInThread | None = None,
        device_name: str = "",
        token_bytes: Callable[[int], bytes] = secrets.token_bytes,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._clock = reactor
        self._data_dir = data_dir
        self._voice = voice
        self._random = token_bytes
        name = clean_text(device_name, MAX_DEVICE_NAME) or device_name_of(socket.gethostname())
        self._means = Means(token_bytes, in_thread or threads_of(reactor), name)
        self._known_servers = KnownServers(data_dir)
        self._dialer = Dialer(reactor, self._known_servers, endpoint_of or tcp(reactor))
        self._link = ServerLink(reactor, self._dialer, jitter, self)
        self._shown = Shown()
        self.sound = Sound(voice.command, self._shown)
        self._identity: DeviceIdentity | None = None
        AccountVerbs.__init__(self, self._link, self._shown, self._signing_in)
        PeopleVerbs.__init__(
            self, self._link, self._shown, lambda: self._calls_changed(Change.CALLS)
        )
        CallVerbs.__init__(self, self._shown, voice.command)
        self._grace = Grace(reactor, self._end_calls)
        voice.listen(self._reported)

    # ---- the model -----------------------------------------------------------------------------

    @property
    def model(self) -> Model:
        return self._shown.model

    def watch(self, changed: Callable[[Change], None]) -> Callable[[], None]:
        """Be called at each change, after the model is new; returns what ends that."""
        return self._shown.watch(changed)

    # ---- connecting ----------------------------------------------------------------------------

    def connect(self, address: str) -> Deferred[ServerInfo]:
        return begun(self._connect(address))

    async def _connect(self, text: str) -> ServerInfo:
        return await self._link.connect(self._parsed(text))

    def accept_new_pin(self, address: str, pin: str) -> None:
        self._known_servers.accept_new_pin(self._parsed(address), pin.lower())

    def known_accounts(self, address: str) -> Sequence[str]:
        return Keyring(self._data_dir, self._parsed(address)).accounts()

    def _parsed(self, text: str) -> Address:
        address = parse_address(text)
        if isinstance(address, AddressTrouble):
            raise LinkError(LinkTrouble.BAD_ADDRESS, detail=address.value)
        return address

    # ---- accounts and people: see AccountVerbs and PeopleVerbs --------------------------------

    def _signing_in(self) -> SigningIn:
        return SigningIn(
            self._clock, self._data_dir, self._dialer, self._link, self._means, self._opened
        )

    # ---- calls: see CallVerbs ------------------------------------------------------------------

    def close(self) -> Deferred[None]:
        """Hang up, log out of the server, stop the voice engine. The device stays known there."""
        calls = self._calls
        if calls is not None:
            for info in calls.infos():
                self.hang_up(info.call_id).addErrback(unheard)
        leaving = self.logout() if self._identity is not None else succeed(None)

        def stop(_: object) -> None:
            self._link.leave()
            self._voice.close()

        return leaving.addBoth(stop)

    # ---- what the link tells -------------------------------------------------------------------

    def link_changed(self, view: ConnectionView) -> None:
        """``LinkListener``: the line is like this now."""
        self._grace.line_is(away=view.link is Link.RECONNECTING)
        self._shown.put(replace(self.model, connection=view), Change.CONNECTION)

    def noticed(self, notice: Notice) -> None:
        """``LinkListener``: the server tells something."""
        match notice:
            case CallChanged(call=call):
                if self._calls is not None:
                    self._calls.call_changed(call)
            case E2eArrived():
                if self._calls is not None:
                    self._calls.e2e_arrived(notice)
            case PresenceChanged(people=people):
                self._people_changed(people)
            case ContactsChanged():
                self._contacts_changed(notice)
            case HistoryChanged():
                self._history_changed(notice)
            case ServerNotice():
                self._server_told(notice)
            case _:
                assert_never(notice)

    def _server_told(self, notice: ServerNotice) -> None:
        """What is not about the line, which the link has taken its part of."""
        match notice.kind:
            case NoticeKind.ANNOUNCEMENT:
                self._shown.announced(notice.text)
            case NoticeKind.MAINTENANCE | NoticeKind.MAINTENANCE_OVER:
                self._shown.maintained(is_on=notice.kind is NoticeKind.MAINTENANCE)
            case _:
                pass

    def resumed(self, answer: ResumeOk) -> None:
        """``LinkListener``: the same session over a new connection."""
        self._use_path(answer.media)
        if self._calls is not None:
            self._calls.resumed(answer.snapshot.calls)
        self._ask_for_people()

    def reopened(self, answer: AuthOk) -> None:
        """``LinkListener``: another session, opened by the device key."""
        identity = self._identity
        if identity is not None:
            self._end_calls()
            self._enter(identity, answer)
            self._ask_for_people()

    def session_over(self) -> None:
        """``LinkListener``: nobody is logged in any more."""
        self._end_calls()
        self._calls = None
        self._identity = None
        self._voice.command(DropPath())
        self._meet_people()
        model = replace(self.model, me=None, calls=(), announcements=(), is_maintenance=False)
        self._shown.put(model, Change.ME | Change.CALLS | Change.OPERATOR)

    # ---- inside --------------------------------------------------------------------------------

    def _opened(self, identity: DeviceIdentity, opened: AuthOk) -> None:
        """Somebody logged in. Nothing may be awaited before this: notices follow at once."""
        self._identity = identity
        self._enter(identity, opened)
        self._link.logged_in(identity, opened)
        self._ask_for_people()

    def _enter(self, identity: DeviceIdentity, opened: AuthOk) -> None:
        address = self._link.address
        assert address is not None
        self._meet_people()
        self._calls = Calls(
            self._clock,
            identity,
            Keyring(self._data_dir, address).contacts_of(identity.username),
            self._link.request,
            self._voice.command,
            self._random,
            self._name_of,
            self._loudness,
            self._calls_changed,
        )
        self._use_path(opened.media)
        me = shown(opened.snapshot.me)
        model = replace(self.model, me=me, calls=(), last_ended=None, is_maintenance=False)
        self._shown.put(model, Change.ME | Change.OPERATOR)
        self._take_up(opened.snapshot.calls)

    def _take_up(self, calls: Sequence[CallView]) -> None:
        for view in calls:
            if self._calls is not None:
                self._calls.call_changed(view)

    def _use_path(self, media: MediaConfig) -> None:
        address = self._link.address
        assert address is not None
        path = UsePath(media, self._link.server_host, address.port, self._link.server_pin)
        self._voice.command(path)

    def _end_calls(self) -> None:
        if self._calls is not None:
            self._calls.disconnected()

    def _reported(self, report: VoiceReport) -> None:
        """The voice engine tells something."""
        match report:
            case CallFigures():
                if self._calls is not None:
                    self._calls.figures(report)
            case Levels():
                self.sound.levels(report)
                if self._calls is not None:
                    self._calls.levels(report)
            case Trouble(what=VoiceTrouble.ENGINE_AGAIN):
                self._shown.audio_reported(report)
                self._sound_began_anew()
            case DevicesInUse() | DeviceList() | PathUp() | Trouble():
                self._shown.audio_reported(report)
            case _:
                assert_never(report)

    def _sound_began_anew(self) -> None:
        """Another voice engine runs in the place of one that died."""
        self.sound.began_anew()
        if self._calls is not None:
            self._calls.sound_began_anew()
        self._link.renew()
