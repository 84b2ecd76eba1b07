"""What takes patience, a broken device or a full disk, as it is read on the screen.

The screens, the clients and the server are the real ones; see ``live_seat``.
"""

import itertools

import sqlalchemy as sa
from twisted.internet.task import Clock
from twisted.python.failure import Failure

from tests.client.memory_network import PASSWORD, MemoryServer
from tests.store.stores import DirectWorkers
from tests.system.live_seat import SETTLE_SECONDS, LiveSeat, LiveTestCase
from voip.client.client import Client
from voip.client.voice.commands import UdpUse, UseDevices, UseNetwork, VoiceEngine, VoiceTrouble
from voip.client.voice.devices import (
    DeviceError,
    Devices,
    Microphone,
    NullSpeaker,
    SilentMicrophone,
    plain_devices,
)
from voip.client.voice.engine import LocalVoiceEngine
from voip.core.call_limits import CallLimits
from voip.core.calls import LegState
from voip.core.contacts import MAX_CONTACTS, Contact
from voip.core.ids import Username
from voip.core.messages import RegistrationPolicy
from voip.core.people import Presence
from voip.server.sessions import SessionEnd
from voip.store.interface import Ban
from voip.store.migrate import upgrade
from voip.store.sql import SqlStore
from voip.store.sqlite import open_database
from voip_terminal.idle import IDLE_SECONDS

FEW = CallLimits(max_people=3, no_answer_seconds=30.0)
LONG_NAME = "somebody-whose-name-is-long"
A_LITTLE = 10.0
UDP_ALONE = UseNetwork(UdpUse.ON)
"""Nothing carries datagrams here, and nothing takes a tunnel either."""


class CallTests(LiveTestCase):
    """Ann has the terminal; how the others answer her is theirs."""

    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, calls=FEW)

    def setUp(self) -> None:
        super().setUp()
        self.ann = self.seat("ann")

    def test_busy(self) -> None:
        """Somebody whose device rings for too many already."""
        bob = self.registered("bob")
        for number in range(FEW.max_ringing):
            self.done(self.registered(f"caller{number}").call(["bob"]))
        self.ann.command("call bob")
        self.assertIn("Bob is in another call: try again later.", self.ann.told)
        self.assertEqual(len(bob.model.calls), FEW.max_ringing)

    def test_no_answer(self) -> None:
        """Somebody who lets it ring."""
        self.registered("bob")
        self.ann.command("call bob")
        self.assertIn("it rings there", self.ann.told)
        self.ann.wait(FEW.no_answer_seconds)
        self.assertIn("Bob did not answer: try again later.", self.ann.told)

    def in_conference(self) -> Client:
        """Ann talks to Bob and Carol, who made the call."""
        bob, carol = self.registered("bob"), self.registered("carol")
        self.done(bob.call(["ann", "carol"]))
        self.answer(self.ann)
        (call,) = carol.model.calls
        self.done(carol.accept(call.call_id))
        self.registered("dave")
        self.ann.wait(1.0)
        self.assertIn("3 people", self.ann.told)
        return bob

    def add_dave(self) -> None:
        self.ann.type("dave")
        self.ann.press("enter")
        self.ann.wait(0.5)

    def test_full(self) -> None:
        """Nobody more goes into the call."""
        self.in_conference()
        self.ann.press("+")
        self.add_dave()
        self.assertIn("That call is full: try again when somebody has left.", self.ann.told)

    def test_locked(self) -> None:
        """Its host locked it while somebody else was about to call a fourth in."""
        bob = self.in_conference()
        self.ann.press("+")
        (call,) = bob.model.calls
        self.done(bob.set_lock(call.call_id, True))
        self.add_dave()
        self.assertIn("That call is locked: ask its host to let people in.", self.ann.told)

    def test_away(self) -> None:
        """Who touches no key for ten minutes is away to others, until the next one."""
        bob = self.registered("bob")
        self.done(bob.put_contact("ann"))
        self.assertIs(self.as_seen(bob), Presence.AVAILABLE)
        self.pass_idly(IDLE_SECONDS - A_LITTLE)
        self.assertIs(self.as_seen(bob), Presence.AVAILABLE)
        self.pass_idly(A_LITTLE)
        self.assertIs(self.as_seen(bob), Presence.AWAY)
        self.assertIn("away", self.ann.top)
        self.ann.press("down")
        self.pass_idly(1.0)
        self.assertIs(self.as_seen(bob), Presence.AVAILABLE)

    def pass_idly(self, seconds: float) -> None:
        self.network.pass_time(seconds)
        self.ann.wait(0.1)

    def as_seen(self, client: Client) -> Presence:
        self.network.pass_time(1.0)
        (contact,) = client.model.contacts
        return contact.presence


