"""Going to another server while an attempt at this one is still under way."""

from collections.abc import Callable
from typing import TypeVar

from twisted.internet.defer import Deferred

from tests.client.memory_network import ADDRESS, PASSWORD
from tests.client.pair import PairTestCase
from tests.client.scripted_server import HELLO, ScriptedFactory, over_tls
from voip.client.client import Client
from voip.client.model import LinkError, LinkTrouble
from voip.core.messages import Done, Hello

ELSEWHERE = "elsewhere.example.org"

Result = TypeVar("Result")


class SteadyLineTests(PairTestCase):
    """Argon2id takes its time, and the person does not wait for it."""

    def setUp(self) -> None:
        super().setUp()
        self.works: list[Callable[[], None]] = []
        self.elsewhere = ScriptedFactory(
            lambda request: HELLO if isinstance(request, Hello) else Done()
        )

    def slowly(self, work: Callable[[], Result], /) -> Deferred[Result]:
        """A ``RunInThread`` whose threads are busy until ``go_on``."""
        done: Deferred[Result] = Deferred()
        self.works.append(lambda: done.callback(work()))
        return done

    def make_slow(self) -> None:
        self.network._in_thread = self.slowly  # type: ignore[method-assign]

    def go_elsewhere(self, client: Client) -> None:
        """The person connects to another server; then the threads have done their work."""
        self.network.settle()
        self.assertEqual(len(self.works), 1)
        certificate = self.network.server.certificate
        self.network.listener = over_tls(certificate, self.elsewhere, self.network.clock)
        self.done(client.connect(ELSEWHERE))
        self.works.pop()()
        self.network.settle()

    def heard_nothing(self, doing: Deferred[Result]) -> None:
        """The other server was told nothing of the attempt, which failed."""
        error = self.failureResultOf(doing, LinkError).value
        self.assertIs(error.trouble, LinkTrouble.LOST)
        self.assertEqual([type(each) for each in self.elsewhere.heard], [Hello])

    def test_an_account_is_made_where_it_was_wanted(self) -> None:
        """No other server is given an account, nor what the password was made into."""
        self.make_slow()
        client = self.connected("alice")
        making = client.register("alice", "Alice", PASSWORD)
        self.go_elsewhere(client)
        self.heard_nothing(making)

    def test_a_recovery_code_is_for_one_server(self) -> None:
        """Whoever got the token could take the account over at the server it belongs to."""
        made = self.done(self.connected("alice").register("alice", "Alice", PASSWORD))
        self.make_slow()
        client = self.connected("other")
        recovering = client.recover("alice", made.codes[0], "another good one")
        self.go_elsewhere(client)
        self.heard_nothing(recovering)

    def test_an_account_is_deleted_where_it_was_wanted(self) -> None:
        """No other server is asked, and the keys for the first one stay."""
        self.registered("alice")
        self.make_slow()
        client = self.connected("alice")
        self.done(client.login_with_device("alice"))
        deleting = client.delete_account(PASSWORD)
        self.go_elsewhere(client)
        self.heard_nothing(deleting)
        self.assertEqual(client.known_accounts(ADDRESS), ("alice",))
