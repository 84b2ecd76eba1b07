"""What somebody logged in does with the own account, and what a thief at the screen cannot."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TypeVar, cast

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import (
    EXPORTER,
    NOW_UTC,
    Office,
    Talk,
    code_of,
    invite,
    other_device,
)
from tests.server.someone import ANN, BOB, TOKENS, Someone, copies
from voip.core.account_messages import (
    DeleteAccount,
    DeviceList,
    ListDevices,
    OwnDevice,
    RecoverOk,
    RevokeDevice,
    SetRecovery,
)
from voip.core.call_messages import CallChanged
from voip.core.calls import EndReason
from voip.core.credentials import AccountKeys, RecoveryCopy, Verifier
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId, DeviceId
from voip.core.login import device_id_of
from voip.core.messages import (
    Answer,
    AuthChallenge,
    ChangePassword,
    Done,
    NoticeKind,
    Request,
    ServerNotice,
    SetProfile,
)
from voip.core.recovery import MAX_CODES
from voip.store.memory import MemoryStore

NEW_TOKENS = (b"3" * 32, b"4" * 32)
KICKED = [ServerNotice(NoticeKind.KICKED)]
T = TypeVar("T")
Confirmed = Callable[[AuthChallenge], Request]


def confirm(talk: Talk, person: Someone, make: Confirmed) -> Answer | None:
    """Ask for what the password has to confirm."""
    challenge = talk.ask(person.start())
    assert isinstance(challenge, AuthChallenge), challenge
    return talk.ask(make(challenge))


class OwnAccountTests(SynchronousTestCase):
    """Ann, logged in on two devices, and Bob."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN, BOB)
        self.laptop = self.office.login(ANN)
        self.phone = self.office.login(other_device(ANN))
        self.bob = self.office.login(BOB)

    def delete(self, person: Someone = ANN) -> Answer | None:
        return confirm(self.laptop, ANN, lambda asked: person.delete(asked, EXPORTER))

    def devices(self, talk: Talk) -> tuple[OwnDevice, ...]:
        answer = talk.ask(ListDevices())
        assert isinstance(answer, DeviceList), answer
        return answer.devices


class RecoveryCodesTests(OwnAccountTests):
    """New recovery codes."""

    def renew(self, person: Someone = ANN) -> Answer | None:
        return confirm(
            self.laptop, ANN, lambda asked: person.set_recovery(asked, EXPORTER, *NEW_TOKENS)
        )

    def opens(self, token: bytes) -> bool:
        return isinstance(self.office.greet().ask(ANN.recover(token)), RecoverOk)

    def proven(self, wrong: tuple[RecoveryCopy, ...], asked: AuthChallenge) -> SetRecovery:
        return SetRecovery(ANN.proof(asked, EXPORTER), wrong)

    def test_new_codes_take_the_place_of_the_old(self) -> None:
        """A sheet of paper that was lost opens nothing once there is another."""
        self.assertEqual(self.renew(), Done())
        self.assertEqual([self.opens(t) for t in (*TOKENS, *NEW_TOKENS)], [False] * 2 + [True] * 2)

    def test_a_thief_at_an_open_screen_makes_none(self) -> None:
        """Without the password the codes stay as they are."""
        answer = self.renew(replace(ANN, password=b"?" * 32))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)
        self.assertTrue(self.opens(TOKENS[0]))

    def test_a_password_change_leaves_the_codes(self) -> None:
        """They open copies of the account key, which is the same."""
        confirm(self.laptop, ANN, lambda asked: ANN.change_password(asked, EXPORTER, b"n" * 32))
        self.assertTrue(self.opens(TOKENS[0]))

    def test_what_no_client_makes_is_refused(self) -> None:
        """Too many codes, or two that are the same."""
        for wrong in (copies(TOKENS[0], TOKENS[0]), copies(*_tokens(MAX_CODES + 1))):
            answer = confirm(self.laptop, ANN, partial(self.proven, wrong))
            self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="recovery"))
            register = replace(BOB.register(), recovery=wrong)
            answer = self.office.greet().ask(register)
            self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="recovery"))


