"""Coming back with a recovery code, with the real server and with ones that do not play by the
rules."""

import secrets
from dataclasses import asdict, replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from tests.client.memory_network import ADDRESS, PASSWORD
from tests.client.pair import PairTestCase
from tests.client.scripted_server import HELLO, Reaction, ScriptedFactory, over_tls
from voip.client.account_key import seal_account_key
from voip.client.device_identity import new_key
from voip.client.model import ClientError, Link, LinkError, LinkTrouble
from voip.core.account_messages import Recover, RecoverFinish, RecoverOk, Reset
from voip.core.credentials import AccountKeys
from voip.core.errors import ErrorCode
from voip.core.ids import Username
from voip.core.messages import AuthStart, Done, Hello, Request
from voip.core.recovery import (
    CODES,
    RESET,
    derive_recovery,
    hash_token,
    make_token,
    read_code,
)

NEW = "another good one"
ALICE = Username("alice")

Result = TypeVar("Result")


class RecoveryTests(PairTestCase):
    """Alice, who has her codes on paper, and forgets her password."""

    def setUp(self) -> None:
        super().setUp()
        self.alice = self.connected("alice")
        self.codes = self.done(self.alice.register("alice", "Alice", PASSWORD)).codes

    def public_key(self) -> bytes:
        account = self.successResultOf(self.network.server.store.account(ALICE))
        assert account is not None
        return account.keys.public

    def test_registering_gives_codes(self) -> None:
        """Eight, each another, and each is one."""
        self.assertEqual(len(set(self.codes)), CODES)
        self.assertEqual([read_code(code) for code in self.codes], list(self.codes))

    def test_the_server_has_no_code(self) -> None:
        """What it keeps of one is neither the code nor what would pass for it."""
        kept = repr(vars(self.network.server.store))
        secrets_of = [derive_recovery(code, ALICE) for code in self.codes]
        for code, derived in zip(self.codes, secrets_of, strict=True):
            for secret in (code, derived.token, derived.sealing_key):
                self.assertNotIn(repr(secret), kept)
            self.assertIn(repr(hash_token(derived.token)), kept)

    def test_a_new_password(self) -> None:
        """A code typed by hand sets one, on any computer, and one is logged in by it."""
        key = self.public_key()
        other = self.connected("other")
        typed = self.codes[3].lower().replace("-", " ")
        self.done(other.recover("Alice ", typed, NEW))
        self.assertIs(other.model.connection.link, Link.LOGGED_IN)
        self.assertEqual(self.public_key(), key)
        third = self.connected("third")
        self.refused(third.login("alice", PASSWORD), ErrorCode.WRONG_PASSWORD)
        self.done(third.login("alice", NEW))

    def test_every_other_device_is_out(self) -> None:
        """The one that was logged in is told, and its key opens nothing any more."""
        self.done(self.connected("other").recover("alice", self.codes[0], NEW))
        connection = self.alice.model.connection
        self.assertEqual((connection.link, connection.trouble), (Link.OFFLINE, LinkTrouble.KICKED))
        self.done(self.alice.connect(ADDRESS))
        self.refused(self.alice.login_with_device("alice"), ErrorCode.UNKNOWN_DEVICE)
        self.done(self.alice.login("alice", NEW))

    def test_a_code_serves_once(self) -> None:
        """The second time it is wrong; another one is right."""
        other = self.connected("other")
        self.done(other.recover("alice", self.codes[0], NEW))
        self.done(other.logout())
        self.done(other.connect(ADDRESS))
        self.refused(other.recover("alice", self.codes[0], PASSWORD), ErrorCode.WRONG_CODE)
        self.done(other.recover("alice", self.codes[1], PASSWORD))

    def test_a_wrong_code_and_a_name_nobody_has(self) -> None:
        """Both are refused alike."""
        other = self.connected("other")
        wrong = "0000-0000-0000-0000-0000"
        self.refused(other.recover("alice", wrong, NEW), ErrorCode.WRONG_CODE)
        self.refused(other.recover("nobody", self.codes[0], NEW), ErrorCode.WRONG_CODE)

    def test_what_is_no_code(self) -> None:
        """It is told before the server is asked; so is a password that is none."""
        other = self.connected("other")
        for code, new, field in (("1234", NEW, "code"), (self.codes[0], "short", "password")):
            doing = other.recover("alice", code, new)
            error = self.failureResultOf(doing, ClientError).value
            self.assertEqual((error.code, error.field), (ErrorCode.BAD_REQUEST, field))

    def test_who_is_logged_in_has_nothing_to_recover(self) -> None:
        """Logging out comes first."""
        doing = self.alice.recover("alice", self.codes[0], NEW)
        self.refused(doing, ErrorCode.ALREADY_LOGGED_IN)

    def test_new_codes(self) -> None:
        """They take the place of the old ones, and need the password."""
        self.refused(self.alice.recovery_codes("not the password"), ErrorCode.WRONG_PASSWORD)
        fresh = self.done(self.alice.recovery_codes(PASSWORD))
        self.assertFalse(set(fresh) & set(self.codes))
        other = self.connected("other")
        self.refused(other.recover("alice", self.codes[0], NEW), ErrorCode.WRONG_CODE)
        self.done(other.recover("alice", fresh[0], NEW))

    def test_new_codes_after_a_new_password(self) -> None:
        """Codes of before a password change are good after it, with the same account key."""
        self.done(self.alice.change_password(PASSWORD, NEW))
        self.done(self.connected("other").recover("alice", self.codes[0], PASSWORD))

    def test_a_token_of_the_operator(self) -> None:
        """It brings a new password, a new account key and new codes; the old ones open nothing."""
        key = self.public_key()
        token = self.done(self.network.server.accounts.make_reset(ALICE, 60))
        assert token is not None
        other = self.connected("other")
        codes = self.done(other.recover("alice", token.lower().replace("-", " "), NEW))
        self.assertEqual(len(set(codes) - set(self.codes)), CODES)
        self.assertIs(other.model.connection.link, Link.LOGGED_IN)
        self.assertNotEqual(self.public_key(), key)
        self.assertIs(self.alice.model.connection.trouble, LinkTrouble.KICKED)
        third = self.connected("third")
        self.refused(third.recover("alice", token, PASSWORD), ErrorCode.WRONG_CODE)
        self.refused(third.recover("alice", self.codes[0], PASSWORD), ErrorCode.WRONG_CODE)
        self.assertEqual(self.done(third.recover("alice", codes[0], PASSWORD)), ())
        self.done(self.alice.connect(ADDRESS))
        self.done(self.alice.login("alice", PASSWORD))

    def test_a_cut_while_recovering(self) -> None:
        """It is told; nobody waits for an answer that does not come."""
        for code in (self.codes[0], make_token(RESET, bytes(13))):
            other = self.connected("other")
            self.network.is_silent = True
            recovering = other.recover("alice", code, NEW)
            self.network.settle()
            self.network.cut()
            self.network.settle()
            self.failureResultOf(recovering, LinkError)
            self.network.is_silent = False

    def test_nobody_is_logged_in(self) -> None:
        """New codes are for who is."""
        stranger = self.connected("other")
        self.refused(stranger.recovery_codes(PASSWORD), ErrorCode.NOT_LOGGED_IN)


