"""Bounds of what is about one's own account."""

from tests.wire.fields import FieldTests
from tests.wire.test_codec_login import (
    BAD_COPIES,
    BAD_KEYS,
    BAD_VERIFIER,
    COPY,
    KEYS,
    VERIFIER,
    WRONG_DIGESTS,
)
from voip.wire import codec_account as codec
from voip.wire.v1 import account_pb2 as pb


class AccountBoundsTests(FieldTests):
    """What these messages may hold."""

    def test_recovery(self) -> None:
        """Tokens have one size; a name may be anything that can be typed."""
        names = {"username": ("n" * 65,), "token": WRONG_DIGESTS}
        self.assert_bounds(codec.from_recover, pb.Recover(token=bytes(32)), names)
        self.assert_bounds(codec.from_recover_ok, pb.RecoverOk(keys=KEYS), BAD_KEYS)
        self.assert_bounds(
            codec.from_recover_finish,
            pb.RecoverFinish(token=bytes(32), verifier=VERIFIER, keys=KEYS),
            {**names, **BAD_VERIFIER, **BAD_KEYS},
        )

    def test_reset(self) -> None:
        """A reset is bounded as a registration is, and its token as a recovery's."""
        self.assert_bounds(
            codec.from_reset,
            pb.Reset(token=bytes(32), verifier=VERIFIER, keys=KEYS, recovery=[COPY] * 16),
            {
                "username": ("n" * 65,),
                "token": WRONG_DIGESTS,
                **BAD_VERIFIER,
                **BAD_KEYS,
                "recovery": ([COPY] * 17, *BAD_COPIES),
            },
        )

    def test_new_codes(self) -> None:
        """So many, and what each opens has a size."""
        self.assert_bounds(
            codec.from_set_recovery,
            pb.SetRecovery(proof=bytes(32), copies=[COPY] * 16),
            {"proof": WRONG_DIGESTS, "copies": ([COPY] * 17, *BAD_COPIES)},
        )

    def test_devices(self) -> None:
        """As many as an account may have, each with its id."""
        good = pb.OwnDevice(device_id=bytes(32))
        self.assert_bounds(
            codec.from_device_list,
            pb.DeviceList(devices=[good] * 32),
            {
                "devices": (
                    [good] * 33,
                    [pb.OwnDevice(device_id=bytes(31))],
                    [pb.OwnDevice(device_id=bytes(32), name="n" * 65)],
                )
            },
        )
        self.assert_bounds(
            codec.from_revoke_device,
            pb.RevokeDevice(device_id=bytes(32)),
            {"device_id": WRONG_DIGESTS},
        )

    def test_the_end(self) -> None:
        """It takes a proof of the password."""
        self.assert_bounds(
            codec.from_delete_account,
            pb.DeleteAccount(proof=bytes(32)),
            {"proof": WRONG_DIGESTS},
        )
