"""What a device is called when nobody has named it: the computer's own name, without its address.

Whoever calls or is called sees the name. Hosting companies put a machine's address into its host
name; such a name is not used.
"""

import re
from typing import Final

from voip.core.names import MAX_DEVICE_NAME, clean_text

NAMELESS: Final = "computer"

# Four numbers (ip-192-0-2-7), eight hexadecimal digits (ip-c0000207), or IPv6.
_ADDRESS: Final = re.compile(r"(?:\d+\D+){3}\d|[0-9a-f]{8}|:", re.IGNORECASE)


def device_name_of(host: str) -> str:
    """The first part of a host name, or ``NAMELESS`` where that would tell an address."""
    if _ADDRESS.search(host):
        return NAMELESS
    return clean_text(host.partition(".")[0], MAX_DEVICE_NAME) or NAMELESS