class DishonestServerTests(PairTestCase):
    """A server that wants an account key it can read, or a client that believes it."""

    CODE = "0123-4567-89AB-CDEF-GHJK"

    def react_with(self, reactions: dict[type[Request], Reaction]) -> ScriptedFactory:
        factory = ScriptedFactory(lambda request: ({Hello: HELLO} | reactions)[type(request)])
        self.network.listener = over_tls(
            self.network.server.certificate, factory, self.network.clock
        )
        return factory

    def recover(self) -> Deferred[tuple[str, ...]]:
        return self.connected("alice").recover("alice", self.CODE, NEW)

    def test_a_token_that_is_not_answered_well(self) -> None:
        """A server that answers a reset with something else is not believed."""
        self.react_with({Reset: RecoverOk(AccountKeys(bytes(32), b"s"))})
        token = make_token(RESET, bytes(13))
        self.untrusted(self.connected("alice").recover("alice", token, NEW))

    def untrusted(self, doing: Deferred[Result]) -> None:
        self.network.settle()
        error = self.failureResultOf(doing, ClientError).value
        self.assertEqual((error.code, error.field), (ErrorCode.INTERNAL, "server"))

    def sealed(self) -> AccountKeys:
        key = derive_recovery(self.CODE, ALICE).sealing_key
        return seal_account_key(new_key(secrets.token_bytes), key, secrets.token_bytes)

    def test_a_key_that_the_code_does_not_open(self) -> None:
        """A server cannot slip in an account key of its own; it gets no new verifier."""
        of_another = self.sealed().public
        for keys in (
            AccountKeys(bytes(32), bytes(60)),
            AccountKeys(bytes(32), bytes(61)),
            replace(self.sealed(), public=of_another),
        ):
            factory = self.react_with({Recover: RecoverOk(keys)})
            self.untrusted(self.recover())
            self.assertIsInstance(factory.heard[-1], Recover)

    def test_what_the_server_sees(self) -> None:
        """The token, and the account key sealed anew: no code, no key of it, no password."""
        keys = self.sealed()
        reactions: dict[type[Request], Reaction] = {
            Recover: RecoverOk(keys),
            RecoverFinish: Done(),
            AuthStart: None,
        }
        factory = self.react_with(reactions)
        self.recover()
        self.network.settle()
        finish = next(each for each in factory.heard if isinstance(each, RecoverFinish))
        self.assertEqual(finish.keys.public, keys.public)
        derived = derive_recovery(self.CODE, ALICE)
        self.assertEqual(finish.token, derived.token)
        heard = repr([asdict(each) for each in factory.heard])
        for secret in (self.CODE, NEW, derived.sealing_key):
            self.assertNotIn(repr(secret), heard)
        self.assertNotIn(repr(derived.token), repr(factory.heard))  # in no log either

    def test_answers_that_are_none(self) -> None:
        """Something else than what was asked for."""
        self.react_with({Recover: Done()})
        self.untrusted(self.recover())
        keys = self.sealed()
        self.react_with({Recover: RecoverOk(keys), RecoverFinish: RecoverOk(keys)})
        self.untrusted(self.recover())