class DevicesTests(OwnAccountTests):
    """Listing and removing one's devices."""

    def test_the_devices_are_listed(self) -> None:
        """Which is this one, which are online; those of others are not among them."""
        self.phone.conversation.lost()
        self.office.clock.advance(3600)
        listed = {each.name: each for each in self.devices(self.laptop)}
        self.assertEqual(set(listed), {"laptop", "phone"})
        laptop, phone = listed["laptop"], listed["phone"]
        self.assertEqual(laptop.device, device_id_of(ANN.device_public))
        self.assertEqual((laptop.is_this, laptop.is_online), (True, True))
        self.assertEqual((phone.is_this, phone.is_online), (False, False))
        self.assertEqual((phone.added_at, phone.seen_at), (NOW_UTC, NOW_UTC))

    def test_a_removed_device_is_out_at_once(self) -> None:
        """Its session ends, and its key opens none any more; the others stay."""
        phone = device_id_of(other_device(ANN).device_public)
        self.assertEqual(self.laptop.ask(RevokeDevice(phone)), Done())
        self.assertEqual(self.phone.told(ServerNotice), KICKED)
        self.assertTrue(self.phone.is_closed)
        answer = self.office.greet().ask(other_device(ANN).known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)
        self.assertEqual([each.name for each in self.devices(self.laptop)], ["laptop"])

    def test_a_device_can_remove_itself(self) -> None:
        """It is answered before it is out."""
        this = device_id_of(ANN.device_public)
        self.assertEqual(self.laptop.ask(RevokeDevice(this)), Done())
        self.assertTrue(self.laptop.is_closed)
        self.assertFalse(self.phone.is_closed)

    def test_others_devices_cannot_be_removed(self) -> None:
        """Nor told apart from devices that there are not."""
        for device in (device_id_of(BOB.device_public), DeviceId(b"?" * 32)):
            answer = self.laptop.ask(RevokeDevice(device))
            self.assertEqual(answer, Refusal(ErrorCode.UNKNOWN_DEVICE, field="device"))
        self.assertFalse(self.bob.is_closed)

    def test_a_removed_device_comes_back_by_the_password(self) -> None:
        """Removing is no ban: the owner may have meant another."""
        self.laptop.ask(RevokeDevice(device_id_of(other_device(ANN).device_public)))
        self.assertTrue(self.office.login(other_device(ANN)).is_logged_in)


