"""Accounts, logins and passwords: protobuf to core and back.

Knows ``login.proto`` and its bounds. ``to_...`` makes protobuf and trusts its own side;
``from_...`` reads a peer's and raises ``BadFrame`` for what is out of bounds. Whether Argon2id's
parameters are fair is for ``voip.core.login`` to say.
"""

from collections.abc import Sequence

from voip.core import credentials, messages
from voip.core.login import KEY_SIZE, SALT_SIZE, SIGNATURE_SIZE
from voip.core.recovery import MAX_CODES
from voip.core.scram import NONCE_SIZE
from voip.wire.codec_checks import (
    MAX_CERTIFICATE,
    MAX_DEVICE_NAME,
    MAX_NICK,
    at_least,
    device_id,
    exactly,
    few,
    session_id,
    sized,
    text,
    username,
)
from voip.wire.codec_session import (
    from_media_config,
    from_snapshot,
    to_media_config,
    to_snapshot,
    token,
)
from voip.wire.v1 import login_pb2

MAX_SEALED_KEY = 256
MAX_INVITE = 128
DIGEST_SIZE = 32


def to_kdf(kdf: credentials.KdfParameters) -> login_pb2.KdfParameters:
    return login_pb2.KdfParameters(
        salt=kdf.salt, memory_kib=kdf.memory_kib, passes=kdf.passes, lanes=kdf.lanes
    )


def from_kdf(kdf: login_pb2.KdfParameters) -> credentials.KdfParameters:
    return credentials.KdfParameters(
        salt=exactly(kdf.salt, SALT_SIZE),
        memory_kib=at_least(kdf.memory_kib, 1),
        passes=at_least(kdf.passes, 1),
        lanes=at_least(kdf.lanes, 1),
    )


def to_verifier(verifier: credentials.Verifier) -> login_pb2.Verifier:
    return login_pb2.Verifier(
        kdf=to_kdf(verifier.kdf), stored_key=verifier.stored_key, server_key=verifier.server_key
    )


def from_verifier(verifier: login_pb2.Verifier) -> credentials.Verifier:
    return credentials.Verifier(
        kdf=from_kdf(verifier.kdf),
        stored_key=exactly(verifier.stored_key, DIGEST_SIZE),
        server_key=exactly(verifier.server_key, DIGEST_SIZE),
    )


def to_account_keys(keys: credentials.AccountKeys) -> login_pb2.AccountKeys:
    return login_pb2.AccountKeys(public=keys.public, sealed=keys.sealed)


def from_account_keys(keys: login_pb2.AccountKeys) -> credentials.AccountKeys:
    return credentials.AccountKeys(
        public=exactly(keys.public, KEY_SIZE), sealed=sized(keys.sealed, 1, MAX_SEALED_KEY)
    )


def to_recovery_copy(copy: credentials.RecoveryCopy) -> login_pb2.RecoveryCopy:
    return login_pb2.RecoveryCopy(token_hash=copy.token_hash, sealed=copy.sealed)


def from_recovery_copies(
    copies: Sequence[login_pb2.RecoveryCopy],
) -> tuple[credentials.RecoveryCopy, ...]:
    return tuple(
        credentials.RecoveryCopy(
            token_hash=exactly(copy.token_hash, DIGEST_SIZE),
            sealed=sized(copy.sealed, 1, MAX_SEALED_KEY),
        )
        for copy in few(copies, MAX_CODES)
    )


def to_device_claim(claim: credentials.DeviceClaim) -> login_pb2.DeviceClaim:
    return login_pb2.DeviceClaim(
        public=claim.public,
        certificate=claim.certificate,
        name=claim.name,
        proof=claim.proof,
    )


def from_device_claim(claim: login_pb2.DeviceClaim) -> credentials.DeviceClaim:
    return credentials.DeviceClaim(
        public=exactly(claim.public, KEY_SIZE),
        certificate=sized(claim.certificate, 0, MAX_CERTIFICATE),
        name=text(claim.name, MAX_DEVICE_NAME),
        proof=exactly(claim.proof, SIGNATURE_SIZE),
    )


def to_register(request: messages.Register) -> login_pb2.Register:
    return login_pb2.Register(
        username=request.username,
        nick=request.nick,
        verifier=to_verifier(request.verifier),
        keys=to_account_keys(request.keys),
        invite=request.invite,
        recovery=map(to_recovery_copy, request.recovery),
    )