class DeviceTests(LiveTestCase):
    """Ann's sound devices do not do what they should; the voice engine is the real one."""

    def talks_with(self, devices: Devices, microphone: str = "mic") -> LiveSeat:
        """Ann, in a call with Bob."""

        def voice() -> VoiceEngine:
            engine = LocalVoiceEngine(self.clock, devices, UseDevices(microphone, "null"))
            engine.command(UDP_ALONE)
            return engine

        ann, bob = self.seat("ann", voice), self.registered("bob")
        self.done(bob.call(["ann"]))
        self.answer(ann)
        self.assertIs(self.only_call(bob).state, LegState.ACTIVE)
        return ann

    def test_none(self) -> None:
        """There is no such microphone, nor another in its place."""
        ann = self.talks_with(plain_devices(), "mic:Headset")
        self.assertIn("No microphone found: you can listen; plug one in", ann.told)

    def test_busy(self) -> None:
        """Another program has it."""

        def busy(words: str, _wake: object) -> Microphone:
            raise DeviceError(VoiceTrouble.DEVICE_BUSY, words)

        plain = plain_devices()
        ann = self.talks_with(Devices(busy, plain.open_speaker, plain.names))
        self.assertIn("Another program holds the sound device: close it", ann.told)

    def test_missing(self) -> None:
        """The one that was chosen is not there; the default one is."""

        def only_default(words: str, _wake: object) -> Microphone:
            if words != "mic":
                raise DeviceError(VoiceTrouble.NO_MICROPHONE, words)
            return SilentMicrophone("Built-in")

        plain = plain_devices()
        ann = self.talks_with(Devices(only_default, plain.open_speaker, plain.names), "mic:Headset")
        self.assertIn("The sound device you chose is missing: another one is used.", ann.told)

    def test_gone(self) -> None:
        """It is unplugged in the call, which goes on."""
        microphone = Plugged("Headset")
        plain = plain_devices()
        devices = Devices(lambda *_: microphone, lambda *_: NullSpeaker(), plain.names)
        ann = self.talks_with(devices)
        self.assertNotIn("unplugged", ann.told)
        microphone.is_unplugged = True
        ann.wait(2.0)
        self.assertIn("The sound device was unplugged: plug it in and call again.", ann.told)
        self.assertIn("in a call", ann.top)


class Plugged(SilentMicrophone):
    """A microphone that can be pulled out."""

    is_unplugged = False

    def is_gone(self, now: float) -> bool:
        return self.is_unplugged


class FullDiskTests(LiveTestCase):
    """The server's database file cannot grow any more: SQLite itself says that the disk is full."""

    def make_server(self, clock: Clock) -> MemoryServer:
        path = self.data_dir() / "voip.db"
        self.engines = open_database(path)
        self.addCleanup(self.engines.dispose)
        upgrade(self.engines, path)
        self.store = SqlStore(DirectWorkers(self.engines))
        return MemoryServer(clock, store=self.store)

    def let_grow(self, *, is_allowed: bool) -> None:
        """The writer has one connection, which keeps this."""
        with self.engines.writer.connect() as connection:
            pages = connection.execute(sa.text("PRAGMA page_count")).scalar_one()
            most = pages * 1000 if is_allowed else pages
            connection.execute(sa.text(f"PRAGMA max_page_count={most}"))

    def test_nothing_is_lost_but_the_change(self) -> None:
        """A call goes on, what cannot be saved is told, and can be saved when there is room."""
        ann, bob = self.seat("ann"), self.registered("bob")
        self.done(bob.call(["ann"]))
        self.answer(ann)
        self.let_grow(is_allowed=False)
        self.use_what_is_free()
        ann.press("a")
        ann.type(LONG_NAME)
        ann.press("enter")
        ann.wait(0.5)
        self.assertIn("! The server cannot save anything now: try again", ann.told)
        self.assertIs(self.only_call(bob).state, LegState.ACTIVE)
        self.let_grow(is_allowed=True)
        ann.press("enter")
        ann.wait(0.5)
        self.assertIn(f"{LONG_NAME} is one of your contacts now.", ann.told)
        self.done(bob.hang_up(self.only_call(bob).call_id))

    def use_what_is_free(self) -> None:
        """Write into the rest of the last pages, until SQLite says that there is none."""
        bob = self.successResultOf(self.store.account(Username("bob")))
        assert bob is not None
        refused: list[Failure] = []
        number = itertools.count()
        while not refused:
            contact = Contact(Username(f"c{next(number):03}"))
            self.store.put_contact(bob.account, contact, MAX_CONTACTS).addErrback(refused.append)
        self.assertIn("database or disk is full", refused[0].getErrorMessage())


