"""Bounds of accounts, logins and passwords."""

from tests.wire.fields import FieldTests
from tests.wire.test_codec_session import ANNA, MEDIA
from voip.wire import codec_login as codec
from voip.wire.v1 import login_pb2 as pb
from voip.wire.v1 import session_pb2

KDF = pb.KdfParameters(salt=bytes(16), memory_kib=19456, passes=2, lanes=1)
VERIFIER = pb.Verifier(kdf=KDF, stored_key=bytes(32), server_key=bytes(32))
KEYS = pb.AccountKeys(public=bytes(32), sealed=bytes(60))
WRONG_DIGESTS = (b"", bytes(31), bytes(33))
BAD_VERIFIER = {
    "verifier.kdf.salt": (b"", bytes(15), bytes(17)),
    "verifier.kdf.memory_kib": (0,),
    "verifier.kdf.passes": (0,),
    "verifier.kdf.lanes": (0,),
    "verifier.stored_key": WRONG_DIGESTS,
    "verifier.server_key": WRONG_DIGESTS,
}
COPY = pb.RecoveryCopy(token_hash=bytes(32), sealed=bytes(60))
BAD_COPIES = (
    [pb.RecoveryCopy(token_hash=bytes(31), sealed=bytes(60))],
    [pb.RecoveryCopy(token_hash=bytes(32))],
    [pb.RecoveryCopy(token_hash=bytes(32), sealed=bytes(257))],
)
BAD_KEYS = {"keys.public": WRONG_DIGESTS, "keys.sealed": (b"", bytes(257))}


class LoginBoundsTests(FieldTests):
    """What these messages may hold."""

    def test_registration(self) -> None:
        """A bad name comes through to be judged, an absurd one does not; keys have one size."""
        self.assert_bounds(
            codec.from_register,
            pb.Register(verifier=VERIFIER, keys=KEYS, recovery=[COPY] * 16),
            {
                "username": ("n" * 65,),
                "nick": ("n" * 257,),
                "invite": ("i" * 129,),
                "recovery": ([COPY] * 17, *BAD_COPIES),
                **BAD_VERIFIER,
                **BAD_KEYS,
            },
        )
        self.assert_bounds(
            codec.from_register_ok, pb.RegisterOk(username="anna"), {"username": ("", "n" * 65)}
        )

    def test_password_login(self) -> None:
        """Nonces, proofs and signatures have one size each."""
        self.assert_bounds(
            codec.from_auth_start,
            pb.AuthStart(client_nonce=bytes(24)),
            {"username": ("n" * 65,), "client_nonce": (b"", bytes(23), bytes(25))},
        )
        self.assert_bounds(
            codec.from_auth_challenge,
            pb.AuthChallenge(nonce=bytes(48), kdf=KDF),
            {"nonce": (b"", bytes(24), bytes(49)), "kdf.salt": (b"",)},
        )
        self.assert_bounds(
            codec.from_auth_finish, pb.AuthFinish(proof=bytes(32)), {"proof": WRONG_DIGESTS}
        )
        self.assert_bounds(
            codec.from_auth_keys,
            pb.AuthKeys(server_signature=bytes(32), keys=KEYS),
            {"server_signature": WRONG_DIGESTS, **BAD_KEYS},
        )

    def test_device(self) -> None:
        """A device has a key and proves it; its certificate may be missing."""
        self.assert_bounds(
            codec.from_auth_device,
            pb.AuthDevice(device=pb.DeviceClaim(public=bytes(32), proof=bytes(64))),
            {
                "username": ("n" * 65,),
                "device.public": WRONG_DIGESTS,
                "device.certificate": (bytes(257),),
                "device.name": ("n" * 65,),
                "device.proof": (b"", bytes(63), bytes(65)),
            },
        )

    def test_open_session(self) -> None:
        """Ids and tokens of the right size."""
        self.assert_bounds(
            codec.from_auth_ok,
            pb.AuthOk(
                session_id=bytes(16),
                resume_token=bytes(32),
                device_id=bytes(32),
                media=MEDIA,
                snapshot=session_pb2.Snapshot(me=ANNA),
            ),
            {
                "session_id": (b"", bytes(15)),
                "resume_token": (bytes(15), bytes(65)),
                "device_id": WRONG_DIGESTS,
                "certificate": (bytes(257),),
                "media.port": (0,),
                "snapshot.me.presence": (0,),
            },
        )

    def test_changes(self) -> None:
        """Of the password and of the shown name."""
        self.assert_bounds(
            codec.from_change_password,
            pb.ChangePassword(proof=bytes(32), verifier=VERIFIER, keys=KEYS),
            {"proof": WRONG_DIGESTS, **BAD_VERIFIER, **BAD_KEYS},
        )
        self.assert_bounds(codec.from_set_profile, pb.SetProfile(), {"nick": ("n" * 257,)})
