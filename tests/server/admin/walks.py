"""One walk through each command: the line that is typed, and what is so afterwards.

A ``World`` is a server in memory where something goes on: Ann and Bob talk, Bob on one of his two
devices, Cat waits to be approved, Dan is banned, an invite and a reset token are out.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, cast

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from tests.server.offices import CALL, NOW_UTC, Office, Talk, invite, other_device
from tests.server.someone import ANN, BOB, Someone
from voip.core.call_messages import Accept, CallChanged, QualityReport
from voip.core.calls import EndReason
from voip.core.contacts import Contact
from voip.core.deeds import Deed, DeedId
from voip.core.ids import CallId, Username
from voip.core.messages import ServerNotice
from voip.core.people_messages import PutContact
from voip.server.admin.commands import COMMANDS
from voip.server.admin.desk import Answer, Desk
from voip.server.relay.interface import RelayDrop
from voip.store.interface import Ban, NewAccount
from voip.store.operator import AccountSummary, KeptDeed, KeptInvite

CAT: Final = Username("cat")
DAN: Final = Username("dan")
FRIEND: Final = "my dearest"
INVITE: Final = KeptInvite("k3fq", "olga", "for the choir", NOW_UTC - 60, NOW_UTC + 3600, 2)
MOST_CALLS: Final = 9
"""More than any walk begins."""


class World:
    """A server where something goes on, and the desk in it."""

    def __init__(self, data_dir: Path, outside: Path) -> None:
        self.data_dir, self.outside = data_dir, outside
        self.office = office = Office()
        self.home = Home(office, directory=data_dir)
        self.desk = Desk(self.home.house, COMMANDS)
        office.relay.figures = replace(office.relay.figures, drops={RelayDrop.GATED: 3})
        office.register(ANN, BOB)
        for name, is_pending in ((CAT, True), (DAN, False)):
            new = NewAccount(name, name.title(), None, ANN.keys)
            office.store.create_account(new, NOW_UTC, is_pending=is_pending)
        office.store.ban(DAN, Ban("rude", "olga", NOW_UTC, NOW_UTC + 86_400))
        office.store.add_invite(b"h" * 32, INVITE)
        deed = KeptDeed(
            DeedId("0" * 16), NOW_UTC, OPERATOR, Deed("unban", "bob", "unban bob"), "done"
        )
        office.store.begin_deeds([deed])
        office.store.put_reset(BOB.username, b"r" * 32, NOW_UTC + 3600)
        self.ann, self.bob = office.login(ANN), office.login(BOB)
        self.other = office.login(other_device(BOB))
        self.talks: dict[str, Talk] = {"ann": self.ann, "bob": self.bob, "other": self.other}
        self.ann.ask(PutContact(Contact(CAT, alias=FRIEND)))
        self.call(self.ann, BOB)
        office.clock.advance(5.0)
        self.bob.ask(Accept(CALL))
        self.bob.ask(QualityReport(CALL, 12, 3, 40))
        office.clock.advance(60.0)

    def call(self, caller: Talk, callee: Someone, number: CallId = CALL) -> None:
        caller.ask(replace(invite(callee), call_id=number))

    def run(self, line: str, *, is_confirmed: bool = True, as_json: bool = False) -> Answer:
        """What comes of a line that is carried out at once."""
        answers: list[Answer] = []
        self.begin(line, is_confirmed=is_confirmed, as_json=as_json).addCallback(answers.append)
        [answer] = answers
        return answer

    def begin(
        self, line: str, *, is_confirmed: bool = True, as_json: bool = False
    ) -> Deferred[Answer]:
        """The same, of one that may have to wait."""
        return Deferred.fromCoroutine(
            self.desk.run(OPERATOR, line, is_confirmed=is_confirmed, as_json=as_json, width=100)
        )

    def secrets(self) -> list[str]:
        """What nobody is to be told, as it could be written."""
        register = ANN.register()
        assert register.verifier is not None
        raw = [
            register.verifier.stored_key,
            register.verifier.server_key,
            register.keys.sealed,
            *(copy.token_hash for copy in register.recovery),
            *(talk.opened.resume_token for talk in self.talks.values()),
            *(talk.opened.media.key_up for talk in self.talks.values()),
            b"h" * 32,
            b"r" * 32,
        ]
        return ["192.0.2.7", FRIEND, *(secret.hex() for secret in raw), *map(repr, raw)]

    def summary(self, name: str) -> AccountSummary:
        found: list[AccountSummary | None] = []
        self.office.store.summary(Username(name)).addCallback(found.append)
        [summary] = found
        assert summary is not None
        return summary

    def state(self) -> str:
        """Everything that a command could change, to be compared."""
        house = self.home.house
        reception = house.reception
        calls = reception.describe_calls(lambda _: True, MOST_CALLS)
        return repr(
            (
                vars(self.office.store),
                [reception.session_views_of(one.owner.username) for one in reception.sessions],
                [replace(call.view, answered_ms=None) for call in calls],
                reception.is_draining,
                house.leaving.is_wanted,
                house.live.settings,
                (self.home.stops, self.home.reloads),
                [(talk.notices, talk.is_closed) for talk in self.talks.values()],
                sorted(self.outside.iterdir()),
            )
        )


Check = Callable[[SynchronousTestCase, World], None]


def _nothing_changed(case: SynchronousTestCase, world: World) -> None:
    case.assertEqual(world.state(), World(world.data_dir, world.outside).state())


def _bob_is_out(case: SynchronousTestCase, world: World) -> None:
    case.assertTrue(world.bob.is_closed and world.other.is_closed)
    case.assertFalse(world.ann.is_closed)
    case.assertTrue(world.home.house.reception.is_quiet)


def _bob_is_banned(case: SynchronousTestCase, world: World) -> None:
    _bob_is_out(case, world)
    ban = Ban("rude to ann", OPERATOR.name, NOW_UTC, NOW_UTC + 172_800)
    case.assertEqual(world.summary("bob").ban, ban)


def _dan_is_free(case: SynchronousTestCase, world: World) -> None:
    case.assertIsNone(world.summary("dan").ban)


def _cat_is_in(case: SynchronousTestCase, world: World) -> None:
    case.assertFalse(world.summary("cat").is_pending)


def _reset_is_out(case: SynchronousTestCase, world: World) -> None:
    case.assertEqual(world.summary("ann").reset_until, NOW_UTC + 7200)


def _no_reset_is_out(case: SynchronousTestCase, world: World) -> None:
    case.assertIsNone(world.summary("bob").reset_until)


def _call_is_over(case: SynchronousTestCase, world: World) -> None:
    case.assertTrue(world.home.house.reception.is_quiet)
    told = cast("list[CallChanged]", world.bob.told(CallChanged))
    case.assertIs(told[-1].call.ended, EndReason.OPERATOR)


def _all_are_told(case: SynchronousTestCase, world: World) -> None:
    for talk in world.talks.values():
        [notice] = cast("list[ServerNotice]", talk.told(ServerNotice))
        case.assertEqual(notice.text, "tea is ready")


def _invites(number: int) -> Check:
    def check(case: SynchronousTestCase, world: World) -> None:
        case.assertEqual(len(case.successResultOf(world.office.store.invites(NOW_UTC))), number)

    return check


def _limit_is_five(case: SynchronousTestCase, world: World) -> None:
    case.assertEqual(world.home.house.live.settings.limits.sessions_per_account, 5)


def _it_drains(case: SynchronousTestCase, world: World) -> None:
    case.assertTrue(world.home.house.reception.is_draining)
    case.assertEqual(world.home.stops, 0)
    case.assertEqual(sum(world.home.house.reception.count_calls().values()), 1)


def _it_was_read_again(case: SynchronousTestCase, world: World) -> None:
    case.assertEqual(world.home.reloads, 1)


def _a_file_is_there(case: SynchronousTestCase, world: World) -> None:
    case.assertTrue((world.outside / "voip.tar").is_file())


@dataclass(frozen=True)
class Walk:
    """A line with all that it may have, what it says, what is so afterwards, and whom or what the
    audit says that it concerned."""

    line: str
    says: str
    check: Check = _nothing_changed
    on: str = ""

    def typed(self, world: World) -> str:
        """The line, with the directory in which it may leave something."""
        return self.line.format(outside=world.outside)

    def concerns(self, world: World) -> str:
        return self.on.format(outside=world.outside)


LIMIT: Final = "sessions_per_account"
WALKS: Final = (
    Walk("help", "kick"),
    Walk("users", "4 accounts"),
    Walk("users b --online --limit 5", "bob"),
    Walk("user bob", "laptop", on="bob"),
    Walk("user dan", "rude", on="dan"),
    Walk("sessions", "3 sessions of 2 people"),
    Walk("sessions bob", "2 sessions of 1 person", on="bob"),
    Walk("calls", "1 call"),
    Walk("call 6363", "63636363", on=CALL.hex()),
    Walk("stats", "gated"),
    Walk("audit --on bob --since 1d --limit 3", "1 line", on="bob"),
    Walk("limits", "sessions_per_account"),
    Walk("kick bob your client floods us", "kicked bob from 2 devices", _bob_is_out, "bob"),
    Walk("ban bob rude to ann --for 2d", "banned bob until", _bob_is_banned, "bob"),
    Walk("unban dan", "dan can log in again", _dan_is_free, "dan"),
    Walk("approve cat", "approved cat", _cat_is_in, "cat"),
    Walk("reset_password ann --for 2h", r"R-(\w{4}-){4}", _reset_is_out, "ann"),
    Walk("recovery bob", "password", on="bob"),
    Walk("recovery bob --withdraw", "token of bob is taken back", _no_reset_is_out, "bob"),
    Walk("end_call 6363", "ended the call 63636363 of ann and bob", _call_is_over, CALL.hex()),
    Walk("announce tea is ready", "told 3 devices", _all_are_told),
    Walk("invite --uses 3 --for 7d the choir", r"I-(\w{4}-){4}", _invites(2)),
    Walk("invites", "1 invite"),
    Walk("withdraw_invite k3fq", "k3fq is taken back", _invites(0), "k3fq"),
    Walk(
        "set_limit sessions_per_account 5",
        "is 5 from now on",
        _limit_is_five,
        "sessions_per_account",
    ),
    Walk("drain --stop", "1 call still goes on", _it_drains),
    Walk("backup {outside}/voip.tar", "backed up 1 file", _a_file_is_there, "{outside}/voip.tar"),
    Walk("reload", "nothing has changed", _it_was_read_again),
)
