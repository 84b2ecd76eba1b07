"""Which way voices go, at a path whose two ways a test opens and shuts."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from twisted.trial.unittest import SynchronousTestCase

from tests.client.voice.wire import config, predictable
from voip.client.voice.commands import PathUp, Trouble, UdpUse, UseNetwork, VoiceTrouble
from voip.client.voice.path import MediaPath, Tunnelled
from voip.client.voice.way import LINGER_SECONDS, PROBE_SECONDS, TUNNEL_AFTER_SECONDS, Way
from voip.wire.media_frames import Media, Ping

STEP = 0.05


class World:
    """A client's path, a server that answers, and what is between them."""

    def __init__(self, use: UdpUse = UdpUse.AUTO, *, is_talking: bool = True) -> None:
        self.near = MediaPath(config(), 0.0, predictable, UseNetwork(use))
        self.far = MediaPath(config(is_far=True), 0.0, predictable, UseNetwork(UdpUse.ON))
        self.now = 0.0
        self.is_talking = is_talking
        self.has_udp = self.has_tcp = True
        self.udp_loses_every_other = False
        self.tunnel_opened_at: float | None = None
        self.reports: list[PathUp | Trouble] = []
        self.asked: list[tuple[float, Way]] = []

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self.now + seconds
        while self.now < end - STEP / 2:
            self.now = round(self.now + STEP, 3)
            self._hold_tunnel()
            if self.now >= self.near.next_ping_at:
                for ping in self.near.handle_timer(self.now, self.is_talking):
                    self._carry(ping)
            self.reports += self.near.take_reports()

    def _hold_tunnel(self) -> None:
        if not (self.near.wants_tunnel and self.has_tcp):
            self.tunnel_opened_at = None
        elif self.tunnel_opened_at is None:
            self.tunnel_opened_at = self.now + 0.2  # TCP and TLS take a few round trips

    def _carry(self, ping: bytes) -> None:
        is_tunnelled = isinstance(ping, Tunnelled)
        self.asked.append((self.now, Way.TLS if is_tunnelled else Way.UDP))
        opened_at = self.tunnel_opened_at
        is_open = opened_at is not None and self.now >= opened_at
        is_lost = self.udp_loses_every_other and [way for _, way in self.asked].count(Way.UDP) % 2
        if is_open if is_tunnelled else self.has_udp and not is_lost:
            for pong in self.far.receive(bytes(ping), self.now)[1]:
                self.near.receive(Tunnelled(pong) if is_tunnelled else pong, self.now)


