"""Whose a leg is and which call key is its own: certificate and shown key, held against what is
known of the person.

It knows certificates, known account keys and signatures; of what follows for the call it knows
nothing.
"""

from collections.abc import Callable

from voip.client.call_keys import LEG_KEY
from voip.client.contact_keys import ContactKey
from voip.client.device_identity import DeviceIdentity, certified_leg
from voip.client.e2e_messages import PUBLIC_SIZE
from voip.client.key_steps import CheckedPerson, E2eTrouble, KeysRefused
from voip.core.calls import LegKey, LegView
from voip.core.ids import CallId, Username
from voip.core.login import CertifiedDevice, is_signed, transcript

KnownKey = Callable[[Username], ContactKey | None]
"""What is known of a person's account key."""


def identify(known: KnownKey, leg: LegView) -> CertifiedDevice:
    """The account key and the device key of a leg; ``KeysRefused`` when nobody vouches for the
    device, or another account than the known one does."""
    certified = certified_leg(leg)
    if certified is None:
        raise KeysRefused(E2eTrouble.CERTIFICATE)
    account_key = certified.account_public
    of_person = known(leg.username)
    if of_person is not None and of_person.account_key != account_key:
        changed = CheckedPerson(leg.username, account_key, is_verified=False)
        raise KeysRefused(E2eTrouble.KEY_CHANGED, changed)
    return certified


def shown_key(me: DeviceIdentity, call_id: CallId, commitment: bytes, public: bytes) -> LegKey:
    """What this device puts into Alerting: its call key, signed."""
    return LegKey(public, me.sign(LEG_KEY, call_id, commitment, public))


def checked_key(device_public: bytes, call_id: CallId, commitment: bytes, key: LegKey) -> bytes:
    """The call key that a leg shows; ``KeysRefused`` unless its device signed it for this call."""
    if len(key.public) != PUBLIC_SIZE:
        raise KeysRefused(E2eTrouble.BAD_MESSAGE)
    payload = transcript(LEG_KEY, call_id, commitment, key.public)
    if not is_signed(device_public, key.signature, payload):
        raise KeysRefused(E2eTrouble.SIGNATURE)
    return key.public
