"""Logging in: by password and by device key, and every way it is refused."""

from dataclasses import replace

from twisted.internet.defer import Deferred
from twisted.logger import capturedLogs
from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import EXPORTER, Office, code_of
from tests.server.someone import ANN, BOB, Someone
from voip.core.credentials import AccountKeys
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import AccountId, DeviceId, Username
from voip.core.messages import (
    Answer,
    AuthChallenge,
    AuthDevice,
    AuthFinish,
    AuthKeys,
    AuthOk,
    AuthStart,
    Logout,
    RegisterOk,
)
from voip.core.people import Presence
from voip.server.logins import Login
from voip.store.interface import Account, Device, NewAccount
from voip.store.memory import MemoryStore


class CountingStore(MemoryStore):
    """Counts its look-ups."""

    reads = 0

    def account(self, username: Username) -> Deferred[Account | None]:
        self.reads += 1
        return super().account(username)

    def device(self, account: AccountId, device: DeviceId) -> Deferred[Device | None]:
        self.reads += 1
        return super().device(account, device)


class LoginTests(SynchronousTestCase):
    """From a stranger to a session."""

    def test_a_registered_person_logs_in(self) -> None:
        """Register, prove the password, enrol the device: the session is open."""
        office = Office()
        self.assertEqual(office.greet().ask(ANN.register()), RegisterOk(ANN.username))
        with capturedLogs() as events:
            talk = office.login(ANN)
        self.assertTrue(talk.is_logged_in)
        self.assertEqual(talk.opened.snapshot.me.presence, Presence.AVAILABLE)
        self.assertEqual(len(office.relay.legs), 1)
        told = next(e for e in events if "logged in" in e["log_format"])
        self.assertEqual((told["username"], told["address"]), ("ann", "192.0.2.0/24"))

    def test_a_known_device_needs_no_password(self) -> None:
        """After the first login the device key alone opens a session, on its own connection."""
        office = Office()
        office.register(ANN)
        office.login(ANN).ask(Logout())
        talk = office.greet(exporter=b"x" * 32)
        self.assertIsInstance(talk.ask(ANN.known_device(b"x" * 32)), AuthOk)

    def test_a_proof_made_for_another_connection_is_worth_nothing(self) -> None:
        """A device proof that was recorded elsewhere opens nothing."""
        office = Office()
        office.register(ANN)
        office.login(ANN)
        talk = office.greet(exporter=b"x" * 32)
        self.assertEqual(code_of(talk.ask(ANN.known_device(EXPORTER))), ErrorCode.UNKNOWN_DEVICE)

    def test_a_wrong_password_is_told(self) -> None:
        """The wrong password gives WRONG_PASSWORD and no session."""
        office = Office()
        office.register(ANN)
        talk = office.greet()
        liar = replace(ANN, password=b"q" * 32)
        challenge = talk.ask(liar.start())
        assert isinstance(challenge, AuthChallenge)
        answer = talk.ask(liar.finish(challenge, EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)
        self.assertEqual(len(office.reception.sessions), 0)

    def test_guessing_is_slowed_down(self) -> None:
        """After five failures the server says how long to wait."""
        office = Office()
        office.register(ANN)
        for _ in range(5):
            talk = office.greet()
            challenge = talk.ask(ANN.start())
            assert isinstance(challenge, AuthChallenge)
            talk.ask(AuthFinish(b"0" * 32))
        answer = office.greet().ask(ANN.start())
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.RATE_LIMITED)
        self.assertGreater(answer.retry_after_ms, 1000)

    def test_challenges_kept_in_store_are_no_guesses(self) -> None:
        """Who collects challenges first gets no more guesses; the right one must wait as well."""
        office = Office()
        office.register(ANN)
        talks = [office.greet() for _ in range(8)]
        challenges = [talk.ask(ANN.start()) for talk in talks]
        codes = [code_of(talk.ask(AuthFinish(b"0" * 32))) for talk in talks[:7]]
        self.assertEqual(codes, [ErrorCode.WRONG_PASSWORD] * 5 + [ErrorCode.RATE_LIMITED] * 2)
        challenge = challenges[7]
        assert isinstance(challenge, AuthChallenge)
        answer = talks[7].ask(ANN.finish(challenge, EXPORTER))
        assert isinstance(answer, Refusal)
        self.assertEqual(answer.code, ErrorCode.RATE_LIMITED)
        self.assertGreater(answer.retry_after_ms, 1000)


class AnswerKindTests(SynchronousTestCase):
    """Small promises about the answers themselves."""

    def test_names_nobody_has_look_like_wrong_passwords(self) -> None:
        """An unknown name gets a challenge, the same salt twice, and WRONG_PASSWORD."""
        office = Office()
        ghost = Someone(Username("ghost"))
        salts = []
        for _ in range(2):
            talk = office.greet()
            challenge = talk.ask(ghost.start())
            assert isinstance(challenge, AuthChallenge)
            salts.append(challenge.kdf.salt)
            answer = talk.ask(ghost.finish(challenge, EXPORTER))
            self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)
        self.assertEqual(salts[0], salts[1])

    def test_the_server_proves_itself_too(self) -> None:
        """The reward of the right proof is the server's signature and the sealed account key."""
        office = Office()
        office.register(ANN)
        talk = office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        answer = talk.ask(ANN.finish(challenge, EXPORTER))
        assert isinstance(answer, AuthKeys)
        self.assertEqual(answer.keys, ANN.keys)