class AutoTests(SynchronousTestCase):
    """By itself."""

    def test_udp_is_enough(self) -> None:
        """Where it passes no tunnel is asked for, and one lost PING is no matter."""
        world = World()
        world.run(10.0)
        world.has_udp = False
        world.run(1.2)
        world.has_udp = True
        world.run(10.0)
        self.assertFalse(world.near.wants_tunnel)
        self.assertEqual({way for _, way in world.asked}, {Way.UDP})
        self.assertEqual(world.reports, [PathUp(0.0, "udp")])

    def test_udp_is_blocked_from_the_start(self) -> None:
        """After 3 s of asking a tunnel is wanted; once it answers voices go through it."""
        world = World(is_talking=False)
        world.has_udp = False
        world.run(TUNNEL_AFTER_SECONDS)
        self.assertFalse(world.near.wants_tunnel)
        world.run(1.0)
        self.assertTrue(world.near.wants_tunnel)
        self.assertIs(world.near.way, Way.TLS)
        self.assertIsInstance(world.near.seal((Media(1, 0, 0, b"word"),)), Tunnelled)
        self.assertEqual(world.reports, [PathUp(0.0, "tls")])

    def test_udp_fails_in_a_call(self) -> None:
        """The call goes on through the tunnel within four seconds and a half."""
        world = World()
        world.run(20.0)
        world.has_udp = False
        world.run(4.5)
        self.assertIs(world.near.way, Way.TLS)
        self.assertEqual(world.reports[1:], [PathUp(0.0, "tls")])

    def test_udp_fails_while_nobody_talks(self) -> None:
        """It is found at the next sign of life, and asked after at once."""
        world = World(is_talking=False)
        world.run(1.0)
        world.has_udp = False
        world.run(15.0 + 4.5)
        self.assertIs(world.near.way, Way.TLS)

    def test_back_to_udp(self) -> None:
        """When UDP answers three times in a row it is used again, and the tunnel soon closed."""
        world = World()
        world.has_udp = False
        world.run(10.0)
        self.assertIs(world.near.way, Way.TLS)
        world.has_udp = True
        came_back_at = world.now
        while world.near.way is Way.TLS:
            world.run(STEP)
        self.assertLess(world.now - came_back_at, PROBE_SECONDS + 1.5)
        self.assertTrue(world.near.wants_tunnel)
        world.run(LINGER_SECONDS + 1.5)
        self.assertFalse(world.near.wants_tunnel)
        self.assertEqual(
            [each.path for each in world.reports if isinstance(each, PathUp)], ["tls", "udp"]
        )

    def test_udp_is_asked_on_with_patience(self) -> None:
        """While it is silent, every five seconds, not more."""
        world = World()
        world.has_udp = False
        world.run(10.0)
        world.asked.clear()
        world.run(60.0)
        asked = [way for _, way in world.asked].count(Way.UDP)
        self.assertIn(asked, range(11, 14))

    def test_a_new_path_begins_where_the_one_before_ended(self) -> None:
        """After a session was resumed the call does not fall silent to find out again."""
        media, wish = config(), UseNetwork(UdpUse.AUTO)
        path = MediaPath(media, 0.0, predictable, wish, Way.TLS)
        self.assertEqual((path.way, path.wants_tunnel), (Way.TLS, True))
        alone = MediaPath(media, 0.0, predictable, UseNetwork(UdpUse.ON), Way.TLS)
        self.assertEqual((alone.way, alone.wants_tunnel), (Way.UDP, False))

    def test_udp_that_answers_every_other_time(self) -> None:
        """Is not taken back."""
        world = World()
        world.has_udp = False
        world.run(10.0)
        world.has_udp = world.udp_loses_every_other = True
        world.run(60.0)
        self.assertIs(world.near.way, Way.TLS)

    def test_a_short_silence_opens_and_closes_a_tunnel(self) -> None:
        """UDP that answers again before the tunnel serves stays in use."""
        world = World()
        world.run(5.0)
        world.has_udp = world.has_tcp = False
        world.run(4.5)
        self.assertTrue(world.near.wants_tunnel)
        world.has_udp = True
        world.run(LINGER_SECONDS + 3.0)
        self.assertIs(world.near.way, Way.UDP)
        self.assertFalse(world.near.wants_tunnel)

    def test_nothing_passes(self) -> None:
        """It is told once, and again only after something has passed."""
        world = World()
        world.has_udp = world.has_tcp = False
        world.run(20.0)
        self.assertEqual(world.reports, [Trouble(VoiceTrouble.TUNNEL_BLOCKED)])
        world.has_tcp = True
        world.run(2.0)
        self.assertEqual(world.reports[1:], [PathUp(0.0, "tls")])
        world.has_tcp = False
        world.run(10.0)
        self.assertEqual(world.reports[2:], [Trouble(VoiceTrouble.TUNNEL_BLOCKED)])

    def test_a_tunnel_that_is_new_is_asked_anew(self) -> None:
        """That the one before answered says nothing of it."""
        world = World()
        world.has_udp = False
        world.run(10.0)
        world.has_udp = True
        world.run(15.0)
        world.has_udp = world.has_tcp = False
        world.run(6.0)
        self.assertTrue(world.near.wants_tunnel)
        self.assertIs(world.near.way, Way.UDP)

    def test_the_server_is_answered_where_voices_go(self) -> None:
        """A server that tries the way of a mere probe gets no answer there: it would move."""
        world = World()
        world.has_udp = False
        world.run(10.0)
        challenge = world.far.seal((Ping(b"12345678"),))
        self.assertEqual(world.near.receive(challenge, world.now)[1], [])
        challenge = Tunnelled(world.far.seal((Ping(b"12345678"),)))
        [answer] = world.near.receive(challenge, world.now)[1]
        self.assertIsInstance(answer, Tunnelled)


