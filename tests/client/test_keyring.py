"""Device keys on this computer."""

import secrets
from pathlib import Path
from stat import S_IMODE

from twisted.trial.unittest import SynchronousTestCase

from voip.client.address import Address
from voip.client.device_identity import DeviceIdentity, certify_device, new_key
from voip.client.key_steps import CheckedPerson
from voip.client.keyring import Keyring
from voip.client.private_files import DataFileError
from voip.core.ids import Username

HOME = Address("home.example.org")
ALICE, BOB = Username("alice"), Username("bob")


def identity_of(username: Username) -> DeviceIdentity:
    return certify_device(
        username, "laptop", new_key(secrets.token_bytes), new_key(secrets.token_bytes)
    )


class KeyringTests(SynchronousTestCase):
    def setUp(self) -> None:
        self.data_dir = Path(self.mktemp())
        self.keyring = Keyring(self.data_dir, HOME)

    def file_of(self, name: str) -> Path:
        (path,) = self.data_dir.glob(f"servers/*/devices/{name}.json")
        return path

    def test_nobody_at_first(self) -> None:
        """A new computer has no keys, and a directory for its owner alone."""
        self.assertEqual(list(self.keyring.accounts()), [])
        self.assertIsNone(self.keyring.device_of(ALICE))
        self.assertEqual(S_IMODE(self.data_dir.stat().st_mode), 0o700)

    def test_a_key_is_kept(self) -> None:
        """A kept device signs as before, from a file for its owner alone."""
        kept = identity_of(ALICE)
        self.keyring.keep(kept)
        again = Keyring(self.data_dir, HOME).device_of(ALICE)
        assert again is not None
        self.assertEqual(again.sign(b"context", b"part"), kept.sign(b"context", b"part"))
        self.assertEqual((again.device, again.certificate), (kept.device, kept.certificate))
        self.assertEqual(S_IMODE(self.file_of("alice").stat().st_mode), 0o600)

    def test_the_last_used_comes_first(self) -> None:
        """Accounts are listed as they were used."""
        self.keyring.keep(identity_of(ALICE))
        self.keyring.keep(identity_of(BOB))
        self.assertEqual(list(self.keyring.accounts()), [BOB, ALICE])
        self.keyring.used(ALICE)
        self.assertEqual(list(self.keyring.accounts()), [ALICE, BOB])

    def test_an_account_that_is_no_more_leaves_nothing(self) -> None:
        """Its key and what it knew of others go; other accounts stay."""
        for name in (ALICE, BOB):
            self.keyring.keep(identity_of(name))
        self.file_of("alice").parent.with_name("contacts").mkdir()
        contacts = self.file_of("alice").parent.with_name("contacts") / "alice.json"
        contacts.write_text("{}")
        self.keyring.forget(ALICE)
        self.assertEqual(list(self.keyring.accounts()), [BOB])
        self.assertIsNone(self.keyring.device_of(ALICE))
        self.assertIsNotNone(self.keyring.device_of(BOB))
        self.assertFalse(contacts.exists())
        self.keyring.forget(ALICE)

    def test_each_server_has_its_own(self) -> None:
        """A key of one server is not another's."""
        self.keyring.keep(identity_of(ALICE))
        self.assertIsNone(Keyring(self.data_dir, Address("other")).device_of(ALICE))

    def test_no_name_points_elsewhere(self) -> None:
        """Neither host nor account can name a file outside."""
        keyring = Keyring(self.data_dir, Address(".."))
        keyring.keep(identity_of(Username("../../../x")))
        outside = list(self.data_dir.parent.rglob("*x.json"))
        self.assertEqual(len(outside), 1)
        self.assertTrue(outside[0].is_relative_to(self.data_dir / "servers"))

    def test_broken_files(self) -> None:
        """A key file that makes no sense is told and left alone."""
        self.keyring.keep(identity_of(ALICE))
        path = self.file_of("alice")
        good = path.read_text()
        for broken in (
            good.replace('"laptop"', '"other"'),
            good.replace('"laptop"', "1"),
            good.replace('"private": "', '"private": "00'),
            good.replace('"private": "', '"private": "zz'),
            "{}",
        ):
            path.write_text(broken)
            with self.assertRaises(DataFileError):
                self.keyring.device_of(ALICE)
            self.assertEqual(path.read_text(), broken)

    def test_another_devices_key(self) -> None:
        """A private key that is not the certificate's is refused."""
        self.keyring.keep(identity_of(ALICE))
        path = self.file_of("alice")
        private = path.read_text().split('"private": "')[1].split('"')[0]
        path.write_text(path.read_text().replace(private, secrets.token_hex(32)))
        with self.assertRaises(DataFileError):
            self.keyring.device_of(ALICE)

    def test_a_broken_list_of_accounts(self) -> None:
        """A list of accounts that makes no sense is told."""
        self.keyring.keep(identity_of(ALICE))
        (path,) = self.data_dir.glob("servers/*/accounts.json")
        path.write_text('{"version": 1, "accounts": [1]}')
        with self.assertRaises(DataFileError):
            self.keyring.accounts()

    def test_contacts_are_beside(self) -> None:
        """Known people are kept by account."""
        self.keyring.contacts_of(ALICE).trust_first(
            [CheckedPerson(BOB, bytes(32), is_verified=False)]
        )
        self.assertEqual(self.keyring.contacts_of(BOB).everybody(), {})
        self.assertEqual(set(self.keyring.contacts_of(ALICE).everybody()), {BOB})
