"""Whose a leg is: its certificate, held against what is known of the person.

It knows certificates and known account keys; of calls and of what follows it knows nothing.
"""

from collections.abc import Callable

from voip.client.contact_keys import ContactKey
from voip.client.device_identity import certified_leg
from voip.client.key_steps import CheckedPerson, E2eTrouble, KeysRefused
from voip.core.calls import LegView
from voip.core.ids import Username
from voip.core.login import CertifiedDevice

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
