"""Logins that something overtakes: a full house, a changed password, a device thrown out, a ban."""

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred, fail
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, NOW_UTC, Office, Talk, code_of, other_device
from tests.server.someone import ANN, BOB, Someone
from voip.core import login, scram
from voip.core.contacts import Contact
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId, DeviceId
from voip.core.messages import Answer, AuthChallenge, AuthKeys, AuthOk, Logout
from voip.core.people import Presence
from voip.core.people_messages import GetPerson, PersonOk, PutContact
from voip.store.interface import Account, Ban, Device, StoreUnavailable
from voip.store.memory import MemoryStore
from voip.store.people import BookFull, KeptContact, NamesInBook

T = TypeVar("T")

WRONG_PASSWORD = ErrorCode.WRONG_PASSWORD


class HeldStore(MemoryStore):
    """When held, what waits for its turn to write is done only when the test says so."""

    is_held = False

    def __init__(self) -> None:
        super().__init__()
        self.waiting: deque[Callable[[], object]] = deque()

    def work_off(self) -> None:
        while self.waiting:
            self.waiting.popleft()()

    def names_in_book(self, account: AccountId) -> Deferred[NamesInBook]:
        return self._in_turn(lambda: MemoryStore.names_in_book(self, account))

    def renew_device(self, account: AccountId, device: DeviceId, seen_at: int) -> Deferred[bool]:
        return self._in_turn(lambda: MemoryStore.renew_device(self, account, device, seen_at))

    def ban_of(self, account: AccountId) -> Deferred[Ban | None]:
        return self._in_turn(lambda: MemoryStore.ban_of(self, account))

    def put_contact(
        self, account: AccountId, contact: Contact, most: int
    ) -> Deferred[KeptContact | BookFull]:
        return self._in_turn(lambda: MemoryStore.put_contact(self, account, contact, most))

    def _in_turn(self, work: Callable[[], Deferred[T]]) -> Deferred[T]:
        if not self.is_held:
            return work()
        done: Deferred[T] = Deferred()
        self.waiting.append(lambda: work().chainDeferred(done))
        return done


NOBODY_S_DEVICE = DeviceId(b"n" * 32)


class OvertakenStore(MemoryStore):
    """When armed, a device is thrown out of its account just after it was looked up."""

    armed: Account | None = None

    def device(self, account: AccountId, device: DeviceId) -> Deferred[Device | None]:
        found = super().device(account, device)
        if self.armed is not None and self.armed.verifier is not None:
            proven, keys = self.armed.verifier, self.armed.keys
            self.change_password(account, proven, proven, keys, NOBODY_S_DEVICE)
        return found


class FailingStore(MemoryStore):
    """When failing, it can do nothing of what is asked last of all."""

    is_failing = False

    def names_in_book(self, account: AccountId) -> Deferred[NamesInBook]:
        return self._unless_failing(super().names_in_book(account))

    def ban_of(self, account: AccountId) -> Deferred[Ban | None]:
        return self._unless_failing(super().ban_of(account))

    def renew_device(self, account: AccountId, device: DeviceId, seen_at: int) -> Deferred[bool]:
        return self._unless_failing(super().renew_device(account, device, seen_at))

    def _unless_failing(self, done: Deferred[T]) -> Deferred[T]:
        return fail(StoreUnavailable("it is locked")) if self.is_failing else done


