"""Addresses as people type them."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.address import DEFAULT_PORT, Address, AddressTrouble, parse_address

PIN = "ab" * 32


class ParseAddressTests(SynchronousTestCase):
    def test_the_four_ways(self) -> None:
        """A name, a name with a port, an IPv6 address and a link with a pin are understood."""
        for text, address in {
            "call.example.org": Address("call.example.org"),
            " call.example.org:7000 ": Address("call.example.org", 7000),
            "127.0.0.1:1": Address("127.0.0.1", 1),
            "[::1]:7000": Address("::1", 7000),
            "[::1]": Address("::1"),
            "2001:db8::1": Address("2001:db8::1"),
            "voip://host": Address("host"),
            "VOIP://host:7000/": Address("host", 7000),
            f"voip://host:7000?pin={PIN.upper()}": Address("host", 7000, PIN),
            f"voip://[::1]:7000?pin={':'.join(['ab'] * 32)}": Address("::1", 7000, PIN),
        }.items():
            self.assertEqual(parse_address(text), address, text)

    def test_what_is_wrong_is_told(self) -> None:
        """Each mistake has its name."""
        for text, trouble in {
            "": AddressTrouble.EMPTY,
            "  ": AddressTrouble.EMPTY,
            "a b": AddressTrouble.HOST,
            ":7000": AddressTrouble.HOST,
            "::1]:7": AddressTrouble.HOST,
            "[::zz]:7": AddressTrouble.HOST,
            "voip://[::zz]:7": AddressTrouble.HOST,
            "x" * 254: AddressTrouble.HOST,
            "host:": AddressTrouble.PORT,
            "host:0": AddressTrouble.PORT,
            "host:65536": AddressTrouble.PORT,
            "host:seven": AddressTrouble.PORT,
            "host:٣": AddressTrouble.PORT,
            "[::1]7000": AddressTrouble.PORT,
            "voip://host?pin=123": AddressTrouble.PIN,
            "voip://host?pin=": AddressTrouble.PIN,
            "voip://host?pine=1": AddressTrouble.FORM,
            "voip://me@host": AddressTrouble.FORM,
            "voip://host/room": AddressTrouble.FORM,
            "voip://host#x": AddressTrouble.FORM,
        }.items():
            self.assertIs(parse_address(text), trouble, text)

    @settings(deadline=None, max_examples=200)
    @given(st.one_of(st.text(), st.text().map("voip://{}".format)))
    def test_any_text(self, text: str) -> None:
        """Whatever is typed, it is an address or a trouble; its key is one line that names it."""
        address = parse_address(text)
        if isinstance(address, Address):
            self.assertTrue(0 < address.port < 65536)
            self.assertEqual(len(address.key.split()), 1)

    def test_the_key(self) -> None:
        """Keys are kept under host and port, whatever the case."""
        self.assertEqual(Address("Call.Example.org").key, f"call.example.org:{DEFAULT_PORT}")
        self.assertEqual(Address("::1", 7).key, "[::1]:7")
