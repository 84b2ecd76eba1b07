"""What every store must do for the operator: run against each of them."""

from dataclasses import replace
from typing import TypeVar

from twisted.internet.defer import Deferred

from tests.store.stores import NOON, a_copy, a_device, a_verifier, an_account
from voip.core.credentials import AccountKeys
from voip.core.deeds import Actor, Deed, DeedId, Door, Role
from voip.core.ids import AccountId, Username
from voip.store.interface import Account, Ban, InviteNotValid, NameTaken, NewAccount
from voip.store.operator import (
    AccountKind,
    AccountPage,
    AccountSummary,
    DeedFilter,
    KeptDeed,
    KeptInvite,
)
from voip.store.people import Store

T = TypeVar("T")
ALICE, BOB, NOBODY = (Username(name) for name in ("alice", "bob", "nobody"))
TOKEN, ANOTHER = b"t" * 32, b"u" * 32
NEW_KEYS = AccountKeys(b"q" * 32, b"another key, sealed")
A_BAN = Ban("rude", "op", NOON, NOON + 60)


def an_invite(name: str = "spring", uses: int = 1, made_at: int = NOON) -> KeptInvite:
    """An invite for an hour."""
    return KeptInvite(name, "op", "for friends", made_at, NOON + 3600, uses)


def a_deed(number: int, at: int = NOON, who: str = "op", what: str = "kick") -> KeptDeed:
    """A line of the audit, of recognisable words."""
    actor = Actor(who, Role.OPERATOR, Door.SSH, "127.0.0.0/24")
    return KeptDeed(DeedId(f"{number:016x}"), at, actor, Deed(what, "bob", f"{what} bob"))


