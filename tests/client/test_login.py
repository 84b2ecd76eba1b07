"""Logging in at a server that does not keep to the rules."""

import secrets
from collections.abc import Callable
from typing import TypeVar, cast

from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IReactorTime
from twisted.trial.unittest import SynchronousTestCase

from tests.client.memory_network import PASSWORD
from tests.client.pair import PairTestCase
from tests.client.scripted_server import (
    HELLO,
    Reaction,
    ScriptedFactory,
    over_tls,
)
from voip.client.account_key import seal_account_key
from voip.client.device_identity import new_key
from voip.client.login import threads_of
from voip.client.model import ClientError, LinkError, LinkTrouble
from voip.core.credentials import AccountKeys, KdfParameters
from voip.core.errors import ErrorCode
from voip.core.login import derive_secrets, run_argon2
from voip.core.messages import (
    AuthChallenge,
    AuthFinish,
    AuthKeys,
    AuthStart,
    Done,
    Hello,
    Register,
    Request,
)

Result = TypeVar("Result")


class DishonestServerTests(PairTestCase):
    """A server that does not keep to the rules of logging in."""

    def react_with(self, reactions: dict[type[Request], Reaction]) -> ScriptedFactory:
        def react(request: Request) -> Reaction:
            if isinstance(request, AuthStart) and AuthStart not in reactions:
                return AuthChallenge(request.client_nonce + bytes(24), self.kdf)
            return ({Hello: HELLO} | reactions)[type(request)]

        factory = ScriptedFactory(react)
        self.network.listener = over_tls(
            self.network.server.certificate, factory, self.network.clock
        )
        return factory

    kdf = KdfParameters(bytes(16), 19 * 1024, 2, 1)

    def login(self) -> Deferred[None]:
        return self.connected("alice").login("alice", PASSWORD)

    def untrusted(self, doing: Deferred[Result]) -> None:
        self.network.settle()
        error = self.failureResultOf(doing, ClientError).value
        self.assertEqual((error.code, error.field), (ErrorCode.INTERNAL, "server"))

    def test_weak_and_absurd_argon2(self) -> None:
        """Parameters that would give the password away, or stall the computer, get no proof."""
        for kdf in (
            KdfParameters(bytes(16), 8, 1, 1),
            KdfParameters(bytes(16), 64 * 1024 * 1024, 2, 1),
            KdfParameters(bytes(16), 19 * 1024, 1, 1),
        ):
            self.kdf = kdf
            factory = self.react_with({})
            self.untrusted(self.login())
            self.assertFalse(any(isinstance(each, AuthFinish) for each in factory.heard))

    def test_a_nonce_that_is_not_ours(self) -> None:
        """A challenge that was not made for this login gets no proof."""
        self.react_with({AuthStart: AuthChallenge(bytes(48), self.kdf)})
        self.untrusted(self.login())

    def test_no_challenge(self) -> None:
        """Something else than a challenge."""
        self.react_with({AuthStart: Done()})
        self.untrusted(self.login())

    def test_a_server_that_does_not_know_the_verifier(self) -> None:
        """A server that accepts any proof cannot sign, and gets no device."""
        keys = AuthKeys(bytes(32), AccountKeys(bytes(32), bytes(60)))
        factory = self.react_with({AuthFinish: keys})
        self.untrusted(self.login())
        self.assertIsInstance(factory.heard[-1], AuthFinish)

    def test_stolen_keys_are_not_enough(self) -> None:
        """A server that has a copy of the sealed account key, but not the verifier, gets no
        device either."""
        secret = derive_secrets(run_argon2(PASSWORD, self.kdf)).sealing_key
        keys = seal_account_key(new_key(secrets.token_bytes), secret, secrets.token_bytes)
        factory = self.react_with({AuthFinish: AuthKeys(bytes(32), keys)})
        self.untrusted(self.login())
        self.assertIsInstance(factory.heard[-1], AuthFinish)

    def test_no_keys(self) -> None:
        """Something else than the account's keys."""
        self.react_with({AuthFinish: Done()})
        self.untrusted(self.login())

    def test_registered_as_nothing(self) -> None:
        """Something else than a registration."""
        self.react_with({Register: Done()})
        self.untrusted(self.connected("alice").register("alice", "A", PASSWORD))

    def test_lost_in_the_middle(self) -> None:
        """A login on a line that breaks fails as lost."""
        self.react_with({AuthStart: None})
        login = self.login()
        self.network.cut()
        error = self.failureResultOf(login, LinkError).value
        self.assertIs(error.trouble, LinkTrouble.LOST)


class OtherThread:
    """A reactor whose threads work at once."""

    def __init__(self) -> None:
        self.works = 0

    def getThreadPool(self) -> "OtherThread":  # noqa: N802 - the reactor's name
        return self

    def callInThreadWithCallback(  # noqa: N802 - the pool's name
        self, done: Callable[[bool, object], None], work: Callable[[], object]
    ) -> None:
        self.works += 1
        done(True, work())

    def callFromThread(self, call: Callable[..., object], *values: object) -> None:  # noqa: N802
        call(*values)


class ThreadTests(SynchronousTestCase):
    def test_slow_work_is_done_in_a_thread(self) -> None:
        """What is slow is handed to the reactor's threads and comes back as a result."""
        reactor = OtherThread()
        done = threads_of(cast("IReactorTime", reactor))(lambda: 7)
        self.assertEqual(self.successResultOf(done), 7)
        self.assertEqual(reactor.works, 1)