class WishTests(SynchronousTestCase):
    """What a person sets."""

    def test_udp_alone(self) -> None:
        """No tunnel, whatever happens; that nothing passes is told."""
        world = World(UdpUse.ON)
        world.has_udp = False
        world.run(20.0)
        self.assertFalse(world.near.wants_tunnel)
        self.assertEqual(world.reports, [Trouble(VoiceTrouble.UDP_BLOCKED)])

    def test_the_tunnel_alone(self) -> None:
        """Not one datagram goes by UDP; that nothing passes is told."""
        world = World(UdpUse.OFF)
        world.run(3.0)
        self.assertEqual(world.reports, [PathUp(0.0, "tls")])
        world.has_tcp = False
        world.run(10.0)
        self.assertEqual(world.reports[1:], [Trouble(VoiceTrouble.TUNNEL_BLOCKED)])
        self.assertEqual({way for _, way in world.asked}, {Way.TLS})

    def test_another_wish(self) -> None:
        """Holds from then on; what serves is not dropped before the other way is proven."""
        world = World()
        world.run(5.0)
        world.near.use_network(UseNetwork(UdpUse.OFF), world.now)
        world.near.use_network(UseNetwork(UdpUse.OFF), world.now)
        world.run(2.0)
        self.assertEqual((world.near.way, world.near.wants_tunnel), (Way.TLS, True))
        world.near.use_network(UseNetwork(UdpUse.AUTO), world.now)
        self.assertIs(world.near.way, Way.TLS)
        world.run(3.0)
        self.assertIs(world.near.way, Way.UDP)
        world.near.use_network(UseNetwork(UdpUse.ON), world.now)
        self.assertFalse(world.near.wants_tunnel)
        world.run(1.0)
        self.assertIs(world.near.way, Way.UDP)


class WayMachine(RuleBasedStateMachine):
    """Ways that open and shut, and wishes that change, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.use = UdpUse.AUTO

    @rule(has_udp=st.booleans(), has_tcp=st.booleans(), seconds=st.sampled_from((0.3, 2.0, 7.0)))
    def pass_time(self, has_udp: bool, has_tcp: bool, seconds: float) -> None:
        """The network is like this for a while."""
        self.world.has_udp, self.world.has_tcp = has_udp, has_tcp
        self.world.run(seconds)

    @rule(use=st.sampled_from(UdpUse), is_talking=st.booleans())
    def wish(self, use: UdpUse, is_talking: bool) -> None:
        """The person sets something; a call begins or ends."""
        self.use = use
        self.world.is_talking = is_talking
        self.world.near.use_network(UseNetwork(use), self.world.now)

    @rule(has_udp=st.booleans())
    def settle(self, has_udp: bool) -> None:
        """With one way open for long enough, voices go that way, if they may."""
        self.world.has_udp, self.world.has_tcp = has_udp, not has_udp
        self.world.run(30.0)
        open_way = Way.UDP if has_udp else Way.TLS
        match self.use:
            case UdpUse.AUTO:
                assert self.world.near.way is open_way
                assert self.world.near.wants_tunnel is not has_udp
            case UdpUse.ON:
                assert self.world.near.way is Way.UDP
            case UdpUse.OFF:
                assert self.world.near.way is Way.TLS

    @invariant()
    def wishes_hold(self) -> None:
        """A way that is not to be used is not; voices through a tunnel have one."""
        near = self.world.near
        assert near.way is Way.UDP or near.wants_tunnel
        assert self.use is not UdpUse.ON or not near.wants_tunnel
        assert self.use is not UdpUse.OFF or near.way is Way.TLS


WayMachineTests = WayMachine.TestCase
WayMachineTests.settings = settings(deadline=None, max_examples=60, stateful_step_count=15)
