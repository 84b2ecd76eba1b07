"""Hypothesis strategies for every control message, within what the wire takes."""

from typing import TypeVar

from hypothesis import strategies as st

from voip.core import (
    account_messages,
    call_messages,
    credentials,
    media_config,
    messages,
    people_messages,
)
from voip.core.calls import CallView, DeclineReason, EndReason, LegKey, LegState, LegView
from voip.core.contacts import Contact
from voip.core.errors import ErrorCode, Refusal
from voip.core.history import HistoryEntry, HistoryKind
from voip.core.ids import CallId, Cid, DeviceId, EntryId, LegNumber, SessionId, StreamId, Username
from voip.core.people import Person, Presence

Value = TypeVar("Value")


def sized(size: int) -> st.SearchStrategy[bytes]:
    """Bytes of one size."""
    return st.binary(min_size=size, max_size=size)


def text(longest: int, shortest: int = 0) -> st.SearchStrategy[str]:
    """Any text that can be written in UTF-8; mostly short, since length is tested elsewhere."""
    return st.text(min_size=shortest, max_size=min(longest, 12))


def tuples(
    items: st.SearchStrategy[Value], fewest: int = 0
) -> st.SearchStrategy[tuple[Value, ...]]:
    """A few of something."""
    return st.lists(items, min_size=fewest, max_size=3).map(tuple)


U16 = st.integers(0, 2**16 - 1)
U32 = st.integers(0, 2**32 - 1)
U64 = st.integers(0, 2**64 - 1)
REQUEST_IDS = st.integers(1, 2**64 - 1)
POSITIVE = st.integers(1, 2**32 - 1)
PERIODS = st.integers(1, 3600)

TYPED_NAMES = text(64).map(Username)
USERNAMES = text(64, 1).map(Username)
CALL_IDS = sized(16).map(CallId)
SESSION_IDS = sized(16).map(SessionId)
DEVICE_IDS = sized(32).map(DeviceId)
LEG_NUMBERS = st.integers(1, 2**16 - 1).map(LegNumber)
TOKENS = st.binary(min_size=16, max_size=64)
CERTIFICATES = st.one_of(st.just(b""), sized(128))
SEALED = st.binary(min_size=1, max_size=64)
CAPABILITIES = tuples(text(32, 1))

PEOPLE = st.builds(Person, USERNAMES, text(128), st.sampled_from(Presence), text(256))
CONTACTS = st.builds(Contact, TYPED_NAMES, text(256), st.booleans(), text(2048), st.booleans())
LISTED = st.builds(people_messages.ListedContact, CONTACTS, PEOPLE)
ENTRY_IDS = st.integers(1, 2**63 - 1).map(EntryId)
ENTRIES = st.builds(
    HistoryEntry,
    entry=ENTRY_IDS,
    call_id=CALL_IDS,
    is_incoming=st.booleans(),
    is_missed=st.booleans(),
    peers=tuples(TYPED_NAMES),
    is_conference=st.booleans(),
    outcome=st.sampled_from(EndReason),
    started_at=st.integers(0, 2**63 - 1),
    talked_seconds=U32,
    lost_per_mille=st.integers(0, 1000),
    rtt_ms=U32,
    is_seen=st.booleans(),
)
# Few bytes drawn make a whole key: hypothesis has better things to vary.
LEG_KEYS = st.builds(LegKey, sized(16).map(lambda drawn: drawn * 76), sized(64))
LEGS = st.builds(
    LegView,
    number=LEG_NUMBERS,
    username=USERNAMES,
    nick=text(128),
    device=DEVICE_IDS,
    certificate=CERTIFICATES,
    device_name=text(64),
    state=st.sampled_from(LegState),
    stream=U16.map(StreamId),
    is_connected=st.booleans(),
    is_muted=st.booleans(),
    is_host=st.booleans(),
    is_listener=st.booleans(),
    is_gateway=st.booleans(),
    key=st.none() | LEG_KEYS,
    end_reason=st.none() | st.sampled_from(EndReason),
)
CALLS = st.builds(
    CallView,
    call_id=CALL_IDS,
    version=U64,
    legs=tuples(LEGS),
    commitment=sized(32),
    is_conference=st.booleans(),
    require_e2e=st.booleans(),
    answered_ms=st.none() | U64,
    is_locked=st.booleans(),
    merged_into=st.none() | CALL_IDS,
    ended=st.none() | st.sampled_from(EndReason),
)

KDFS = st.builds(credentials.KdfParameters, sized(16), POSITIVE, POSITIVE, POSITIVE)
VERIFIERS = st.builds(credentials.Verifier, KDFS, sized(32), sized(32))
ACCOUNT_KEYS = st.builds(credentials.AccountKeys, sized(32), st.binary(min_size=1, max_size=256))
RECOVERY_COPIES = tuples(
    st.builds(credentials.RecoveryCopy, sized(32), st.binary(min_size=1, max_size=256))
)
DEVICE_CLAIMS = st.builds(credentials.DeviceClaim, sized(32), CERTIFICATES, text(64), sized(64))


