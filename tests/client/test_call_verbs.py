"""What is heard here, between real clients and a real server."""

from tests.client.pair import PairTestCase
from voip.client.client import Client
from voip.client.voice.commands import SetDeafened


class DeafenedTests(PairTestCase):
    """Hearing nobody is for the call that one talks in."""

    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")

    def is_deaf(self, client: Client) -> bool:
        """Is nobody heard? What is shown and what the voice engine does are the same."""
        told = self.voices["alice"].told(SetDeafened)
        is_deaf = client.model.audio.is_deafened
        self.assertEqual(told[-1].is_deafened if told else False, is_deaf)
        return is_deaf

    def test_on_and_off(self) -> None:
        """It can be turned on and off, and lasts while the call goes on."""
        self.in_call(self.alice, self.bob, "bob")
        self.alice.set_deafened(True)
        self.alice.set_muted(True)
        self.network.settle()
        self.assertTrue(self.is_deaf(self.alice))
        self.alice.set_deafened(False)
        self.assertFalse(self.is_deaf(self.alice))

    def test_the_next_call_is_heard(self) -> None:
        """It ends with the call, whoever ends it, and with the session."""
        for end in (
            lambda call: self.alice.hang_up(call),
            lambda call: self.bob.hang_up(call),
            lambda _: self.alice.logout(),
        ):
            call_id = self.in_call(self.alice, self.bob, "bob")
            self.alice.set_deafened(True)
            self.done(end(call_id))
            self.assertFalse(self.is_deaf(self.alice))

    def test_another_call_is_heard(self) -> None:
        """A call that is answered meanwhile is heard, and so is the first one taken back."""
        carol = self.registered("carol")
        first = self.in_call(self.alice, self.bob, "bob")
        self.alice.set_deafened(True)
        self.in_call(carol, self.alice, "alice")
        self.assertFalse(self.is_deaf(self.alice))
        self.done(self.alice.resume(first))
        self.assertFalse(self.is_deaf(self.alice))

    def test_without_a_call(self) -> None:
        """Where nobody talks, nobody is kept from being heard later."""
        self.alice.set_deafened(True)
        self.assertFalse(self.is_deaf(self.alice))
