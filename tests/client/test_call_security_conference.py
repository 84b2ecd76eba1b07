"""The keys of conferences between real clients, past the real server."""

from tests.client.pair import PairTestCase
from voip.client.call_security import COMPARE_SECONDS
from voip.client.client import Client
from voip.client.model import ClientError, Security
from voip.client.voice.commands import DropStream, ReceiveKey, SendKey
from voip.core.errors import ErrorCode
from voip.core.ids import CallId
from voip.media.sframe import SenderKey

NAMES = ("alice", "bob", "carol")


class ConferenceKeysTests(PairTestCase):
    """Alice talks with Bob and has called Carol in."""

    def setUp(self) -> None:
        super().setUp()
        self.clients = {name: self.registered(name) for name in NAMES}
        self.alice, self.bob, self.carol = self.clients.values()

    def three(self) -> CallId:
        call_id = self.in_call(self.alice, self.bob, "bob")
        self.done(self.alice.add(call_id, ["carol"]))
        self.done(self.carol.accept(call_id))
        self.keys_settle()
        return call_id

    def keys_settle(self) -> None:
        """Everybody hears of what changed, and the new keys are in use."""
        self.network.pass_time(1.0, step=0.05)

    def codes(self, *clients: Client) -> set[str]:
        return {self.only_call(client).code for client in clients}

    def all_hear(self, *names: str) -> None:
        """Each has been given the key that each of the others speaks under, or one before it of
        the same generation, from which it follows by itself."""
        for speaker in names:
            spoken = self.voices[speaker].told(SendKey)[-1]
            for hearer in names:
                if hearer != speaker:
                    heard = self.voices[hearer].told(ReceiveKey)
                    steps = [each.step for each in heard if self._leads_to(each, spoken)]
                    self.assertTrue(steps, f"{hearer} does not hear {speaker}")

    def _leads_to(self, heard: ReceiveKey, spoken: SendKey) -> bool:
        key = SenderKey(heard.base_key, heard.generation, heard.step)
        while key.step < spoken.step:
            key = key.ratchet()
        return (key.generation, key.base) == (spoken.generation, spoken.base_key)

    def test_three(self) -> None:
        """All hear each other, and have one code of 30 digits in place of the words."""
        self.three()
        self.all_hear(*NAMES)
        (code,) = self.codes(*self.clients.values())
        self.assertRegex(code, r"^\d{30}$")
        for client in self.clients.values():
            self.assertEqual(self.only_call(client).words, ())
            self.assertIs(self.only_call(client).security, Security.ENCRYPTED)

    def test_the_code_matches(self) -> None:
        """Whoever says so has compared everybody's key, in later calls too."""
        call_id = self.three()
        self.network.pass_time(COMPARE_SECONDS)
        self.alice.mark_verified(call_id)
        self.assertIs(self.only_call(self.alice).security, Security.VERIFIED)
        self.done(self.alice.hang_up(call_id))
        self.done(self.bob.hang_up(call_id))
        self.done(self.carol.hang_up(call_id))
        for callee, name in ((self.bob, "bob"), (self.carol, "carol")):
            again = self.in_call(self.alice, callee, name)
            self.assertIs(self.only_call(self.alice).security, Security.VERIFIED)
            self.done(self.alice.hang_up(again))

    def test_somebody_comes_while_one_compares(self) -> None:
        """Nobody is taken for compared who came a moment before the key was pressed."""
        call_id = self.three()
        with self.assertRaises(ClientError) as refused:
            self.alice.mark_verified(call_id)
        self.assertIs(refused.exception.code, ErrorCode.WRONG_STATE)
        self.assertIs(self.only_call(self.alice).security, Security.ENCRYPTED)

    def test_somebody_goes(self) -> None:
        """Those who are left have new keys, which nobody else was given, and another code."""
        call_id = self.three()
        before = self.codes(self.alice)
        self.done(self.carol.hang_up(call_id))
        self.without_carol(before)

    def test_somebody_is_put_out(self) -> None:
        """The same holds for whom the host puts out."""
        call_id = self.three()
        before = self.codes(self.alice)
        self.done(self.alice.kick(call_id, "carol"))
        self.without_carol(before)

    def without_carol(self, before: set[str]) -> None:
        self.keys_settle()
        self.all_hear("alice", "bob")
        known = {each.base_key for each in self.voices["carol"].told(ReceiveKey)}
        for name in ("alice", "bob"):
            spoken = self.voices[name].told(SendKey)
            self.assertNotIn(spoken[-1].base_key, known)
            self.assertEqual(spoken[-1].generation, spoken[-2].generation + 1)
            self.assertEqual(len(self.voices[name].told(DropStream)), 1)
        self.assertEqual(len(self.codes(self.alice, self.bob) | before), 2)

    def test_from_the_start(self) -> None:
        """A conference that begins as one has no keys of a call of two before."""
        call_id = self.done(self.alice.call(["bob", "carol"]))
        for client in (self.bob, self.carol):
            self.done(client.accept(call_id))
        self.keys_settle()
        self.all_hear(*NAMES)
        self.assertEqual(len(self.codes(*self.clients.values())), 1)

    def test_two_calls_become_one(self) -> None:
        """Those who come into a call by a merge are given its keys."""
        one = self.in_call(self.alice, self.bob, "bob")
        two = self.in_call(self.alice, self.carol, "carol")
        self.done(self.alice.merge(one, two))
        self.keys_settle()
        self.all_hear(*NAMES)
        self.assertEqual(len(self.codes(*self.clients.values())), 1)

    def test_a_break(self) -> None:
        """Whoever comes back after a break, in which others came and went, hears them still."""
        call_id = self.three()
        dave = self.registered("dave")
        self.done(self.alice.add(call_id, ["dave"]))
        self.done(dave.accept(call_id))
        self.keys_settle()
        self.network.cut()
        self.network.pass_time(10.0, step=0.5)
        self.done(dave.hang_up(call_id))
        self.keys_settle()
        self.all_hear(*NAMES)
        self.assertEqual(len(self.codes(*self.clients.values())), 1)

    def test_merged_back_during_a_break(self) -> None:
        """Who was put out of a call, and into it again by a merge, while the line was away, shows
        a key for the new leg: the others hear him."""
        dave = self.registered("dave")
        one = self.done(self.alice.call(["bob", "dave"]))
        for client in (self.bob, dave):
            self.done(client.accept(one))
        self.keys_settle()
        self.done(self.alice.hold(one))
        two = self.done(self.alice.call(["bob", "carol"]))
        for client in (self.bob, self.carol):
            self.done(client.accept(two))
        self.keys_settle()
        self.network.cut_one(NAMES.index("bob"))
        self.done(self.alice.kick(one, "bob"))
        self.done(self.alice.merge(one, two))
        self.network.pass_time(20.0, step=0.5)
        self.keys_settle()
        self.all_hear(*NAMES, "dave")
        self.assertEqual(len(self.codes(*self.clients.values(), dave)), 1)
