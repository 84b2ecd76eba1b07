"""The other joined legs of a conference, each checked once and then held to what it was.

``GroupMembers`` takes views and says who went; a leg whose certificate, account, device or call key
does not hold ends the keys by ``KeysRefused``. It decides nothing about sender keys.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from voip.client.device_identity import DeviceIdentity, certified_leg
from voip.client.key_exchange import Partner
from voip.client.key_steps import CheckedPerson, E2eTrouble, KeysRefused
from voip.client.leg_identity import KnownKey, checked_key, identify
from voip.client.pair_channel import PairChannel
from voip.client.roster import RosterEntry, roster_hash
from voip.core.calls import JOINED, CallView, LegView
from voip.core.ids import CallId, DeviceId, LegNumber, StreamId, Username


@dataclass(slots=True)
class Member:
    """Another joined leg. ``public`` is its call key, empty until it is shown."""

    leg: LegNumber
    username: Username
    device: DeviceId
    account_key: bytes
    device_public: bytes
    stream: StreamId
    is_listener: bool
    channel: PairChannel
    public: bytes = b""
    given_kid: int | None = None  # of the newest key it was given
    heard_kid: int | None = None  # of the newest key it gave


class GroupMembers:
    """See the head of this module. ``partner`` is whom a call of two was with before."""

    def __init__(
        self,
        me: DeviceIdentity,
        call_id: CallId,
        commitment: bytes,
        known: KnownKey,
        partner: Partner | None,
        partner_kid: int | None,
    ) -> None:
        self._me = me
        self._call_id = call_id
        self._commitment = commitment
        self._known = known
        self._partner = partner
        self._partner_kid = partner_kid
        self._members: dict[LegNumber, Member] = {}

    def __iter__(self) -> Iterator[Member]:
        return iter(tuple(self._members.values()))

    def get(self, leg: LegNumber) -> Member | None:
        return self._members.get(leg)

    def view_changed(self, view: CallView, own: LegView) -> list[Member]:
        """Take in who is there now; gives those who are there no more."""
        joined = [each for each in view.legs if each.state in JOINED and each is not own]
        if any(leg.is_gateway for leg in joined):
            raise KeysRefused(E2eTrouble.GATEWAY)
        numbers = {leg.number for leg in joined}
        gone = [each for each in self._members.values() if each.leg not in numbers]
        for member in gone:
            del self._members[member.leg]
        for leg in joined:
            self._take(leg, own)
        return gone

    def roster(self, is_joined: bool) -> bytes:
        """The hash of who is in the conference; with this device when it ``is_joined``."""
        entries = [(each.device, each.account_key) for each in self._members.values()]
        mine = [(self._me.device, self._me.account_key)] if is_joined else []
        return roster_hash(entries + mine)

    def roster_of(self, view: CallView) -> bytes | None:
        """The hash of who was in the conference by an older view; None when that cannot be told."""
        entries = []
        for leg in view.legs:
            if leg.state not in JOINED:
                continue
            member = self._members.get(leg.number)
            certified = certified_leg(leg) if member is None else None
            if member is not None:
                entries.append((leg.device, member.account_key))
            elif leg.device == self._me.device:
                entries.append((leg.device, self._me.account_key))
            elif certified is not None:
                entries.append((leg.device, certified.account_public))
            else:
                return None
        return roster_hash(entries)

    def entries(self, own_public: bytes) -> list[RosterEntry]:
        """Everybody joined, this device too, for the code."""
        me = RosterEntry(self._me.username, self._me.device, self._me.account_key, own_public)
        return [
            me,
            *(
                RosterEntry(each.username, each.device, each.account_key, each.public)
                for each in self._members.values()
            ),
        ]

    def people(self) -> tuple[CheckedPerson, ...]:
        """The other people, each once, as they are known now."""
        keys = {each.username: each.account_key for each in self._members.values()}
        keys.pop(self._me.username, None)
        return tuple(self._person(*each) for each in sorted(keys.items()))

    def _person(self, username: Username, account_key: bytes) -> CheckedPerson:
        known = self._known(username)
        return CheckedPerson(username, account_key, known is not None and known.is_verified)

    def _take(self, leg: LegView, own: LegView) -> None:
        member = self._members.get(leg.number)
        if member is None:
            member = self._members[leg.number] = self._met(leg, own)
        if (leg.device, leg.username) != (member.device, member.username):
            raise KeysRefused(E2eTrouble.SWAPPED)
        if leg.key is None:
            return
        if not member.public:
            member.public = checked_key(
                member.device_public, self._call_id, self._commitment, leg.key
            )
        elif leg.key.public != member.public:
            raise KeysRefused(E2eTrouble.SWAPPED)

    def _met(self, leg: LegView, own: LegView) -> Member:
        """Somebody comes in."""
        certified = identify(self._known, leg)
        accounts = {each.username: each.account_key for each in self._members.values()}
        accounts[self._me.username] = self._me.account_key
        devices = {self._me.device, *(each.device for each in self._members.values())}
        if leg.device in devices:
            raise KeysRefused(E2eTrouble.GHOST)
        account_key = certified.account_public
        if accounts.get(leg.username, account_key) != account_key:
            raise KeysRefused(E2eTrouble.KEY_CHANGED)  # two accounts under one name
        channel = PairChannel(
            self._me,
            own.number,
            leg.number,
            leg.device,
            certified.device_public,
            self._call_id,
            self._commitment,
        )
        member = Member(
            leg.number,
            leg.username,
            leg.device,
            account_key,
            certified.device_public,
            leg.stream,
            leg.is_listener,
            channel,
        )
        self._take_partner(member)
        return member

    def _take_partner(self, member: Member) -> None:
        """Whom the call of two was with goes on with the keys they had in it."""
        partner = self._partner
        if partner is None or partner.leg != member.leg:
            return
        if (partner.device, partner.account_key) != (member.device, member.account_key):
            raise KeysRefused(E2eTrouble.SWAPPED)
        member.public = partner.public
        member.heard_kid = self._partner_kid
