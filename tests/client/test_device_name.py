"""The name of a device that nobody has named."""

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.device_name import NAMELESS, device_name_of
from voip.core.names import MAX_DEVICE_NAME, clean_text


class DeviceNameTests(SynchronousTestCase):
    """What partners may see of a host name."""

    def test_the_first_part_serves(self) -> None:
        """Where a computer stands is nobody's business."""
        self.assertEqual(device_name_of("laptop-2"), "laptop-2")
        self.assertEqual(device_name_of("anna-pc.office.example.org"), "anna-pc")

    def test_an_address_is_not_given_away(self) -> None:
        """Neither as a host name nor as a part of one, in decimals or not."""
        for host in (
            *("192.0.2.7", "ip-192-0-2-7", "ip-192-0-2-7.eu-1.example.org", "192-0-2-7.static"),
            *("192.0.2.7.example.org", "2001:db8::7", "ip-C0000207", "v6-2001-db8-0-7"),
        ):
            self.assertEqual(device_name_of(host), NAMELESS, host)

    def test_a_computer_without_a_name(self) -> None:
        """It is called something all the same."""
        for host in ("", ".", "\x1b"):
            self.assertEqual(device_name_of(host), NAMELESS)

    @settings(deadline=None, max_examples=50)
    @given(st.text(max_size=100))
    def test_every_name_can_be_shown(self, host: str) -> None:
        """Whatever the system calls itself, the server takes the name."""
        name = device_name_of(host)
        self.assertTrue(name)
        self.assertEqual(clean_text(name, MAX_DEVICE_NAME), name)
