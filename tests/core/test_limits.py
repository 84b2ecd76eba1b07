"""Buckets, the brake on guessing, and what counts as one source."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.core.limits import (
    Buckets,
    LoginThrottle,
    Rate,
    TokenBucket,
    blur_address,
    blur_source,
    milliseconds,
    source_of,
)


class TokenBucketTests(SynchronousTestCase):
    """A rate with bursts."""

    def test_a_burst_and_then_the_rate(self) -> None:
        """Two at once, then one each half second; a refusal tells how long to wait."""
        bucket = TokenBucket(rate=2.0, burst=2.0)
        self.assertEqual([bucket.take(10.0) for _ in range(3)], [0.0, 0.0, 0.5])
        self.assertEqual(bucket.take(10.25), 0.25)
        self.assertEqual(bucket.take(10.5), 0.0)

    def test_a_rest_fills_it_to_the_brim_and_not_above(self) -> None:
        """After an hour there is one burst, not an hour's worth."""
        bucket = TokenBucket(rate=2.0, burst=2.0)
        bucket.take(0.0)
        self.assertEqual([bucket.take(3600.0) for _ in range(3)], [0.0, 0.0, 0.5])

    def test_a_clock_that_steps_back(self) -> None:
        """It costs nothing and gives nothing."""
        bucket = TokenBucket(rate=1.0, burst=1.0)
        bucket.take(10.0)
        self.assertEqual(bucket.take(5.0), 1.0)

    @settings(deadline=None, max_examples=100)
    @given(st.lists(st.floats(0.0, 2.0), max_size=60))
    def test_never_more_than_promised(self, pauses: list[float]) -> None:
        """However requests are spread, no more get through than burst plus rate times time."""
        bucket, now, taken = TokenBucket(rate=3.0, burst=5.0), 0.0, 0
        for pause in pauses:
            now += pause
            taken += bucket.take(now) == 0.0
        self.assertLessEqual(taken, 5.0 + 3.0 * now + 1e-6)

    @settings(deadline=None, max_examples=100)
    @given(st.floats(0.1, 100.0), st.floats(1.0, 100.0))
    def test_waiting_as_told_is_enough(self, rate: float, burst: float) -> None:
        """Who waits the seconds told, and a microsecond, is let through."""
        bucket, now = TokenBucket(rate, burst), 0.0
        while not (wait := bucket.take(now)):
            pass
        self.assertEqual(bucket.take(now + wait + 1e-6), 0.0)


class BucketsTests(SynchronousTestCase):
    """Buckets for kinds and sources."""

    def test_each_kind_and_each_source_its_own(self) -> None:
        """One peer's flood of one message takes nothing from others or from other messages."""
        buckets = Buckets({"invite": Rate(1.0, 1.0), "list": Rate(1.0, 1.0)})
        self.assertEqual(buckets.take("invite", "a", 0.0), 0.0)
        self.assertEqual(buckets.take("invite", "a", 0.0), 1.0)
        self.assertEqual(buckets.take("invite", "b", 0.0), 0.0)
        self.assertEqual(buckets.take("list", "a", 0.0), 0.0)

    def test_kinds_without_a_rate(self) -> None:
        """They are never limited and cost no memory."""
        buckets = Buckets({"invite": Rate(1.0, 1.0)})
        self.assertEqual([buckets.take("ping", "a", 0.0) for _ in range(100)], [0.0] * 100)
        self.assertEqual(len(buckets), 0)

    def test_memory_has_a_maximum(self) -> None:
        """A flood from many sources makes it forget the ones that were quiet longest."""
        buckets = Buckets({"invite": Rate(1.0, 1.0)}, max_buckets=2)
        buckets.take("invite", "a", 0.0)
        buckets.take("invite", "b", 0.0)
        buckets.take("invite", "a", 0.0)
        buckets.take("invite", "c", 0.0)
        self.assertEqual(len(buckets), 2)
        self.assertGreater(buckets.take("invite", "a", 0.0), 0.0)
        self.assertEqual(buckets.take("invite", "b", 0.0), 0.0)

    def test_other_rates_are_in_force_at_once(self) -> None:
        """For who has asked before, too: nothing is given, and what is too much is taken."""
        buckets = Buckets({"invite": Rate(1.0, 8.0), "list": Rate(1.0, 1.0)})
        for _ in range(8):
            buckets.take("invite", "a", 0.0)
        buckets.take("invite", "b", 0.0)
        buckets.change({"invite": Rate(0.5, 2.0), "list": Rate(1.0, 1.0)})
        self.assertEqual(buckets.take("invite", "a", 0.0), 2.0)
        self.assertEqual([buckets.take("invite", "b", 0.0) for _ in range(3)], [0.0, 0.0, 2.0])
        self.assertEqual([buckets.take("invite", "c", 0.0) for _ in range(3)], [0.0, 0.0, 2.0])


