"""The names things go by: value types instead of bare strings and bytes.

They know nothing. Whoever makes an id hands it in; nothing here draws random numbers.
"""

from typing import NewType

AccountId = NewType("AccountId", int)
"""An account's number in the store; it never leaves the server."""

Username = NewType("Username", str)
"""The account name people type: 3-32 of ``a-z 0-9 - _ .``, lower case."""

DeviceId = NewType("DeviceId", bytes)
"""SHA-256 of a device's Ed25519 public key: 32 bytes."""

SessionId = NewType("SessionId", bytes)
"""16 random bytes that the server gives to one login of one device."""

CallId = NewType("CallId", bytes)
"""16 random bytes that the calling client makes: the idempotency key of a call."""

LegNumber = NewType("LegNumber", int)
"""A leg's number within its call, from 1; 1 is the caller's."""

StreamId = NewType("StreamId", int)
"""u16: whose voice a media frame carries; unique among the live legs of a node."""

Cid = NewType("Cid", int)
"""u32: one session's end of the media path."""

EntryId = NewType("EntryId", int)
"""The number of one entry of a call history, from 1; newer entries have higher ones."""

CALL_ID_SIZE = 16
SESSION_ID_SIZE = 16
DEVICE_ID_SIZE = 32
