"""One's own account: protobuf to core and back.

Knows ``account.proto`` and its bounds. ``to_...`` makes protobuf and trusts its own side;
``from_...`` reads a peer's and raises ``BadFrame`` for what is out of bounds.
"""

from voip.core import account_messages as account
from voip.core.recovery import TOKEN_SIZE
from voip.wire.codec_checks import MAX_DEVICE_NAME, device_id, exactly, few, text, username
from voip.wire.codec_login import (
    DIGEST_SIZE,
    from_account_keys,
    from_recovery_copies,
    from_verifier,
    to_account_keys,
    to_recovery_copy,
    to_verifier,
)
from voip.wire.v1 import account_pb2

MAX_DEVICES = 32


def to_set_recovery(request: account.SetRecovery) -> account_pb2.SetRecovery:
    return account_pb2.SetRecovery(
        proof=request.proof, copies=map(to_recovery_copy, request.copies)
    )


def from_set_recovery(request: account_pb2.SetRecovery) -> account.SetRecovery:
    return account.SetRecovery(
        proof=exactly(request.proof, DIGEST_SIZE), copies=from_recovery_copies(request.copies)
    )


def to_recover(request: account.Recover) -> account_pb2.Recover:
    return account_pb2.Recover(username=request.username, token=request.token)


def from_recover(request: account_pb2.Recover) -> account.Recover:
    return account.Recover(username(request.username), exactly(request.token, TOKEN_SIZE))


def to_recover_ok(answer: account.RecoverOk) -> account_pb2.RecoverOk:
    return account_pb2.RecoverOk(keys=to_account_keys(answer.keys))


def from_recover_ok(answer: account_pb2.RecoverOk) -> account.RecoverOk:
    return account.RecoverOk(from_account_keys(answer.keys))


def to_recover_finish(request: account.RecoverFinish) -> account_pb2.RecoverFinish:
    return account_pb2.RecoverFinish(
        username=request.username,
        token=request.token,
        verifier=to_verifier(request.verifier),
        keys=to_account_keys(request.keys),
    )


def from_recover_finish(request: account_pb2.RecoverFinish) -> account.RecoverFinish:
    return account.RecoverFinish(
        username=username(request.username),
        token=exactly(request.token, TOKEN_SIZE),
        verifier=from_verifier(request.verifier),
        keys=from_account_keys(request.keys),
    )


def to_reset(request: account.Reset) -> account_pb2.Reset:
    return account_pb2.Reset(
        username=request.username,
        token=request.token,
        verifier=to_verifier(request.verifier),
        keys=to_account_keys(request.keys),
        recovery=map(to_recovery_copy, request.recovery),
    )


def from_reset(request: account_pb2.Reset) -> account.Reset:
    return account.Reset(
        username=username(request.username),
        token=exactly(request.token, TOKEN_SIZE),
        verifier=from_verifier(request.verifier),
        keys=from_account_keys(request.keys),
        recovery=from_recovery_copies(request.recovery),
    )


def to_device_list(answer: account.DeviceList) -> account_pb2.DeviceList:
    return account_pb2.DeviceList(
        devices=(
            account_pb2.OwnDevice(
                device_id=each.device,
                name=each.name,
                added_at=each.added_at,
                seen_at=each.seen_at,
                is_online=each.is_online,
                is_this=each.is_this,
            )
            for each in answer.devices
        )
    )


def from_device_list(answer: account_pb2.DeviceList) -> account.DeviceList:
    return account.DeviceList(tuple(map(_from_own_device, few(answer.devices, MAX_DEVICES))))


def _from_own_device(each: account_pb2.OwnDevice) -> account.OwnDevice:
    return account.OwnDevice(
        device=device_id(each.device_id),
        name=text(each.name, MAX_DEVICE_NAME),
        added_at=each.added_at,
        seen_at=each.seen_at,
        is_online=each.is_online,
        is_this=each.is_this,
    )


def from_revoke_device(request: account_pb2.RevokeDevice) -> account.RevokeDevice:
    return account.RevokeDevice(device_id(request.device_id))


def from_delete_account(request: account_pb2.DeleteAccount) -> account.DeleteAccount:
    return account.DeleteAccount(exactly(request.proof, DIGEST_SIZE))
