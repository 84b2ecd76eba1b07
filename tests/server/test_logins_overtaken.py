"""Logins that something overtakes: a full house, a changed password, a device thrown out."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office, Talk, code_of, other_device
from tests.server.someone import ANN, Someone
from voip.core import login, scram
from voip.core.errors import ErrorCode
from voip.core.ids import AccountId, DeviceId
from voip.core.messages import AuthChallenge, AuthKeys, Logout
from voip.store.interface import Account, Device
from voip.store.memory import MemoryStore

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