def media_configs(suite: media_config.MediaSuite) -> st.SearchStrategy[media_config.MediaConfig]:
    """Media paths under one cipher."""
    key = sized(16 if suite is media_config.MediaSuite.AES_128_GCM else 32)
    return st.builds(
        media_config.MediaConfig,
        host=text(255),
        port=st.integers(1, 2**16 - 1),
        cid=U32.map(Cid),
        suite=st.just(suite),
        key_up=key,
        iv_up=sized(12),
        key_down=key,
        iv_down=sized(12),
        keepalive_seconds=PERIODS,
        max_datagram_bytes=st.integers(1, 2**16 - 1),
    )


MEDIA_CONFIGS = st.sampled_from(media_config.MediaSuite).flatmap(media_configs)
SNAPSHOTS = st.builds(messages.Snapshot, PEOPLE, tuples(CALLS))

HELLOS = st.tuples(POSITIVE, POSITIVE).flatmap(
    lambda versions: st.builds(
        messages.Hello,
        proto_min=st.just(min(versions)),
        proto_max=st.just(max(versions)),
        client=text(64),
        capabilities=CAPABILITIES,
        language=text(35),
    )
)

REQUEST_KINDS: dict[type[messages.Request], st.SearchStrategy[messages.Request]] = {
    messages.Hello: HELLOS,
    messages.Register: st.builds(
        messages.Register,
        TYPED_NAMES,
        text(128),
        VERIFIERS,
        ACCOUNT_KEYS,
        text(128),
        RECOVERY_COPIES,
    ),
    messages.AuthStart: st.builds(messages.AuthStart, TYPED_NAMES, sized(24)),
    messages.AuthFinish: st.builds(messages.AuthFinish, sized(32)),
    messages.AuthDevice: st.builds(messages.AuthDevice, TYPED_NAMES, DEVICE_CLAIMS),
    messages.Resume: st.builds(messages.Resume, SESSION_IDS, TOKENS, U64),
    messages.Ping: st.just(messages.Ping()),
    messages.Logout: st.just(messages.Logout()),
    messages.ChangePassword: st.builds(
        messages.ChangePassword, sized(32), VERIFIERS, ACCOUNT_KEYS, st.booleans()
    ),
    messages.SetProfile: st.builds(messages.SetProfile, text(128)),
    account_messages.SetRecovery: st.builds(
        account_messages.SetRecovery, sized(32), RECOVERY_COPIES
    ),
    account_messages.Recover: st.builds(account_messages.Recover, TYPED_NAMES, sized(32)),
    account_messages.RecoverFinish: st.builds(
        account_messages.RecoverFinish, TYPED_NAMES, sized(32), VERIFIERS, ACCOUNT_KEYS
    ),
    account_messages.Reset: st.builds(
        account_messages.Reset, TYPED_NAMES, sized(32), VERIFIERS, ACCOUNT_KEYS, RECOVERY_COPIES
    ),
    account_messages.ListDevices: st.just(account_messages.ListDevices()),
    account_messages.RevokeDevice: st.builds(account_messages.RevokeDevice, DEVICE_IDS),
    account_messages.DeleteAccount: st.builds(account_messages.DeleteAccount, sized(32)),
    people_messages.SetPresence: st.builds(
        people_messages.SetPresence, st.sampled_from(Presence), text(256)
    ),
    people_messages.ListUsers: st.builds(
        people_messages.ListUsers,
        text(256),
        text(128),
        U32,
        st.sampled_from(people_messages.UserScope),
    ),
    people_messages.SetIdle: st.builds(people_messages.SetIdle, st.booleans()),
    people_messages.ListContacts: st.builds(people_messages.ListContacts, text(128)),
    people_messages.PutContact: st.builds(people_messages.PutContact, CONTACTS),
    people_messages.DeleteContact: st.builds(people_messages.DeleteContact, TYPED_NAMES),
    people_messages.ListHistory: st.builds(
        people_messages.ListHistory, st.sampled_from(HistoryKind), text(256), text(128)
    ),
    people_messages.DeleteHistory: st.builds(people_messages.DeleteHistory, st.none() | ENTRY_IDS),
    people_messages.MarkHistorySeen: st.just(people_messages.MarkHistorySeen()),
    people_messages.GetPerson: st.builds(people_messages.GetPerson, USERNAMES),
    call_messages.Invite: st.builds(
        call_messages.Invite,
        CALL_IDS,
        tuples(TYPED_NAMES, 1),
        sized(32),
        st.booleans(),
        st.booleans(),
    ),
    call_messages.Alerting: st.builds(call_messages.Alerting, CALL_IDS, LEG_KEYS),
    call_messages.Accept: st.builds(call_messages.Accept, CALL_IDS),
    call_messages.Decline: st.builds(
        call_messages.Decline, CALL_IDS, st.sampled_from(DeclineReason)
    ),
    call_messages.Cancel: st.builds(call_messages.Cancel, CALL_IDS),
    call_messages.Leave: st.builds(call_messages.Leave, CALL_IDS, st.booleans()),
    call_messages.SetMute: st.builds(
        call_messages.SetMute,
        CALL_IDS,
        st.booleans(),
        st.just(call_messages.OWN_LEG) | LEG_NUMBERS,
    ),
    call_messages.Hold: st.builds(call_messages.Hold, CALL_IDS),
    call_messages.Unhold: st.builds(call_messages.Unhold, CALL_IDS),
    call_messages.Swap: st.builds(call_messages.Swap, CALL_IDS, CALL_IDS),
    call_messages.AddParticipant: st.builds(
        call_messages.AddParticipant, CALL_IDS, tuples(TYPED_NAMES, 1), st.booleans()
    ),
    call_messages.Merge: st.builds(call_messages.Merge, CALL_IDS, CALL_IDS),
    call_messages.Kick: st.builds(call_messages.Kick, CALL_IDS, TYPED_NAMES),
    call_messages.SetLock: st.builds(call_messages.SetLock, CALL_IDS, st.booleans()),
    call_messages.EndForAll: st.builds(call_messages.EndForAll, CALL_IDS),
    call_messages.E2eRelay: st.builds(
        call_messages.E2eRelay,
        CALL_IDS,
        tuples(st.builds(call_messages.SealedPart, LEG_NUMBERS, SEALED), 1),
    ),
    call_messages.QualityReport: st.builds(
        call_messages.QualityReport,
        CALL_IDS,
        st.integers(0, 1000),
        U32,
        U32,
    ),
}