class DeletionTests(OwnAccountTests):
    """The end of an account."""

    def test_every_session_ends(self) -> None:
        """The one that asked is answered first."""
        self.assertEqual(self.delete(), Done())
        self.assertTrue(self.laptop.is_closed)
        self.assertTrue(self.phone.is_closed)
        self.assertEqual(self.phone.told(ServerNotice), KICKED)
        self.assertFalse(self.bob.is_closed)
        self.assertEqual(len(self.office.reception.sessions), 1)

    def test_nothing_opens_it_any_more(self) -> None:
        """Neither password, device key nor recovery code, in the words for unknown names."""
        self.delete()
        talk = self.office.greet()
        self.assertEqual(
            code_of(confirm(talk, ANN, lambda asked: ANN.finish(asked, EXPORTER))),
            ErrorCode.WRONG_PASSWORD,
        )
        answers = [talk.ask(ANN.known_device(EXPORTER)), talk.ask(ANN.recover(TOKENS[0]))]
        self.assertEqual(
            [code_of(answer) for answer in answers],
            [ErrorCode.UNKNOWN_DEVICE, ErrorCode.WRONG_CODE],
        )

    def test_a_call_ends_with_it(self) -> None:
        """Whom it was talking to is told so by the call."""
        self.laptop.ask(invite(BOB))
        self.delete()
        told = cast("list[CallChanged]", self.bob.told(CallChanged))[-1]
        self.assertEqual(told.call.ended, EndReason.CANCELLED)

    def test_the_name_is_free_again(self) -> None:
        """Whoever takes it has another account: nothing of the old one is his."""
        self.delete()
        heir = replace(ANN, account_seed=b"h" * 32, device_seed=b"H" * 32, password=b"h" * 32)
        self.office.register(heir)
        talk = self.office.login(heir)
        self.assertEqual([each.name for each in self.devices(talk)], ["laptop"])
        new = self.successResultOf(self.office.store.account(ANN.username))
        assert new is not None
        self.assertGreater(new.account, self.bob_s_account())
        answer = self.office.greet().ask(ANN.known_device(EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.UNKNOWN_DEVICE)

    def bob_s_account(self) -> AccountId:
        bob = self.successResultOf(self.office.store.account(BOB.username))
        assert bob is not None
        return bob.account

    def test_a_thief_at_an_open_screen_deletes_nothing(self) -> None:
        """Without the password, or without asking for a challenge, the account stays."""
        answer = self.delete(replace(ANN, password=b"?" * 32))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)
        answer = self.laptop.ask(DeleteAccount(bytes(32)))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_STATE)
        self.assertFalse(self.laptop.is_closed)

    def test_a_proof_serves_on_its_own_connection_only(self) -> None:
        """One that was seen on the laptop's is worth nothing on the phone's."""
        challenge = self.laptop.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        elsewhere = self.office.greet(exporter=b"x" * 32)
        elsewhere.ask(other_device(ANN).known_device(b"x" * 32))
        elsewhere.ask(ANN.start())
        answer = elsewhere.ask(ANN.delete(challenge, EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)

    def test_guesses_at_an_open_screen_are_slowed(self) -> None:
        """As they are at the door."""
        thief = replace(ANN, password=b"?" * 32)
        codes = [code_of(self.delete(thief)) for _ in range(5)]
        self.assertEqual(codes, [ErrorCode.WRONG_PASSWORD] * 5)
        self.assertEqual(code_of(self.laptop.ask(ANN.start())), ErrorCode.RATE_LIMITED)


class SlowStore(MemoryStore):
    """Carries out what changes an account only when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.is_slow = False
        self._underway: list[Callable[[], None]] = []

    def change_password(
        self,
        account: AccountId,
        proven: Verifier | None,
        verifier: Verifier,
        keys: AccountKeys,
        keep_only: DeviceId | None,
    ) -> Deferred[bool]:
        return self._later(
            lambda: super(SlowStore, self).change_password(
                account, proven, verifier, keys, keep_only
            )
        )

    def delete_account(self, account: AccountId, proven: Verifier | None) -> Deferred[bool]:
        return self._later(lambda: super(SlowStore, self).delete_account(account, proven))

    def set_nick(self, account: AccountId, nick: str) -> Deferred[None]:
        return self._later(lambda: super(SlowStore, self).set_nick(account, nick))

    def _later(self, do: Callable[[], Deferred[T]]) -> Deferred[T]:
        if not self.is_slow:
            return do()
        waiting: Deferred[T] = Deferred()

        def go_on() -> None:
            do().chainDeferred(waiting)

        self._underway.append(go_on)
        return waiting

    def go_on(self) -> None:
        for each in self._underway:
            each()


class AtOnceTests(SynchronousTestCase):
    """Two devices that ask for what excludes each other."""

    def setUp(self) -> None:
        self.store = SlowStore()
        self.office = Office(store=self.store)
        self.office.register(ANN)
        self.laptop, self.phone = self.office.login(ANN), self.office.login(other_device(ANN))
        self.store.is_slow = True

    def ask(self, talk: Talk, make: Confirmed) -> None:
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        self.assertIsNone(talk.ask(make(challenge)))

    def change(self, new: bytes) -> Callable[[AuthChallenge], ChangePassword]:
        return lambda asked: ANN.change_password(asked, EXPORTER, new)

    def last(self, talk: Talk) -> Answer:
        return talk.answers[-1][1]

    def test_two_password_changes_at_once(self) -> None:
        """Both proved the same old password; the second is refused, and the first one holds."""
        self.ask(self.laptop, self.change(b"1" * 32))
        self.ask(self.phone, self.change(b"2" * 32))
        self.store.go_on()
        self.assertEqual(self.last(self.laptop), Done())
        answer = self.last(self.phone)
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.WRONG_PASSWORD)
        self.assertTrue(self.office.login(replace(ANN, password=b"1" * 32)).is_logged_in)

    def test_a_deletion_that_a_password_change_overtakes(self) -> None:
        """The account lives: what was proven is its password no longer."""
        self.ask(self.laptop, self.change(b"1" * 32))
        self.ask(self.phone, lambda asked: ANN.delete(asked, EXPORTER))
        self.store.go_on()
        self.assertEqual(code_of(self.last(self.phone)), ErrorCode.WRONG_PASSWORD)
        self.assertFalse(self.laptop.is_closed)

    def test_what_comes_after_a_deletion_meets_nobody(self) -> None:
        """A change under way when the account goes changes nothing and breaks nothing."""
        self.ask(self.laptop, lambda asked: ANN.delete(asked, EXPORTER))
        self.phone.ask(SetProfile("Too late"))
        self.store.go_on()
        self.assertEqual(self.last(self.laptop), Done())
        self.assertEqual(len(self.office.reception.sessions), 0)
        self.assertIsNone(self.successResultOf(self.store.account(ANN.username)))


def _tokens(count: int) -> list[bytes]:
    return [number.to_bytes(32, "big") for number in range(count)]
