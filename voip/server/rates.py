"""How much of each kind of message one source may send: the table of token buckets, and how both
buckets and the brake on guessed passwords follow the settings.

Before login the source is the address, after it the account, so that two devices of one person
share and two people behind one router do not. Tunnelled audio never comes here.
"""

from collections.abc import Mapping

from voip.config import Limits, Settings
from voip.core.account_messages import (
    DeleteAccount,
    ListDevices,
    Recover,
    RecoverFinish,
    Reset,
    SetRecovery,
)
from voip.core.call_messages import (
    AddParticipant,
    E2eRelay,
    Hold,
    Invite,
    QualityReport,
    SetMute,
    Swap,
    Unhold,
)
from voip.core.limits import Buckets, LoginThrottle, Rate
from voip.core.messages import (
    AuthDevice,
    AuthFinish,
    AuthStart,
    ChangePassword,
    Hello,
    Ping,
    Register,
    Request,
    Resume,
    SetProfile,
)
from voip.core.people_messages import (
    DeleteContact,
    DeleteHistory,
    GetPerson,
    ListContacts,
    ListHistory,
    ListUsers,
    MarkHistorySeen,
    PutContact,
    SetIdle,
    SetPresence,
)
from voip.server.live import LiveSettings

# A house full of people comes back at once when its router does: bursts are wide where the work is
# small, and passwords have a throttle of their own.
_LOGIN = Rate(per_second=20.0, burst=300.0)
# Accept, Decline and their like: a person's hand is slower, a broken client is not.
_CALLS = Rate(per_second=10.0, burst=60.0)

# Told to everybody in the call: in a large conference, a few bytes become some megabytes.
_HOLDS = Rate(per_second=2.0, burst=30.0)


# A full room, whose people may all be added by one hand.
_ADDED_AT_ONCE = 40.0


def live_buckets(live: LiveSettings) -> Buckets[str]:
    """Buckets of these rates, which follow the settings."""
    buckets = Buckets(rates(live.settings.limits))
    live.on_change(lambda settings: buckets.change(rates(settings.limits)))
    return buckets


def live_throttle(live: LiveSettings) -> LoginThrottle:
    """A brake on guesses that follows the settings."""
    throttle = LoginThrottle(live.settings.limits.login_failures)

    def changed(settings: Settings) -> None:
        throttle.free_failures = settings.limits.login_failures

    live.on_change(changed)
    return throttle


def rates(limits: Limits) -> Mapping[str, Rate]:
    """The allowance of each kind, by the name of its message."""
    registrations, calls = float(limits.registrations_per_hour), float(limits.calls_per_minute)
    table: dict[type[Request], Rate] = dict.fromkeys(Request.__args__, _CALLS)
    table |= {
        Hello: _LOGIN,
        AuthStart: _LOGIN,
        AuthFinish: _LOGIN,
        AuthDevice: _LOGIN,
        Resume: _LOGIN,
        Register: Rate(registrations / 3600.0, registrations),
        Ping: Rate(2.0, 20.0),
        # A code is typed by hand, once in years; what guesses is slowed for all names together.
        Recover: Rate(0.2, 20.0),
        RecoverFinish: Rate(0.2, 20.0),
        Reset: Rate(0.2, 20.0),
        ChangePassword: Rate(0.1, 5.0),
        SetRecovery: Rate(0.1, 5.0),
        DeleteAccount: Rate(0.1, 5.0),
        ListDevices: Rate(1.0, 20.0),
        SetProfile: Rate(0.2, 10.0),
        SetPresence: Rate(1.0, 20.0),
        ListUsers: Rate(10.0, 60.0),  # search as you type
        GetPerson: Rate(10.0, 100.0),
        ListContacts: Rate(10.0, 200.0),  # a whole book of pages, on several devices at once
        PutContact: Rate(5.0, 100.0),
        DeleteContact: Rate(5.0, 100.0),
        ListHistory: Rate(10.0, 60.0),  # search as you type, again
        DeleteHistory: Rate(5.0, 60.0),
        MarkHistorySeen: Rate(1.0, 20.0),
        SetIdle: Rate(1.0, 20.0),
        Invite: Rate(calls / 60.0, calls),
        AddParticipant: Rate(calls / 60.0, _ADDED_AT_ONCE),  # rings people, like Invite
        **dict.fromkeys((Hold, Unhold, Swap), _HOLDS),
        E2eRelay: Rate(50.0, 200.0),
        SetMute: Rate(5.0, 40.0),
        QualityReport: Rate(2.0, 20.0),
    }
    return {kind.__name__: rate for kind, rate in table.items()}