class LoginThrottleTests(SynchronousTestCase):
    """Guessing gets slow."""

    def setUp(self) -> None:
        """The throttle as it is used."""
        self.throttle = LoginThrottle()

    def guess(self, times: int, now: float = 0.0) -> list[float]:
        """Guess wrongly so often at once and give the waits told."""
        return [self.throttle.failed("anna", "192.0.2.1", now) for _ in range(times)]

    def test_a_few_mistakes_are_free(self) -> None:
        """Four wrong passwords cost nothing, the fifth makes one wait."""
        self.assertEqual(self.guess(5), [0.0, 0.0, 0.0, 0.0, 15.0])
        self.assertEqual(self.throttle.wait("anna", "192.0.2.1", 5.0), 10.0)
        self.assertEqual(self.throttle.wait("anna", "192.0.2.1", 15.0), 0.0)

    def test_the_wait_doubles_up_to_a_quarter_of_an_hour(self) -> None:
        """And stays there, however patient the guesser."""
        self.assertEqual(self.guess(12)[4:], [15.0, 30.0, 60.0, 120.0, 240.0, 480.0, 900.0, 900.0])
        self.assertEqual(self.guess(2000)[-1], 900.0)

    def test_only_this_account_from_this_source(self) -> None:
        """A guesser elsewhere does not lock the owner out, nor other accounts."""
        self.guess(6)
        self.assertEqual(self.throttle.wait("anna", "192.0.2.2", 0.0), 0.0)
        self.assertEqual(self.throttle.wait("ben", "192.0.2.1", 0.0), 0.0)

    def test_the_free_failures_may_change(self) -> None:
        """The next failure is counted by the new number."""
        self.guess(2)
        self.throttle.free_failures = 3
        self.assertEqual(self.guess(2), [15.0, 30.0])
        self.throttle.free_failures = 10
        self.assertEqual(self.guess(1), [30.0])

    def test_the_right_password_forgives(self) -> None:
        """After a login the count starts anew; forgiving nobody is nothing."""
        self.guess(4)
        self.throttle.succeeded("anna", "192.0.2.1")
        self.throttle.succeeded("ben", "192.0.2.1")
        self.assertEqual(self.guess(4), [0.0] * 4)

    def test_time_forgives(self) -> None:
        """Failures older than ten minutes do not count; a lock is remembered as long again."""
        self.guess(4, now=0.0)
        self.assertEqual(self.guess(1, now=601.0), [0.0])
        self.guess(5, now=700.0)
        self.assertGreater(self.guess(1, now=1000.0)[0], 15.0)

    def test_memory_has_a_maximum(self) -> None:
        """A flood of names makes it forget the pair that was quiet longest."""
        throttle = LoginThrottle(free_failures=1, max_remembered=2)
        for name in ("a", "b", "c"):
            throttle.failed(name, "192.0.2.1", 0.0)
        self.assertEqual(len(throttle), 2)
        self.assertEqual(throttle.wait("a", "192.0.2.1", 0.0), 0.0)
        self.assertEqual(throttle.wait("c", "192.0.2.1", 0.0), 15.0)


class SourceTests(SynchronousTestCase):
    """Addresses as sources and as the log shows them."""

    def test_sources(self) -> None:
        """An IPv4 address is one, and so is the whole /64 of an IPv6 address."""
        for address, source in (
            ("192.0.2.77", "192.0.2.77"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("::ffff:192.0.2.77", "192.0.2.77"),
            ("fe80::1%eth0", "fe80::/64"),
            ("/run/voip.sock", "/run/voip.sock"),
            ("", ""),
        ):
            self.assertEqual(source_of(address), source)

    def test_blurred(self) -> None:
        """The log shows the network somebody is in, not the machine."""
        for address, blurred in (
            ("192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("fe80::1%eth0", "fe80::/48"),
            ("unix", "unix"),
        ):
            self.assertEqual(blur_address(address), blurred)
            self.assertEqual(blur_source(source_of(address)), blurred)


class WaitingTests(SynchronousTestCase):
    """How long to wait, as it is told."""

    def test_who_waits_so_long_has_waited_enough(self) -> None:
        """Parts of a millisecond count as a whole one; no time is none."""
        for seconds, told in ((0.0, 0), (0.0001, 1), (0.0011, 2), (15.0, 15000)):
            self.assertEqual(milliseconds(seconds), told)