ANSWER_KINDS: dict[type[messages.Answer], st.SearchStrategy[messages.Answer]] = {
    messages.HelloOk: st.builds(
        messages.HelloOk,
        proto=POSITIVE,
        server_name=text(128),
        capabilities=CAPABILITIES,
        max_frame_bytes=POSITIVE,
        ping_seconds=PERIODS,
        policy=st.sampled_from(messages.RegistrationPolicy),
        next_spki=st.just(b"") | sized(32),
        motd=text(1024),
    ),
    messages.RegisterOk: st.builds(messages.RegisterOk, USERNAMES, st.booleans()),
    messages.AuthChallenge: st.builds(messages.AuthChallenge, sized(48), KDFS),
    messages.AuthKeys: st.builds(messages.AuthKeys, sized(32), ACCOUNT_KEYS),
    messages.AuthOk: st.builds(
        messages.AuthOk, SESSION_IDS, TOKENS, DEVICE_IDS, CERTIFICATES, MEDIA_CONFIGS, SNAPSHOTS
    ),
    messages.ResumeOk: st.builds(messages.ResumeOk, TOKENS, MEDIA_CONFIGS, SNAPSHOTS),
    messages.Pong: st.just(messages.Pong()),
    messages.Done: st.just(messages.Done()),
    account_messages.RecoverOk: st.builds(account_messages.RecoverOk, ACCOUNT_KEYS),
    account_messages.DeviceList: st.builds(
        account_messages.DeviceList,
        tuples(
            st.builds(
                account_messages.OwnDevice,
                DEVICE_IDS,
                text(64),
                U64,
                U64,
                st.booleans(),
                st.booleans(),
            )
        ),
    ),
    people_messages.UserPage: st.builds(
        people_messages.UserPage, tuples(PEOPLE), text(128), U32, U32
    ),
    people_messages.PersonOk: st.builds(people_messages.PersonOk, PEOPLE),
    people_messages.ContactPage: st.builds(people_messages.ContactPage, tuples(LISTED), text(128)),
    people_messages.HistoryPage: st.builds(
        people_messages.HistoryPage, tuples(ENTRIES), text(128), U32
    ),
    call_messages.InviteOk: st.builds(call_messages.InviteOk, CALL_IDS),
    Refusal: st.builds(Refusal, st.sampled_from(ErrorCode), text(64), U64, text(64)),
}

NOTICE_KINDS: dict[type[messages.Notice], st.SearchStrategy[messages.Notice]] = {
    call_messages.CallChanged: st.builds(call_messages.CallChanged, CALLS),
    call_messages.E2eArrived: st.builds(call_messages.E2eArrived, CALL_IDS, LEG_NUMBERS, SEALED),
    people_messages.PresenceChanged: st.builds(people_messages.PresenceChanged, tuples(PEOPLE)),
    people_messages.ContactsChanged: st.builds(
        people_messages.ContactsChanged, tuples(LISTED), tuples(TYPED_NAMES)
    ),
    people_messages.HistoryChanged: st.builds(
        people_messages.HistoryChanged, st.none() | ENTRIES, U32
    ),
    messages.ServerNotice: st.builds(
        messages.ServerNotice, st.sampled_from(messages.NoticeKind), text(1024), U32
    ),
}

REQUESTS = st.one_of(*REQUEST_KINDS.values())
ANSWERS = st.one_of(*ANSWER_KINDS.values())
NOTICES = st.one_of(*NOTICE_KINDS.values())
