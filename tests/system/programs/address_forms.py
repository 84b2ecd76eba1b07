"""The ways in which an IPv4 address can stand in bytes, and where any of them occurs.

It knows addresses and bytes, neither clients nor protocols.
"""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address


def forms_of(address: str) -> dict[str, bytes]:
    """Every form looked for, by name."""
    packed = IPv4Address(address).packed
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + packed)
    number, turned = int.from_bytes(packed, "big"), int.from_bytes(packed, "little")
    return {
        "text": address.encode(),
        "wide text": address.encode("utf-16-le"),
        "packed": packed,
        "packed, little end first": packed[::-1],
        "mapped into IPv6": mapped.packed,
        "mapped, as text": str(mapped).encode(),
        "mapped, as text with dots": f"::ffff:{address}".encode(),
        "hexadecimal": packed.hex().encode(),
        "hexadecimal, little end first": packed[::-1].hex().encode(),
        "decimal": str(number).encode(),
        "protobuf varint": _varint(number),
        "protobuf varint, little end first": _varint(turned),
        "name of the reverse zone": ".".join(reversed(address.split("."))).encode(),
    }


def found_in(streams: Mapping[str, bytes], addresses: Mapping[str, str]) -> list[str]:
    """A sentence for each form of an address, by its owner's name, in each named stream."""
    return [
        f"the address of {owner} as {form} in {name} at byte {data.find(wanted)}"
        for owner, address in addresses.items()
        for form, wanted in forms_of(address).items()
        for name, data in streams.items()
        if wanted in data
    ]


def _varint(number: int) -> bytes:
    encoded = bytearray()
    while number > 0x7F:
        encoded.append(number & 0x7F | 0x80)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