class OvertakenTests(SynchronousTestCase):
    """Nobody comes in, and nothing is kept of whoever did not."""

    def setUp(self) -> None:
        self.store = OvertakenStore()
        self.office = Office(store=self.store, sessions_per_account=1)
        self.office.register(ANN)

    def proven(self, person: Someone) -> Talk:
        """A connection on which a password was proven, but no device named."""
        talk = self.office.greet()
        challenge = talk.ask(person.start())
        assert isinstance(challenge, AuthChallenge)
        self.assertIsInstance(talk.ask(person.finish(challenge, EXPORTER)), AuthKeys)
        return talk

    def account(self) -> Account:
        found = self.successResultOf(self.store.account(ANN.username))
        assert found is not None
        return found

    def devices(self) -> list[str]:
        kept = self.successResultOf(self.store.devices(self.account().account))
        return [device.name for device in kept]

    def test_a_device_that_finds_the_house_full_is_not_kept(self) -> None:
        """A refusal for too many sessions leaves no device behind, however often it is asked."""
        self.office.login(ANN)
        phone = other_device(ANN)
        answer = self.proven(phone).ask(phone.enrol(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.TOO_MANY_SESSIONS)
        self.assertEqual(self.devices(), ["laptop"])

    def test_a_known_device_that_finds_the_house_full_is_refused(self) -> None:
        """Its key alone does not open more sessions than there may be."""
        self.office.login(ANN).ask(Logout())
        self.office.login(other_device(ANN))
        answer = self.office.greet().ask(ANN.known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.TOO_MANY_SESSIONS)

    def test_a_device_thrown_out_while_it_comes_stays_out(self) -> None:
        """It was there when it was looked up; that does not bring it back."""
        self.office.login(ANN).ask(Logout())
        self.store.armed = self.account()
        answer = self.office.greet().ask(ANN.known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)
        self.assertEqual(self.devices(), [])

    def test_a_password_that_was_changed_since_enrols_nothing(self) -> None:
        """Whoever proved the old one has proven nothing about the account as it is now."""
        talk = self.proven(ANN)
        account = self.account()
        verifier = scram.make_verifier(b"new" + b"0" * 29, login.default_kdf(b"n" * 16))
        self.store.change_password(
            account.account, account.verifier, verifier, account.keys, NOBODY_S_DEVICE
        )
        answer = talk.ask(ANN.enrol(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)
        self.assertEqual(self.devices(), [])


class BanTests(SynchronousTestCase):
    """Who is kept out, whichever way he comes, and when."""

    def setUp(self) -> None:
        self.store = HeldStore()
        self.office = Office(store=self.store)
        self.office.register(ANN)
        self.office.login(ANN).ask(Logout())

    def ban(self, until: int | None = NOW_UTC + 60) -> None:
        self.store.ban(ANN.username, Ban("spam", "olga", NOW_UTC, until))

    def told(self, person: Someone = ANN) -> Answer | None:
        """What comes of a password."""
        talk = self.office.greet()
        challenge = talk.ask(person.start())
        assert isinstance(challenge, AuthChallenge)
        return talk.ask(person.finish(challenge, EXPORTER))

    def test_only_who_proves_whose_it_is_learns_of_a_ban(self) -> None:
        """By password or by device key, and until when."""
        for until, left in ((NOW_UTC + 60, 60_000), (None, 0)):
            self.ban(until)
            banned = Refusal(ErrorCode.BANNED, retry_after_ms=left)
            self.assertEqual(self.told(), banned)
            self.assertEqual(self.office.greet().ask(ANN.known_device(EXPORTER)), banned)
        self.assertEqual(code_of(self.told(replace(ANN, password=b"?" * 32))), WRONG_PASSWORD)
        answer = self.office.greet().ask(other_device(ANN).known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)

    def test_a_ban_that_is_over_is_none(self) -> None:
        """It need not be lifted."""
        self.ban(NOW_UTC)
        self.assertIsInstance(self.told(), AuthKeys)
        self.assertIsInstance(self.office.greet().ask(ANN.known_device(EXPORTER)), AuthOk)

    def test_a_ban_holds_for_who_is_on_the_way(self) -> None:
        """Whoever had proven himself before it was set does not come in after."""
        phone = other_device(ANN)
        talk = self.office.greet()
        challenge = talk.ask(phone.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(phone.finish(challenge, EXPORTER))
        self.store.is_held = True
        known = self.office.greet()
        known.ask(ANN.known_device(EXPORTER))
        self.ban()
        self.store.work_off()
        self.assertEqual(code_of(known.answers[-1][1]), ErrorCode.BANNED)
        self.store.is_held = False
        self.assertEqual(code_of(talk.ask(phone.enrol(EXPORTER))), ErrorCode.BANNED)


class BrokenTests(SynchronousTestCase):
    """A store that fails in the last moment."""

    def test_it_is_told_once(self) -> None:
        """However many of its answers were waited for."""
        store = FailingStore()
        office = Office(store=store)
        office.register(ANN)
        office.login(ANN).ask(Logout())
        store.is_failing = True
        with capturedLogs() as events:
            answer = office.greet().ask(ANN.known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.STORE_UNAVAILABLE)
        told = [event for event in events if "cannot work" in event["log_format"]]
        self.assertEqual(len(told), 1)


class BookTests(SynchronousTestCase):
    """A phone book that another device changes while somebody logs in."""

    def setUp(self) -> None:
        self.store = HeldStore()
        self.office = Office(store=self.store)
        self.office.register(ANN, BOB)
        self.bob = self.office.login(BOB)
        self.office.login(ANN).ask(Logout())
        self.laptop = self.office.login(other_device(ANN))
        self.store.is_held = True

    def block(self) -> None:
        """The laptop blocks bob and goes, before that is done."""
        self.laptop.ask(PutContact(Contact(BOB.username, is_blocked=True)))
        self.laptop.ask(Logout())

    def come(self) -> None:
        self.office.greet().ask(ANN.known_device(EXPORTER))

    def test_a_block_holds_whichever_comes_first(self) -> None:
        """Written before the book is read it is found there, later it is told to the session."""
        for first, second in ((self.block, self.come), (self.come, self.block)):
            self.setUp()
            first()
            second()
            self.store.work_off()
            answer = self.bob.ask(GetPerson(ANN.username))
            assert isinstance(answer, PersonOk)
            self.assertIs(answer.person.presence, Presence.OFFLINE)
