"""Read-only views of what the switchboard holds, for the log, the admin shell and the tests.

A call describes itself as a ``CallView``; a session does as the ``SessionView`` here.
"""

from dataclasses import dataclass

from voip.core.ids import AccountId, CallId, DeviceId, SessionId, Username
from voip.core.people import Presence


@dataclass(frozen=True, slots=True)
class SessionView:
    """One login of one device."""

    session: SessionId
    account: AccountId
    username: Username
    nick: str
    device: DeviceId
    device_name: str
    presence: Presence  # the account's, as others see it
    is_connected: bool  # False: lost, and may come back
    calls: tuple[CallId, ...]  # those it has a live leg in
