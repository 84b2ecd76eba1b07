"""Which key this device speaks under, and when another one is due."""

import secrets

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.sender_keys import USE_AFTER_SECONDS, SenderKeys
from voip.media.sframe import MAX_STEP


class SenderKeysTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.keys = SenderKeys(
            secrets.token_bytes, rotate_after_seconds=60, rotate_after_frames=100
        )

    def test_the_first_key(self) -> None:
        """The first key is used at once; there is none to wait for."""
        self.assertIsNone(self.keys.newest)
        self.assertIsNone(self.keys.next_timer)
        self.assertFalse(self.keys.is_worn(1000.0) or self.keys.can_ratchet)
        key = self.keys.draw(5.0)
        self.assertEqual(self.keys.due(5.0), key)
        self.assertIsNone(self.keys.due(5.0))

    def test_the_next_generation(self) -> None:
        """Another generation is used half a second later, and told once."""
        self.keys.draw(0.0)
        self.keys.due(0.0)
        key = self.keys.draw(10.0)
        self.assertTrue(self.keys.is_waiting)
        self.assertFalse(self.keys.can_ratchet)
        self.assertEqual(self.keys.next_timer, 10.0 + USE_AFTER_SECONDS)
        self.assertIsNone(self.keys.due(10.0))
        self.assertEqual(self.keys.due(10.0 + USE_AFTER_SECONDS), key)
        self.assertEqual((key.generation, self.keys.newest), (1, key))

    def test_a_step(self) -> None:
        """A step is used at once, up to the last."""
        first = self.keys.draw(0.0)
        self.keys.due(0.0)
        for step in range(1, MAX_STEP + 1):
            self.assertTrue(self.keys.can_ratchet)
            key = self.keys.ratchet(1.0)
            self.assertEqual(self.keys.due(1.0), key)
            self.assertEqual((key.generation, key.step), (first.generation, step))
        self.assertFalse(self.keys.can_ratchet)

    def test_frames(self) -> None:
        """Frames are counted from when the key came into use, over sounds that begin anew."""
        self.keys.frames_sent(99)
        self.keys.draw(0.0)
        self.keys.due(0.0)
        self.keys.frames_sent(150)
        self.assertFalse(self.keys.is_worn(0.0))
        self.keys.frames_sent(48)
        self.assertFalse(self.keys.is_worn(0.0))
        self.keys.frames_sent(49)
        self.assertTrue(self.keys.is_worn(0.0))
        self.keys.draw(0.0)
        self.assertFalse(self.keys.is_worn(0.0))

    def test_time(self) -> None:
        """A key is worn when it is old, whether it has been ratcheted or not."""
        self.keys.draw(0.0)
        self.keys.due(0.0)
        self.assertEqual(self.keys.next_timer, 60.0)
        self.keys.ratchet(30.0)
        self.keys.due(30.0)
        self.assertFalse(self.keys.is_worn(59.0))
        self.assertTrue(self.keys.is_worn(60.0))

    def test_stopping(self) -> None:
        """A key whose counter is lost is not used again: the next is, at once."""
        self.keys.draw(0.0)
        self.keys.due(0.0)
        self.keys.draw(1.0)
        self.keys.stop()
        self.assertIsNone(self.keys.due(2.0))
        key = self.keys.draw(2.0)
        self.assertEqual((self.keys.due(2.0), key.generation), (key, 2))

    def test_the_end(self) -> None:
        """Nothing is left of the keys."""
        self.keys.draw(0.0)
        self.keys.erase()
        self.assertIsNone(self.keys.newest)
        self.assertIsNone(self.keys.due(1.0))

    @settings(deadline=None, max_examples=200)
    @given(st.lists(st.sampled_from(("draw", "ratchet", "due", "stop", "wait")), max_size=40))
    def test_no_key_is_used_twice(self, deeds: list[str]) -> None:
        """Whatever happens, keys in use only go forward, and no KID names two of them."""
        keys = SenderKeys(secrets.token_bytes)
        now, used = 0.0, []
        for deed in deeds:
            match deed:
                case "draw":
                    keys.draw(now)
                case "ratchet":
                    if keys.can_ratchet:
                        keys.ratchet(now)
                case "stop":
                    keys.stop()
                case "wait":
                    now += 0.3
                case _:
                    key = keys.due(now)
                    used += [] if key is None else [key.kid]
        self.assertEqual(used, sorted(set(used)))
