"""How a leg's address is learnt, proven and left."""

from collections import defaultdict
from itertools import count

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from twisted.trial.unittest import SynchronousTestCase

from voip.wire.roaming import (
    AMPLIFICATION_LIMIT,
    CHALLENGE_INTERVAL,
    Address,
    Challenge,
    LegPath,
    Moved,
)

HOME: Address = ("192.0.2.1", 1000)
CAFE: Address = ("198.51.100.2", 2000)
TRAIN: Address = ("2001:db8::3", 3000, 0, 0)


class RandomCount:
    """A source of tokens that are all different: the numbers from 1."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self, length: int) -> bytes:
        return next(self._numbers).to_bytes(length, "big")


class PathCase(SynchronousTestCase):
    """A path, and packets that come."""

    def setUp(self) -> None:
        self.path = LegPath()
        self.random = RandomCount()

    def hear(
        self, address: Address, is_newest: bool = True, nbytes: int = 100, now: float = 0.0
    ) -> Challenge | None:
        """A genuine packet comes."""
        return self.path.received(address, is_newest, nbytes, now, self.random)

    def prove(self, address: Address, now: float = 0.0) -> Moved | None:
        """A genuine packet comes from `address` and its challenge is answered."""
        challenge = self.hear(address, now=now)
        assert challenge is not None
        return self.path.answered(address, challenge.token)


class LegPathTests(PathCase):
    """One leg, from its first packet through its moves."""

    def test_nothing_is_sent_before_anything_is_heard(self) -> None:
        """A leg that was never heard has no destination."""
        self.assertIsNone(self.path.destination(1))
        self.assertIsNone(self.path.settled)
        self.assertFalse(self.path.is_known)

    def test_the_first_address_is_challenged_and_used_up_to_three_times(self) -> None:
        """It gets audio at once, but no more than three bytes for each that it sent."""
        challenge = self.hear(HOME, nbytes=100)
        self.assertEqual(challenge, Challenge(HOME, b"\0\0\0\0\0\0\0\1"))
        self.assertTrue(self.path.is_known)
        self.assertEqual(self.path.destination(200), HOME)
        self.assertIsNone(self.path.destination(101))
        self.assertEqual(self.path.destination(100), HOME)
        self.assertIsNone(self.path.destination(1))

    def test_the_answer_lifts_the_limit(self) -> None:
        """After its PONG the first address is settled, which is no move."""
        self.assertIsNone(self.prove(HOME))
        self.assertEqual(self.path.settled, HOME)
        self.assertEqual(self.path.destination(10**6), HOME)

    def test_a_wrong_answer_proves_nothing(self) -> None:
        """Neither another token nor the right one from elsewhere counts."""
        challenge = self.hear(HOME)
        assert challenge is not None
        self.path.answered(HOME, b"guessed!")
        self.path.answered(CAFE, challenge.token)
        self.assertIsNone(self.path.settled)
        self.assertIsNone(self.path.destination(301))

    def test_a_challenge_is_repeated_only_after_a_while(self) -> None:
        """An unanswered PING is sent again with the same token when packets go on coming."""
        first = self.hear(HOME, now=1.0)
        self.assertIsNone(self.hear(HOME, now=1.0 + CHALLENGE_INTERVAL / 2))
        self.assertEqual(self.hear(HOME, now=1.0 + CHALLENGE_INTERVAL * 1.5), first)

    def test_a_late_packet_from_elsewhere_starts_nothing(self) -> None:
        """Only the newest packet can make an address a candidate, even the first."""
        self.assertIsNone(self.hear(HOME, is_newest=False))
        self.assertFalse(self.path.is_known)
        self.prove(HOME)
        self.assertIsNone(self.hear(CAFE, is_newest=False))
        self.assertFalse(self.path.may_send(CAFE, 1))

    def test_the_old_address_stays_until_the_new_one_is_proven(self) -> None:
        """A packet from elsewhere moves nothing by itself; the PONG from there does."""
        self.prove(HOME)
        challenge = self.hear(CAFE)
        assert challenge is not None
        self.assertEqual(challenge.address, CAFE)
        self.assertEqual(self.path.destination(500), HOME)
        self.assertIsNone(self.path.settled)
        self.assertEqual(self.path.answered(CAFE, challenge.token), Moved(CAFE))
        self.assertEqual(self.path.destination(500), CAFE)
        self.assertEqual(self.path.settled, CAFE)

    def test_a_candidate_is_sent_three_times_its_bytes(self) -> None:
        """PINGs and PONGs to an address on trial are limited as everything else."""
        self.prove(HOME)
        self.hear(CAFE, nbytes=30)
        self.assertTrue(self.path.may_send(CAFE, 90))
        self.assertFalse(self.path.may_send(CAFE, 1))
        self.assertTrue(self.path.may_send(HOME, 1000))
        self.assertFalse(self.path.may_send(TRAIN, 1))

    def test_a_newest_packet_from_home_ends_the_trial(self) -> None:
        """A packet was copied: the client goes on from its address, the copy is forgotten."""
        self.prove(HOME)
        challenge = self.hear(CAFE)
        assert challenge is not None
        self.hear(HOME)
        self.assertEqual(self.path.settled, HOME)
        self.assertIsNone(self.path.answered(CAFE, challenge.token))
        self.assertEqual(self.path.settled, HOME)

    def test_a_late_packet_from_home_does_not_end_the_trial(self) -> None:
        """Packets that were under way when the client moved do not hold it back."""
        self.prove(HOME)
        challenge = self.hear(CAFE)
        assert challenge is not None
        self.hear(HOME, is_newest=False)
        self.assertEqual(self.path.answered(CAFE, challenge.token), Moved(CAFE))

    def test_the_latest_candidate_counts(self) -> None:
        """A client that moves on before the answer is challenged where it is now."""
        self.prove(HOME)
        at_cafe, at_train = self.hear(CAFE), self.hear(TRAIN)
        assert at_cafe is not None
        assert at_train is not None
        self.assertIsNone(self.path.answered(CAFE, at_cafe.token))
        self.assertEqual(self.path.answered(TRAIN, at_train.token), Moved(TRAIN))

    def test_a_stolen_first_packet_does_not_keep_the_client_out(self) -> None:
        """If the first packet came from a wrong address, the client proves its own and is used."""
        self.hear(CAFE)
        challenge = self.hear(HOME)
        assert challenge is not None
        self.hear(CAFE)
        self.assertEqual(self.path.answered(HOME, challenge.token), Moved(HOME))
        self.assertEqual(self.path.settled, HOME)
        self.assertFalse(self.path.may_send(CAFE, 1))


class LostTests(PathCase):
    """An address that is gone, as a tunnel is when its connection ends."""

    def test_the_proven_one(self) -> None:
        """Nothing is sent there any more; whatever is heard next is the first anew."""
        self.prove(HOME)
        self.path.lost(HOME)
        self.assertIsNone(self.path.settled)
        self.assertIsNone(self.path.destination(1))
        self.assertIsNotNone(self.hear(CAFE))
        self.assertEqual(self.path.destination(300), CAFE)

    def test_the_proven_one_while_another_is_tried(self) -> None:
        """The one under trial is used at once, as a first one is."""
        self.prove(HOME)
        challenge = self.hear(CAFE)
        assert challenge is not None
        self.path.lost(HOME)
        self.assertEqual(self.path.destination(300), CAFE)
        self.assertIsNone(self.path.destination(1))
        self.assertIsNone(self.path.answered(CAFE, challenge.token))
        self.assertEqual(self.path.settled, CAFE)

    def test_one_under_trial(self) -> None:
        """The proven one is settled again, and an answer from the lost one proves nothing."""
        self.prove(HOME)
        challenge = self.hear(CAFE)
        assert challenge is not None
        self.path.lost(CAFE)
        self.assertEqual(self.path.settled, HOME)
        self.assertIsNone(self.path.answered(CAFE, challenge.token))
        self.assertEqual(self.path.settled, HOME)

    def test_the_first_before_it_was_proven(self) -> None:
        """As if nothing had come."""
        self.hear(HOME)
        self.path.lost(HOME)
        self.assertFalse(self.path.is_known)

    def test_one_that_was_never_used(self) -> None:
        """Changes nothing."""
        self.prove(HOME)
        self.hear(CAFE)
        self.path.lost(TRAIN)
        self.assertEqual(self.path.destination(1), HOME)


class RoamingMachine(RuleBasedStateMachine):
    """Packets from three addresses in any order, true and false answers, and things to send."""

    def __init__(self) -> None:
        super().__init__()
        self.path = LegPath()
        self.random = RandomCount()
        self.now = 0.0
        self.sent: defaultdict[Address, int] = defaultdict(int)
        self.got: defaultdict[Address, int] = defaultdict(int)
        self.asked: set[tuple[Address, bytes]] = set()
        self.proven: set[Address] = set()
        self.newest_from: set[Address] = set()

    addresses = st.sampled_from([HOME, CAFE, TRAIN])

    @rule(
        address=addresses,
        is_newest=st.booleans(),
        nbytes=st.integers(25, 1200),
        pause=st.sampled_from([0.0, 0.02, 0.3]),
    )
    def hear(self, address: Address, is_newest: bool, nbytes: int, pause: float) -> None:
        """A genuine packet comes."""
        self.now += pause
        self.got[address] += nbytes
        if is_newest:
            self.newest_from.add(address)
        challenge = self.path.received(address, is_newest, nbytes, self.now, self.random)
        if challenge is not None:
            assert challenge.address == address
            assert self.path.may_send(address, 34)
            self.sent[address] += 34
            self.asked.add((address, challenge.token))

    @rule(address=addresses, data=st.data())
    def answer(self, address: Address, data: st.DataObject) -> None:
        """Some token that was ever asked comes back, from anywhere."""
        tokens = sorted({token for _, token in self.asked}) or [b"nothing!"]
        token = data.draw(st.sampled_from(tokens))
        before = self.path.destination(0)
        moved = self.path.answered(address, token)
        if self.path.settled == address:
            self.proven.add(address)
        if moved is not None:
            assert (address, token) in self.asked
            assert address in self.newest_from
            assert moved == Moved(address)
            assert before != address
            assert self.path.settled == address

    @rule(nbytes=st.integers(25, 1200))
    def speak(self, nbytes: int) -> None:
        """Audio is there for the leg."""
        address = self.path.destination(nbytes)
        if address is not None:
            self.sent[address] += nbytes

    @rule(address=addresses, nbytes=st.integers(25, 1200))
    def answer_ping(self, address: Address, nbytes: int) -> None:
        """A PING of the client is answered along its path."""
        if self.path.may_send(address, nbytes):
            self.sent[address] += nbytes

    @invariant()
    def no_unproven_address_is_flooded(self) -> None:
        """Three bytes for one, to whoever has never answered."""
        for address, sent in self.sent.items():
            if address not in self.proven:
                assert sent <= AMPLIFICATION_LIMIT * self.got[address]

    @invariant()
    def settled_means_proven(self) -> None:
        """The short cut is only for an address that answered."""
        if self.path.settled is not None:
            assert self.path.settled in self.proven
            assert self.path.destination(10**9) == self.path.settled


RoamingMachineTests = RoamingMachine.TestCase
RoamingMachineTests.settings = settings(deadline=None, max_examples=60, stateful_step_count=30)
