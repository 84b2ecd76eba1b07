"""Every command is walked through the desk, and none is done that is not in the audit."""

import json
from pathlib import Path

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR
from tests.server.admin.walks import WALKS, World
from tests.server.test_backups import make_database
from voip.core.deeds import DeedId
from voip.server.admin.commands import COMMANDS
from voip.server.admin.exits import Exit


class CommandsCase(SynchronousTestCase):
    """Servers where something goes on."""

    def setUp(self) -> None:
        self.data_dir = self.folder()
        self.addCleanup(make_database(self.data_dir).close)

    def folder(self) -> Path:
        folder = Path(self.mktemp()).absolute()
        folder.mkdir(parents=True)
        return folder

    def world(self) -> World:
        return World(self.data_dir, self.folder())


class EveryCommandTests(CommandsCase):
    """Each command there is."""

    def test_there_is_a_walk_through_each(self) -> None:
        """A command that is added needs one."""
        self.assertEqual({walk.line.split()[0] for walk in WALKS}, set(COMMANDS))

    def test_each_does_what_it_says(self) -> None:
        """The sentence, and what is so afterwards; as text and as JSON."""
        for walk in WALKS:
            with self.subTest(walk.line):
                world = self.world()
                answer = world.run(walk.typed(world))
                self.assertEqual((answer.exit, answer.warning), (Exit.DONE, ""), answer.text)
                self.assertRegex(answer.text, walk.says)
                walk.check(self, world)
                other = self.world()
                answer = other.run(walk.typed(other), as_json=True)
                document = json.loads(answer.text)
                self.assertIs(document["ok"], True)
                self.assertRegex(json.dumps(document), walk.says)

    def test_none_tells_what_is_secret(self) -> None:
        """Nor an address in full, nor anybody's phone book."""
        for walk in WALKS:
            with self.subTest(walk.line):
                world = self.world()
                secrets = world.secrets()
                told = world.run(walk.typed(world), as_json=True).text
                for secret in secrets:
                    self.assertNotIn(secret, told)

    def test_each_has_help_with_an_example_that_is_understood(self) -> None:
        """The first line is one sentence, the last an example of how it is typed."""
        for command in COMMANDS.values():
            with self.subTest(command.name):
                first, *rest = command.help.split("\n")
                self.assertTrue(first.endswith(".") and len(first) <= 90, first)
                if rest:
                    self.assertEqual(rest[0], "")
                    self.assertTrue(rest[-1].startswith(f"Example: {command.name}"), rest[-1])
                    example = rest[-1].removeprefix("Example: ")
                    answer = self.world().run(example.replace("/var/lib/voip-backups", "/nowhere"))
                    self.assertIn(answer.exit, (Exit.DONE, Exit.REFUSED), answer.text)
                answer = self.world().run(f"help {command.name}")
                self.assertIn(first, answer.text)

    def test_what_asks_first_does_nothing_before(self) -> None:
        """Not confirmed, it asks and nothing is changed."""
        asking = {name for name, command in COMMANDS.items() if command.question}
        self.assertEqual(asking, {"kick", "ban", "reset_password", "end_call", "drain"})
        for walk in WALKS:
            if walk.line.split()[0] in asking:
                with self.subTest(walk.line):
                    world = self.world()
                    before = world.state()
                    answer = world.run(walk.typed(world), is_confirmed=False)
                    self.assertIs(answer.exit, Exit.USAGE)
                    self.assertIn("--yes", answer.text)
                    self.assertEqual(world.state(), before)
                    self.assertNotIn("{", world.desk.question(walk.typed(world)))


class AuditedTests(CommandsCase):
    """No command without its line."""

    def test_what_cannot_be_recorded_is_not_done(self) -> None:
        """Nothing at all has changed, and the operator is told why."""
        for walk in WALKS:
            with self.subTest(walk.line):
                world = self.world()
                world.home.audit.refuses_begin = "the disk is full"
                before = world.state()
                answer = world.run(walk.typed(world))
                self.assertIs(answer.exit, Exit.NOT_RECORDED)
                self.assertIn("nothing was done", answer.text)
                self.assertIn("the disk is full", answer.text)
                self.assertEqual(world.state(), before)

    def test_nothing_is_done_before_the_line_is_written(self) -> None:
        """While it is being written all is as before; how it went is written after."""
        for walk in WALKS:
            with self.subTest(walk.line):
                world = self.world()
                before = world.state()
                writing: Deferred[DeedId] = Deferred()
                self.patch(world.home.audit, "begin", lambda *_, writing=writing: writing)
                answer = world.begin(walk.typed(world))
                self.assertNoResult(answer)
                self.assertEqual((world.state(), world.home.audit.lines), (before, []))
                writing.callback(DeedId("00"))
                self.assertIs(self.successResultOf(answer).exit, Exit.DONE)
                self.assertEqual(world.home.audit.lines, [("end", "done")])

    def test_each_line_says_who_did_what_on_whom(self) -> None:
        """As it was typed; and whom it concerned."""
        for walk in WALKS:
            with self.subTest(walk.line):
                world = self.world()
                world.run(walk.typed(world))
                [(actor, deed)] = world.home.audit.begun
                self.assertEqual((actor, deed.line), (OPERATOR, walk.typed(world)))
                self.assertEqual((deed.what, deed.on), (walk.line.split()[0], walk.concerns(world)))

    def test_an_end_that_cannot_be_written_is_told(self) -> None:
        """What was done is said, and that the audit does not know how it went."""
        world = self.world()
        world.home.audit.refuses_end = "the disk is full"
        answer = world.run("kick bob")
        self.assertIs(answer.exit, Exit.NOT_RECORDED)
        self.assertIn("kicked bob", answer.text)
        self.assertIn("the disk is full", answer.text)
