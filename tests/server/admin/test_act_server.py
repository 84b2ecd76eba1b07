"""What the operator does about the server."""

from dataclasses import replace
from pathlib import Path
from typing import cast

from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import Home
from tests.server.offices import CALL, code_of, invite
from tests.server.someone import ANN, BOB
from tests.server.test_backups import make_database
from voip.config import Limits, Settings
from voip.core.call_messages import Accept, Leave
from voip.core.errors import ErrorCode
from voip.core.ids import CallId
from voip.core.messages import NoticeKind, ServerNotice
from voip.server.admin.command import CommandRefused
from voip.setting import BrokenSetting


class SetLimitTests(SynchronousTestCase):
    """Changing a limit."""

    def setUp(self) -> None:
        self.home = Home(settings=Settings(limits=Limits(login_seconds=9)))

    def set(self, name: str, value: object) -> str:
        return self.home.do("set_limit", name=name, value=str(value)).said

    def test_it_holds_at_once(self) -> None:
        """And the sentence says how to keep it, unless the settings have it already."""
        said = self.set("login_seconds", 5)
        self.assertIn("login_seconds is 5 from now on; it was 9.", said)
        self.assertIn('write "login_seconds = 5" under [limits]', said)
        self.assertEqual(self.home.house.live.connections.login_deadline_seconds, 5.0)
        self.assertEqual(self.home.house.live.settings.limits, Limits(login_seconds=5))
        said = self.set("login_seconds", 9)
        self.assertEqual(
            said, "login_seconds is 9 from now on; it was 5, and the settings have 9 too"
        )

    def test_a_value_that_is_not_allowed(self) -> None:
        """The sentence says what is; nothing is changed."""
        for value in (0, "abc", "5.0"):
            with self.assertRaisesRegex(
                CommandRefused, "must be a whole number from 1 to 600, not"
            ):
                self.set("login_seconds", value)
        with self.assertRaisesRegex(CommandRefused, "login_seconds is 9 already"):
            self.set("login_seconds", 9)
        with self.assertRaisesRegex(CommandRefused, "did you mean login_seconds?"):
            self.set("login_second", 5)
        with self.assertRaisesRegex(CommandRefused, "no limit called xyzzy; see `limits`"):
            self.set("xyzzy", 5)
        self.assertEqual(self.home.house.live.settings.limits, Limits(login_seconds=9))


class DrainTests(SynchronousTestCase):
    """Letting calls end."""

    def setUp(self) -> None:
        self.home = Home()
        office = self.home.office
        office.register(ANN, BOB)
        self.ann, self.bob = office.login(ANN), office.login(BOB)

    def drain(self, **given: bool) -> str:
        return self.home.do("drain", **given).said

    def talk(self) -> None:
        self.ann.ask(invite(BOB))
        self.bob.ask(Accept(CALL))

    def call_anew(self) -> ErrorCode | None:
        return code_of(self.ann.ask(replace(invite(BOB), call_id=CallId(b"n" * 16))))

    def test_calls_go_on_and_none_begins(self) -> None:
        """People are told, and the calls that are left are counted."""
        self.talk()
        self.assertEqual(self.drain(), "no new calls begin from now on; 1 call still goes on")
        self.assertEqual(sum(self.home.house.reception.count_calls().values()), 1)
        notices = cast("list[ServerNotice]", self.ann.told(ServerNotice))
        self.assertEqual([one.kind for one in notices], [NoticeKind.MAINTENANCE])
        self.bob.ask(Leave(CALL))
        self.assertIs(self.call_anew(), ErrorCode.MAINTENANCE)
        self.assertEqual(self.home.stops, 0)
        with self.assertRaisesRegex(CommandRefused, "drains already; nobody is in a call"):
            self.drain()

    def test_back_to_work(self) -> None:
        """Calls begin again, and what was to stop does not."""
        self.talk()
        self.drain(stop=True)
        self.assertEqual(self.drain(off=True), "calls can begin again")
        self.bob.ask(Leave(CALL))
        self.assertEqual(self.home.stops, 0)
        self.assertIsNone(self.call_anew())
        with self.assertRaisesRegex(CommandRefused, "the server does not drain"):
            self.drain(off=True)
        with self.assertRaisesRegex(CommandRefused, "one of --stop and --off"):
            self.drain(off=True, stop=True)

    def test_the_server_stops_after_the_last_call(self) -> None:
        """Not before; also when it drains already."""
        self.talk()
        self.drain()
        said = self.drain(stop=True)
        self.assertEqual(
            said, "no new calls begin, and the server stops with the last one; 1 call still goes on"
        )
        self.assertEqual(self.home.stops, 0)
        self.bob.ask(Leave(CALL))
        self.assertEqual(self.home.stops, 1)

    def test_the_server_stops_at_once_without_calls(self) -> None:
        """And says so."""
        said = self.drain(stop=True)
        self.assertEqual(said, "nobody is in a call, so the server stops now")
        self.assertEqual(self.home.stops, 1)


class BackupTests(SynchronousTestCase):
    """Keeping a copy of everything."""

    def setUp(self) -> None:
        self.folder = Path(self.mktemp()).absolute()
        self.folder.mkdir(parents=True)
        self.home = Home(directory=self.folder)
        self.addCleanup(make_database(self.folder).close)

    def test_a_back_up(self) -> None:
        """Is a file of its own, of which the size is told."""
        file = self.folder / "voip.tar"
        result = self.home.do("backup", file=str(file))
        self.assertEqual(result.said, f"backed up 1 file to {file}")
        assert result.facts is not None
        self.assertEqual(result.facts["files"], 1)
        self.assertGreater(cast("int", result.facts["content_bytes"]), 4096)

    def test_a_file_that_is_there(self) -> None:
        """Is not written over."""
        file = self.folder / "voip.tar"
        file.write_text("precious")
        with self.assertRaisesRegex(CommandRefused, "is there already"):
            self.home.do("backup", file=str(file))
        self.assertEqual(file.read_text(), "precious")


class ReloadTests(SynchronousTestCase):
    """Reading the settings again."""

    def test_what_came_of_it_is_said(self) -> None:
        """In the words of who reads them."""
        home = Home()
        self.assertEqual(home.do("reload").said, "nothing has changed")
        self.assertEqual(home.reloads, 1)

    def test_a_mistake_in_the_file(self) -> None:
        """Is told, and nothing is changed."""
        home = Home()
        home.reload_fails = BrokenSetting("voip.toml, line 3: login_seconds must be more.")
        with self.assertRaisesRegex(CommandRefused, "nothing was changed: voip.toml, line 3"):
            home.do("reload")