def from_register(request: login_pb2.Register) -> messages.Register:
    return messages.Register(
        username=username(request.username),
        nick=text(request.nick, MAX_NICK),
        verifier=from_verifier(request.verifier),
        keys=from_account_keys(request.keys),
        invite=text(request.invite, MAX_INVITE),
        recovery=from_recovery_copies(request.recovery),
    )


def to_register_ok(answer: messages.RegisterOk) -> login_pb2.RegisterOk:
    return login_pb2.RegisterOk(username=answer.username, is_pending=answer.is_pending)


def from_register_ok(answer: login_pb2.RegisterOk) -> messages.RegisterOk:
    return messages.RegisterOk(username(answer.username, shortest=1), answer.is_pending)


def to_auth_start(request: messages.AuthStart) -> login_pb2.AuthStart:
    return login_pb2.AuthStart(username=request.username, client_nonce=request.client_nonce)


def from_auth_start(request: login_pb2.AuthStart) -> messages.AuthStart:
    return messages.AuthStart(
        username=username(request.username),
        client_nonce=exactly(request.client_nonce, NONCE_SIZE),
    )


def to_auth_challenge(answer: messages.AuthChallenge) -> login_pb2.AuthChallenge:
    return login_pb2.AuthChallenge(nonce=answer.nonce, kdf=to_kdf(answer.kdf))


def from_auth_challenge(answer: login_pb2.AuthChallenge) -> messages.AuthChallenge:
    return messages.AuthChallenge(
        nonce=exactly(answer.nonce, 2 * NONCE_SIZE), kdf=from_kdf(answer.kdf)
    )


def from_auth_finish(request: login_pb2.AuthFinish) -> messages.AuthFinish:
    return messages.AuthFinish(exactly(request.proof, DIGEST_SIZE))


def to_auth_keys(answer: messages.AuthKeys) -> login_pb2.AuthKeys:
    return login_pb2.AuthKeys(
        server_signature=answer.server_signature, keys=to_account_keys(answer.keys)
    )


def from_auth_keys(answer: login_pb2.AuthKeys) -> messages.AuthKeys:
    return messages.AuthKeys(
        server_signature=exactly(answer.server_signature, DIGEST_SIZE),
        keys=from_account_keys(answer.keys),
    )


def to_auth_device(request: messages.AuthDevice) -> login_pb2.AuthDevice:
    return login_pb2.AuthDevice(username=request.username, device=to_device_claim(request.device))


def from_auth_device(request: login_pb2.AuthDevice) -> messages.AuthDevice:
    return messages.AuthDevice(
        username=username(request.username), device=from_device_claim(request.device)
    )


def to_auth_ok(answer: messages.AuthOk) -> login_pb2.AuthOk:
    return login_pb2.AuthOk(
        session_id=answer.session,
        resume_token=answer.resume_token,
        device_id=answer.device,
        certificate=answer.certificate,
        media=to_media_config(answer.media),
        snapshot=to_snapshot(answer.snapshot),
    )


def from_auth_ok(answer: login_pb2.AuthOk) -> messages.AuthOk:
    return messages.AuthOk(
        session=session_id(answer.session_id),
        resume_token=token(answer.resume_token),
        device=device_id(answer.device_id),
        certificate=sized(answer.certificate, 0, MAX_CERTIFICATE),
        media=from_media_config(answer.media),
        snapshot=from_snapshot(answer.snapshot),
    )


def to_change_password(request: messages.ChangePassword) -> login_pb2.ChangePassword:
    return login_pb2.ChangePassword(
        proof=request.proof,
        verifier=to_verifier(request.verifier),
        keys=to_account_keys(request.keys),
        revoke_others=request.revoke_others,
    )


def from_change_password(request: login_pb2.ChangePassword) -> messages.ChangePassword:
    return messages.ChangePassword(
        proof=exactly(request.proof, DIGEST_SIZE),
        verifier=from_verifier(request.verifier),
        keys=from_account_keys(request.keys),
        revoke_others=request.revoke_others,
    )


def from_set_profile(request: login_pb2.SetProfile) -> messages.SetProfile:
    return messages.SetProfile(text(request.nick, MAX_NICK))