class OperatorPromises:
    """Mixed into a ``SynchronousTestCase`` that has a ``store``."""

    store: Store

    def now(self, answer: Deferred[T]) -> T:
        """The result of a Deferred that has fired."""
        return self.successResultOf(answer)  # type: ignore[attr-defined,no-any-return] # mixin

    def created(self, name: str = "alice", *, is_pending: bool = False) -> Account:
        """A new account in the store."""
        account = self.now(self.store.create_account(an_account(name), NOON, is_pending=is_pending))
        assert isinstance(account, Account)
        return account

    def listed(
        self, query: str = "", kind: AccountKind = AccountKind.ALL, after: str = "", limit: int = 9
    ) -> AccountPage:
        return self.now(self.store.account_page(query, kind, after, limit))

    def names(self, page: AccountPage) -> list[str]:
        return [one.username for one in page.accounts]

    def invited(self, name: str, now: int = NOON, invite: bytes = TOKEN) -> object:
        """What a registration with an invite gives."""
        return self.now(self.store.create_account(an_account(name), now, invite=invite))

    def reset(self, name: Username, token: bytes = TOKEN, now: int = NOON) -> object:
        """Use a reset token."""
        new = (a_verifier(2), NEW_KEYS, [a_copy(3)])
        return self.now(self.store.reset(name, token, now, *new))

    def told(self, limit: int = 9, **which: str | int) -> list[KeptDeed]:
        return list(self.now(self.store.deeds(DeedFilter(**which), limit)))  # type: ignore[arg-type] # the fields are of both kinds

    # ---- accounts ------------------------------------------------------------------------------

    def test_an_account_is_shown_with_what_hangs_on_it(self) -> None:
        """Devices, the last of their uses, recovery codes, a reset token; the same in a list."""
        alice = self.created()
        for mark, seen_at in ((1, NOON + 7), (2, NOON + 5)):
            self.now(self.store.add_device(alice.account, a_device(mark, seen_at), a_verifier()))
        self.now(self.store.put_reset(ALICE, TOKEN, NOON + 60))
        shown = AccountSummary(
            account=alice.account,
            username=ALICE,
            nick="Alice",
            created_at=NOON,
            seen_at=NOON + 7,
            devices=2,
            has_password=True,
            recovery_codes=2,
            reset_until=NOON + 60,
            is_pending=False,
            ban=None,
        )
        assert self.now(self.store.summary(ALICE)) == shown
        assert self.listed().accounts == (shown,)
        assert self.now(self.store.summary(NOBODY)) is None

    def test_an_account_that_was_never_used_shows_nothing(self) -> None:
        """No device, no password, no code."""
        self.now(self.store.create_account(NewAccount(ALICE, "", None, NEW_KEYS), NOON))
        shown = self.now(self.store.summary(ALICE))
        assert shown is not None
        assert (shown.seen_at, shown.devices, shown.has_password) == (None, 0, False)
        assert (shown.recovery_codes, shown.reset_until) == (0, None)

    def test_accounts_are_listed_in_pages(self) -> None:
        """By user name; who comes in between is neither twice nor left out."""
        for name in ("dora", "bob", "alice"):
            self.created(name)
        first = self.listed(limit=2)
        assert (self.names(first), first.total) == (["alice", "bob"], 3)
        self.created("carl")
        rest = self.listed(after=first.next_cursor, limit=2)
        assert (self.names(rest), rest.next_cursor, rest.total) == (["carl", "dora"], "", 4)

    def test_accounts_are_listed_by_how_their_names_begin(self) -> None:
        """In any case; not by what stands in the middle."""
        for name in ("bob", "bobby", "rob"):
            self.created(name)
        found = self.listed("BOB", limit=1)
        assert (self.names(found), found.next_cursor, found.total) == (["bob"], "bob", 2)
        assert self.names(self.listed("x")) == []

    def found(self, query: str) -> int:
        """How many everybody can find."""
        page = self.now(self.store.find_names(query, "", 9, NOBODY))
        assert len(page.names) == page.total
        return page.total

    def test_who_waits_is_listed_until_the_approval(self) -> None:
        """Which is given once; nobody else finds them before."""
        self.created("bob")
        waiting = self.created("alice", is_pending=True)
        assert waiting.is_pending
        assert self.now(self.store.account(ALICE)) == waiting
        assert self.names(self.listed(kind=AccountKind.PENDING)) == ["alice"]
        assert [self.found(query) for query in ("", "ali")] == [1, 0]
        assert self.now(self.store.approve(ALICE))
        for name in (ALICE, BOB, NOBODY):
            assert not self.now(self.store.approve(name))
        assert self.now(self.store.account(ALICE)) == replace(waiting, is_pending=False)
        assert [self.found(query) for query in ("", "ali")] == [2, 1]
        assert self.listed(kind=AccountKind.PENDING) == AccountPage((), "", 0)

    def test_a_ban_is_kept_until_it_is_lifted(self) -> None:
        """Of one account; a new one takes the place of the old; for good or for a time."""
        alice = self.created("alice")
        bob = self.created("bob")
        for_good = replace(A_BAN, until=None)
        for ban in (A_BAN, for_good):
            assert self.now(self.store.ban(ALICE, ban)) == alice.account
            assert self.now(self.store.account(ALICE)) == replace(alice, ban=ban)
            assert self.now(self.store.ban_of(alice.account)) == ban
        assert [one.ban for one in self.listed(kind=AccountKind.BANNED).accounts] == [for_good]
        assert self.now(self.store.account(BOB)) == bob
        assert self.now(self.store.ban_of(bob.account)) is None
        assert self.now(self.store.ban_of(AccountId(99))) is None
        assert self.now(self.store.ban(ALICE, None)) == alice.account
        assert self.now(self.store.account(ALICE)) == alice
        assert self.listed(kind=AccountKind.BANNED).total == 0
        assert self.now(self.store.ban(NOBODY, A_BAN)) is None

    def test_how_much_is_kept(self) -> None:
        """A ban that is over is counted no more."""
        self.created("alice", is_pending=True)
        for name in ("bob", "carl"):
            self.created(name)
        self.now(self.store.ban(BOB, A_BAN))
        self.now(self.store.ban(Username("carl"), replace(A_BAN, until=None)))
        at_once, later = (self.now(self.store.figures(now)) for now in (NOON, NOON + 60))
        assert (at_once.accounts, at_once.pending, at_once.banned) == (3, 1, 2)
        assert later.banned == 1

    # ---- invites -------------------------------------------------------------------------------

    def test_an_invite_makes_so_many_accounts(self) -> None:
        """And no more."""
        self.now(self.store.add_invite(TOKEN, an_invite(uses=2)))
        assert isinstance(self.invited("alice"), Account)
        assert self.now(self.store.invites(NOON)) == (an_invite(uses=1),)
        assert isinstance(self.invited("bob"), Account)
        assert self.now(self.store.invites(NOON)) == ()
        assert self.invited("carl") == InviteNotValid()
        assert self.now(self.store.count_accounts()) == 2

    def test_an_invite_that_is_not_valid_makes_no_account(self) -> None:
        """One that there is not, one too old; also where the name is taken, which is not told."""
        self.created()
        self.now(self.store.add_invite(TOKEN, an_invite()))
        for name in ("alice", "bob"):
            assert self.invited(name, invite=ANOTHER) == InviteNotValid()
            assert self.invited(name, NOON + 3600) == InviteNotValid()
        assert self.now(self.store.count_accounts()) == 1

    def test_a_taken_name_leaves_the_invite(self) -> None:
        """It can be used for another."""
        self.created()
        self.now(self.store.add_invite(TOKEN, an_invite()))
        assert self.invited("alice") == NameTaken(ALICE)
        assert isinstance(self.invited("bob"), Account)

    def test_invites_that_are_out_are_listed(self) -> None:
        """The newest first; one that is too old is forgotten."""
        first, second = an_invite("first"), an_invite("second", made_at=NOON + 1)
        self.now(self.store.add_invite(TOKEN, first))
        self.now(self.store.add_invite(ANOTHER, second))
        assert self.now(self.store.invites(NOON)) == (second, first)
        assert self.now(self.store.invites(NOON + 3600)) == ()
        assert self.now(self.store.invites(NOON)) == ()

    def test_an_invite_can_be_withdrawn(self) -> None:
        """By its name; the others stay."""
        self.now(self.store.add_invite(TOKEN, an_invite("spring")))
        self.now(self.store.add_invite(ANOTHER, an_invite("summer")))
        assert self.now(self.store.withdraw_invite("spring"))
        assert not self.now(self.store.withdraw_invite("spring"))
        assert self.invited("alice") == InviteNotValid()
        assert isinstance(self.invited("alice", invite=ANOTHER), Account)

    # ---- reset tokens --------------------------------------------------------------------------

    def test_a_reset_makes_everything_new_once(self) -> None:
        """Password, account key, recovery codes; no device is left, and nobody else is touched."""
        alice, bob = self.created("alice"), self.created("bob")
        for owner in (alice, bob):
            self.now(self.store.add_device(owner.account, a_device(1), owner.verifier))
        assert self.now(self.store.put_reset(ALICE, TOKEN, NOON + 60))
        assert self.now(self.store.account(ALICE)) == alice  # until it is used
        assert self.reset(ALICE) == alice.account
        assert self.reset(ALICE) is None
        new = replace(alice, verifier=a_verifier(2), keys=NEW_KEYS)
        assert self.now(self.store.account(ALICE)) == new
        assert self.now(self.store.devices(alice.account)) == ()
        opened = [
            self.now(self.store.recovery_copy(ALICE, a_copy(mark).token_hash)) for mark in (1, 2, 3)
        ]
        assert opened == [None, None, AccountKeys(NEW_KEYS.public, a_copy(3).sealed)]
        assert self.now(self.store.account(BOB)) == bob
        assert self.now(self.store.devices(bob.account)) == (a_device(1),)

    def test_a_reset_with_anything_wrong_changes_nothing(self) -> None:
        """Another's name, another token, one that is too old."""
        alice = self.created()
        self.created("bob")
        self.now(self.store.put_reset(ALICE, TOKEN, NOON + 60))
        for name in (BOB, NOBODY):
            assert self.reset(name) is None
        assert self.reset(ALICE, ANOTHER) is None
        assert self.reset(ALICE, now=NOON + 60) is None
        assert self.now(self.store.account(ALICE)) == alice
        assert self.reset(ALICE) == alice.account

    def test_an_account_has_one_reset_token(self) -> None:
        """The last that was given."""
        alice = self.created()
        for token, until in ((TOKEN, NOON + 60), (ANOTHER, NOON + 90)):
            assert self.now(self.store.put_reset(ALICE, token, until))
        assert self.reset(ALICE) is None
        assert self.reset(ALICE, ANOTHER, NOON + 60) == alice.account

    def test_a_reset_token_can_be_withdrawn(self) -> None:
        """Once; that of another stays."""
        self.created("alice")
        bob = self.created("bob")
        for name in (ALICE, BOB):
            self.now(self.store.put_reset(name, TOKEN, NOON + 60))
        assert self.now(self.store.withdraw_reset(ALICE))
        assert not self.now(self.store.withdraw_reset(ALICE))
        assert not self.now(self.store.withdraw_reset(NOBODY))
        assert self.reset(ALICE) is None
        assert self.reset(BOB) == bob.account

    def test_a_reset_is_for_accounts_with_a_password(self) -> None:
        """Nobody gets into an account of the service, nor into one that there is not."""
        self.now(self.store.create_account(NewAccount(ALICE, "", None, NEW_KEYS), NOON))
        for name in (ALICE, NOBODY):
            assert not self.now(self.store.put_reset(name, TOKEN, NOON + 60))
            assert self.reset(name) is None

    def test_a_reset_token_goes_with_its_account(self) -> None:
        """Who comes later under that name is not reset by it."""
        alice = self.created()
        self.now(self.store.put_reset(ALICE, TOKEN, NOON + 60))
        assert self.now(self.store.delete_account(alice.account, alice.verifier))
        self.created()
        assert self.reset(ALICE) is None

    # ---- the audit -----------------------------------------------------------------------------

    def test_lines_of_the_audit_come_back_as_they_were(self) -> None:
        """The newest first, whatever order the clock gave; no more than asked for."""
        first, second, third = a_deed(1), a_deed(2), a_deed(3, NOON - 5)
        self.now(self.store.begin_deeds([first, second]))
        self.now(self.store.begin_deeds([third]))
        self.now(self.store.begin_deeds([]))
        assert self.told() == [second, first, third]
        assert self.told(limit=1) == [second]

    def test_a_line_gets_its_outcome(self) -> None:
        """Only those that are told; one that there is not is passed over."""
        first, second = a_deed(1), a_deed(2)
        self.now(self.store.begin_deeds([first, second]))
        self.now(self.store.end_deeds([(first.deed, "done"), (a_deed(3).deed, "done")]))
        self.now(self.store.end_deeds([]))
        assert self.told() == [second, replace(first, outcome="done")]

    def test_lines_are_found_by_who_what_on_whom_and_since_when(self) -> None:
        """By all that is asked."""
        early = a_deed(1, NOON - 5)
        ban = a_deed(2, what="ban")
        other = a_deed(3, who="admin")
        on_carl = replace(a_deed(4), what=Deed("kick", "carl"))
        self.now(self.store.begin_deeds([early, ban, other, on_carl]))
        assert self.told(since=NOON) == [on_carl, other, ban]
        assert self.told(who="admin") == [other]
        assert self.told(what="ban") == [ban]
        assert self.told(on="carl") == [on_carl]
        assert self.told(who="op", what="kick", on="bob", since=NOON) == []

    def test_old_lines_can_be_forgotten(self) -> None:
        """However many there are; what is not older stays."""
        old = [a_deed(number, NOON - 1) for number in range(2001)]
        self.now(self.store.begin_deeds([*old, a_deed(9999)]))
        assert self.now(self.store.forget_deeds(NOON)) == 2001
        assert self.told() == [a_deed(9999)]
        assert self.now(self.store.forget_deeds(NOON)) == 0
