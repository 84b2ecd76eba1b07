"""One's own account against a real server with a real database: codes, devices, the end."""

import re
import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import cast
from unittest import skipUnless

from twisted.trial.unittest import SynchronousTestCase

from tests.harness.json_client import Json, JsonClient
from tests.harness.node import Node
from tests.system.terminal_seat import TerminalSeat
from tests.system.tmux_client import has_tmux
from voip.core.ids import Username
from voip.core.recovery import derive_recovery, hash_token

PASSWORD = "correct horse battery"
NEW = "another good one"
CODE = re.compile(r"\d  ((?:[0-9A-Z]{4}-){4}[0-9A-Z]{4})")


class AccountTests(SynchronousTestCase):
    """A server, and Ann on as many computers as she likes."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.stack = ExitStack()
        self.addCleanup(self.stack.close)
        self.node = self.stack.enter_context(Node(self.folder / "server"))

    def computer(self, name: str) -> JsonClient:
        client = JsonClient(
            self.node.address,
            self.folder / name,
            ("--audio-in", "silence", "--audio-out", "null"),
        )
        self.stack.enter_context(client)
        client.event("connected")
        return client

    def registered(self, computer: str) -> tuple[JsonClient, list[str]]:
        client = self.computer(computer)
        answer = client.ask("register", username="ann", password=PASSWORD)
        return client, cast("list[str]", answer["codes"])

    def refused(self, client: JsonClient, error: str, do: str, **fields: object) -> Json:
        answer = client.try_(do, **fields)
        self.assertEqual((answer["ok"], answer.get("error")), (False, error), answer)
        return answer

    def kept(self) -> bytes:
        """Every byte of the database and its log."""
        files = (self.folder / "server").glob("voip.sqlite*")
        return b"".join(path.read_bytes() for path in files)

    def test_recovering(self) -> None:
        """Registering gives codes; one of them lets Ann in elsewhere, once, and all others out."""
        laptop, codes = self.registered("laptop")
        phone = self.computer("phone")
        self.refused(phone, "WRONG_CODE", "recover", username="bob", code=codes[0], password=NEW)
        phone.ask("recover", username="ann", code=codes[0].lower(), password=NEW)
        self.assertEqual(phone.ask("info")["account"], "ann")
        laptop.event("disconnected", trouble="KICKED")
        self.refused(laptop, "UNKNOWN_DEVICE", "login", username="ann")
        self.refused(laptop, "WRONG_PASSWORD", "login", username="ann", password=PASSWORD)
        answer = {"username": "ann", "code": codes[0], "password": PASSWORD}
        self.refused(laptop, "WRONG_CODE", "recover", **answer)
        laptop.ask("login", username="ann", password=NEW)

    def test_new_codes_outlive_a_restart(self) -> None:
        """They need the password, take the place of the old, and are in the database for good."""
        laptop, old = self.registered("laptop")
        self.refused(laptop, "WRONG_PASSWORD", "recovery", password="not the password")
        new = cast("list[str]", laptop.ask("recovery", password=PASSWORD)["codes"])
        laptop.quit()
        self.node.stop()
        self.node = self.stack.enter_context(Node(self.folder / "server", self.node.address))
        phone = self.computer("phone")
        answer = {"username": "ann", "code": old[0], "password": NEW}
        self.refused(phone, "WRONG_CODE", "recover", **answer)
        phone.ask("recover", username="ann", code=new[7], password=NEW)

    def test_devices(self) -> None:
        """They are listed; a lost one is thrown out and needs the password to come back."""
        laptop, _ = self.registered("laptop")
        phone = self.computer("phone")
        phone.ask("login", username="ann", password=PASSWORD)
        devices = cast("list[Json]", laptop.ask("devices")["devices"])
        self.assertEqual([each["is_online"] for each in devices], [True, True])
        lost = next(each["device"] for each in devices if not each["is_this"])
        laptop.ask("revoke", device=lost)
        phone.event("disconnected", trouble="KICKED")
        self.refused(phone, "UNKNOWN_DEVICE", "login", username="ann")
        phone.ask("login", username="ann", password=PASSWORD)

    def test_the_end_of_an_account(self) -> None:
        """It needs the password; then nothing of the account is left, and its name is free."""
        laptop, codes = self.registered("laptop")
        self.refused(laptop, "WRONG_PASSWORD", "delete-account", password="not the password")
        laptop.ask("delete-account", password=PASSWORD)
        laptop.event("disconnected", trouble=None)
        self.assertEqual(laptop.ask("info")["accounts"], [])
        self.refused(laptop, "WRONG_PASSWORD", "login", username="ann", password=PASSWORD)
        answer = {"username": "ann", "code": codes[0], "password": NEW}
        self.refused(laptop, "WRONG_CODE", "recover", **answer)
        with closing(sqlite3.connect(self.folder / "server" / "voip.sqlite")) as database:
            left = [
                *database.execute("SELECT id FROM accounts WHERE username <> 'echo'"),
                *database.execute(
                    "SELECT account_id FROM devices"
                    " WHERE account_id <> (SELECT id FROM accounts WHERE username = 'echo')"
                ),
                *database.execute("SELECT account_id FROM recovery_codes"),
            ]
        self.assertEqual(left, [])
        laptop.ask("register", username="ann", password=NEW)

    def test_a_stolen_database_lets_nobody_in(self) -> None:
        """It holds no code and no token; what it does hold is none that the server takes."""
        laptop, codes = self.registered("laptop")
        laptop.ask("recovery", password=PASSWORD)
        codes += cast("list[str]", laptop.ask("recovery", password=PASSWORD)["codes"])
        kept = self.kept()
        for code in codes:
            derived = derive_recovery(code, Username("ann"))
            for secret in (code.encode(), derived.token, derived.sealing_key):
                self.assertNotIn(secret, kept)
        derived = derive_recovery(codes[-1], Username("ann"))
        self.assertIn(hash_token(derived.token), kept)
        self.assertNotIn(codes[0], self.node.log())


@skipUnless(has_tmux(), "tmux is not here")
class AccountScreenTests(SynchronousTestCase):
    """The same as people meet it."""

    def setUp(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="voip-"))
        self.addCleanup(shutil.rmtree, self.folder)
        node = Node(self.folder / "server")
        self.addCleanup(node.stop)
        self.address = node.address

    def screen(self, name: str) -> TerminalSeat:
        folder = self.folder / name
        folder.mkdir()
        arguments = [self.address, "--data-dir", str(folder / "data")]
        seat = TerminalSeat(folder, [*arguments, "--audio-in", "silence", "--audio-out", "null"])
        seat.__enter__()
        self.addCleanup(seat.__exit__, None, None, None)
        return seat

    def fill(self, seat: TerminalSeat, *parts: str) -> None:
        for part in parts:
            seat.type(part)
            seat.press("Tab")

    def registered(self, seat: TerminalSeat) -> list[str]:
        """Make Ann's account; gives the codes that are shown for it."""
        seat.wait_for("TLS 1.3")
        seat.tab_to("< Create an account >")
        seat.press("Enter")
        seat.wait_for("Create an account on")
        self.fill(seat, "ann", "Ann", PASSWORD, PASSWORD)
        seat.press("Enter")
        codes = self.codes(seat)
        seat.wait_for("ann  ●", "Contacts")
        return codes

    def codes(self, seat: TerminalSeat) -> list[str]:
        """The codes that are shown; they are put away."""
        codes = CODE.findall(seat.wait_for("Your recovery codes", "8  "))
        self.assertEqual(len(set(codes)), 8)
        seat.press("w")
        seat.wait_for("Nobody can show these codes again")
        seat.press("Enter")
        return codes

    def point_at(self, seat: TerminalSeat, row: str) -> None:
        """Move the pointer down to the row that shows this."""

        def is_there(screen: str) -> bool:
            return any(line.startswith("▶") and row in line for line in screen.splitlines())

        for _ in range(12):
            if is_there(seat.text):
                return
            before = seat.cursor
            seat.press("Down")
            seat.wait_until(partial(self.has_left, seat, before))
        self.fail(f"no row {row!r}:\n{seat.text}")

    def has_left(self, seat: TerminalSeat, place: tuple[int, int]) -> bool:
        return seat.cursor != place

    def test_the_settings_of_an_account(self) -> None:
        """Another device is removed, new codes are made, and the account is deleted."""
        seat = self.screen("first")
        old = self.registered(seat)
        phone = JsonClient(self.address, self.folder / "phone")
        self.addCleanup(phone.quit)
        phone.event("connected")
        phone.ask("login", username="ann", password=PASSWORD)
        seat.press("s")
        seat.wait_for("Devices that may sign in", "this computer", "online")
        self.point_at(seat, "online")
        seat.press("Enter")
        seat.wait_for("To come back it needs the password")
        seat.press("Enter")
        seat.wait_for("is removed")
        phone.event("disconnected", trouble="KICKED")
        self.point_at(seat, "Make new ones")
        seat.press("Enter")
        seat.wait_for("the old ones open nothing any more")
        seat.type(PASSWORD)
        seat.press("Enter")
        self.assertFalse(set(self.codes(seat)) & set(old))
        seat.wait_for("Devices that may sign in")
        self.point_at(seat, "Delete my account")
        seat.press("Enter")
        seat.wait_for("Nobody can bring")
        seat.type(PASSWORD)
        seat.press("Enter")
        seat.wait_for("Your account is deleted.", "< Sign in >")
        answer = phone.try_("login", username="ann", password=PASSWORD)
        self.assertEqual(answer["error"], "WRONG_PASSWORD")

    def test_a_forgotten_password(self) -> None:
        """The codes are shown after registering; on another computer one of them sets a new
        password and signs in, which ends the session of the first."""
        first = self.screen("first")
        codes = self.registered(first)
        second = self.screen("second")
        second.wait_for("TLS 1.3")
        second.tab_to("< Forgot your password? >")
        second.press("Enter")
        second.wait_for("One of the codes you wrote down")
        self.fill(second, "ann", "1111-1111-1111-1111-1111", NEW, NEW)
        second.press("Enter")
        second.wait_for("Account or recovery code is wrong")
        second.press("C-u")
        second.type(codes[4].lower())
        second.wait_for("it is whole")
        second.press("Enter")
        second.wait_for("Your new password is set", "ann  ●")
        first.wait_for("ended your session", "< Sign in >")