class DeviceTests(SynchronousTestCase):
    """What a device must show."""

    def setUp(self) -> None:
        self.office = Office()
        self.office.register(ANN)

    def enrol(self, request: AuthDevice) -> Answer | None:
        """Log in by password as Ann and name a device."""
        talk = self.office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(ANN.finish(challenge, EXPORTER))
        return talk.ask(request)

    def test_only_the_account_key_certifies(self) -> None:
        """After the right password, too, a certificate of another account is refused."""
        forged = replace(ANN, account_seed=b"z" * 32).enrol(EXPORTER)
        refused = Refusal(ErrorCode.BAD_REQUEST, field="device.certificate")
        self.assertEqual(self.enrol(forged), refused)

    def test_a_certificate_is_for_one_name(self) -> None:
        """A device cannot go by another name than the one it was certified under."""
        request = ANN.enrol(EXPORTER)
        renamed = replace(request, device=replace(request.device, name="server"))
        refused = Refusal(ErrorCode.BAD_REQUEST, field="device.certificate")
        self.assertEqual(self.enrol(renamed), refused)

    def test_a_device_name_is_fit_to_be_shown(self) -> None:
        """A name with control characters, or none, never reaches a screen or the log."""
        for name in ("", "lap\x1b[2Jtop"):
            refused = Refusal(ErrorCode.BAD_REQUEST, field="device.name")
            self.assertEqual(self.enrol(replace(ANN, device_name=name).enrol(EXPORTER)), refused)

    def test_a_proven_password_opens_one_account(self) -> None:
        """Ann's password does not enrol a device with Bob."""
        self.office.register(BOB)
        refused = Refusal(ErrorCode.BAD_REQUEST, field="username")
        self.assertEqual(self.enrol(BOB.enrol(EXPORTER)), refused)

    def test_an_unknown_device_and_an_unknown_name_look_alike(self) -> None:
        """Neither tells whether the account exists."""
        for request in (ANN.known_device(EXPORTER), BOB.known_device(EXPORTER)):
            answer = self.office.greet().ask(request)
            self.assertEqual(answer, Refusal(ErrorCode.UNKNOWN_DEVICE))

    def test_known_and_unknown_names_cost_the_store_the_same(self) -> None:
        """Each way to log in reads the store as often for a name nobody has."""
        store = CountingStore()
        office = Office(store=store)
        office.register(ANN)
        reads = []
        for request in (
            *(ANN.known_device(EXPORTER), BOB.known_device(EXPORTER)),
            *(ANN.start(), BOB.start()),
        ):
            store.reads = 0
            office.greet().ask(request)
            reads.append(store.reads)
        self.assertEqual(reads, [2, 2, 1, 1])

    def test_an_account_without_a_verifier_has_no_password(self) -> None:
        """Such an account answers a login like a name nobody has."""
        keys = AccountKeys(BOB.keys.public, b"")
        self.successResultOf(
            self.office.store.create_account(NewAccount(BOB.username, "Bob", None, keys), 0)
        )
        talk = self.office.greet()
        challenge = talk.ask(BOB.start())
        assert isinstance(challenge, AuthChallenge)
        answer = talk.ask(BOB.finish(challenge, EXPORTER))
        self.assertEqual(code_of(answer), ErrorCode.WRONG_PASSWORD)

    def test_a_nonce_of_the_wrong_size_is_refused(self) -> None:
        """A short nonce would weaken what the server signs."""
        answer = self.office.greet().ask(AuthStart(ANN.username, b"short"))
        self.assertEqual(answer, Refusal(ErrorCode.BAD_REQUEST, field="client_nonce"))

    def test_a_proof_is_used_up_by_another_login(self) -> None:
        """Who begins to log in as somebody else has to prove the first password again."""
        talk = self.office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(ANN.finish(challenge, EXPORTER))
        talk.ask(BOB.start())
        answer = talk.ask(ANN.enrol(EXPORTER))
        self.assertEqual(answer, Refusal(ErrorCode.UNKNOWN_DEVICE))

    def test_a_challenge_is_forgotten_with_its_proof(self) -> None:
        """Also without the gate before it: a login holds one challenge for one proof."""
        login = Login(self.office.logins, "192.0.2.7", EXPORTER)
        challenge = self.successResultOf(login.start(ANN.start()))
        assert isinstance(challenge, AuthChallenge)
        proof = ANN.finish(challenge, EXPORTER)
        self.assertIsInstance(login.prove(proof.proof), tuple)
        self.assertEqual(login.prove(proof.proof), Refusal(ErrorCode.WRONG_STATE))

    def test_a_challenge_serves_once(self) -> None:
        """A second proof on the same challenge is out of turn, right or wrong."""
        talk = self.office.greet()
        challenge = talk.ask(ANN.start())
        assert isinstance(challenge, AuthChallenge)
        talk.ask(AuthFinish(b"0" * 32))
        again = talk.ask(ANN.finish(challenge, EXPORTER))
        self.assertEqual(code_of(again), ErrorCode.WRONG_STATE)