class OperatorTests(LiveTestCase):
    """What the operator of the server does to Ann, who has the terminal."""

    def setUp(self) -> None:
        super().setUp()
        self.ann = self.seat("ann")
        self.reception = self.network.server.reception

    def put_out(self, end: SessionEnd, text: str = "", seconds: int = 0) -> None:
        for session in self.reception.sessions:
            self.reception.kick_all(session.owner.account, end, text=text, seconds=seconds)
        self.ann.wait(SETTLE_SECONDS)

    def test_banned(self) -> None:
        """She is told for how long as she is put out, and again when she wants in."""
        until = int(self.clock.seconds()) + 2 * 86_400
        self.network.server.store.ban(Username("ann"), Ban("spam", "olga", 0, until))
        self.put_out(SessionEnd.BANNED, "spam", 2 * 86_400)
        self.assertIn("Your session has ended", self.ann.told)
        self.assertIn("has banned this account for another 2 days", self.ann.told)
        self.ann.press("esc", "enter")
        self.ann.wait(SETTLE_SECONDS)
        self.assertIn("This account is banned for another 2 days: ask the server", self.ann.told)

    def test_put_out(self) -> None:
        """With the operator's words, and the way back in is a key away."""
        self.put_out(SessionEnd.KICKED_BY_OPERATOR, "bye")
        self.assertIn("ended your session. They say: bye", self.ann.told)
        self.ann.press("esc", "enter")
        self.ann.wait(SETTLE_SECONDS)
        self.assertIn("ann  ●", self.ann.top)

    def test_maintenance(self) -> None:
        """No call begins, which is said before and when one tries."""
        self.registered("bob")
        self.reception.drain(is_on=True)
        self.ann.wait(SETTLE_SECONDS)
        self.assertIn("Maintenance: no new calls can begin for now", self.ann.lines[1])
        self.ann.command("call bob")
        self.assertIn("The server is in maintenance and begins no new calls: try", self.ann.told)

    def test_a_call_that_is_ended(self) -> None:
        """Both are told who ended it."""
        self.done(self.registered("bob").call(["ann"]))
        self.answer(self.ann)
        (call,) = self.reception.describe_calls(lambda _: True, 2)
        self.reception.end_call(call.view.call_id)
        self.ann.wait(SETTLE_SECONDS)
        self.assertIn("The call with Bob was ended by the server's operator after", self.ann.told)


class InviteTests(LiveTestCase):
    """A server that wants an invite."""

    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, RegistrationPolicy.INVITE)

    def test_invites(self) -> None:
        """One that serves no more is told as such; a good one lets in."""
        ann = self.visitor("ann")
        self.sign_up_with(ann, "I-0000-0000-0000-0000-0000")
        self.assertIn("This invite is not valid, or was used already", ann.told)
        text, _ = self.done(self.network.server.accounts.make_invite("olga", 1, 60, ""))
        ann.press("ctrl u")
        ann.type(text)
        ann.press("enter")
        ann.wait(SETTLE_SECONDS)
        self.assertIn("Your recovery codes", ann.told)

    def sign_up_with(self, seat: LiveSeat, invite: str) -> None:
        seat.press("tab", "tab", "tab", "enter")
        for text in (invite, "ann", "", PASSWORD, PASSWORD):
            seat.type(text)
            seat.press("tab")
        seat.press("enter")
        seat.wait(SETTLE_SECONDS)


class ApprovalTests(LiveTestCase):
    """A server whose operator looks at each account first."""

    def make_server(self, clock: Clock) -> MemoryServer:
        return MemoryServer(clock, RegistrationPolicy.APPROVAL)

    def test_waiting(self) -> None:
        """One is told, before and after; once approved one signs in."""
        ann = self.visitor("ann")
        self.assertIn("The operator approves each account before its use.", ann.told)
        self.sign_up(ann, "ann")
        self.assertIn("The account ann waits for the operator's approval", ann.told)
        self.log_in(ann)
        self.assertIn("This account waits for the operator's approval: try again", ann.told)
        self.network.server.store.approve(Username("ann"))
        self.log_in(ann)
        self.assertIn("ann  ●", ann.top)

    def log_in(self, seat: LiveSeat) -> None:
        seat.type(PASSWORD)
        seat.press("enter")
        seat.wait(SETTLE_SECONDS)
