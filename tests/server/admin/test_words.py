"""What can be typed next, and what the help says."""

from twisted.internet.defer import Deferred
from twisted.trial.unittest import SynchronousTestCase

from tests.server.admin.houses import OPERATOR, Home
from tests.server.admin.lines import COMMANDS
from tests.server.someone import ANN, BOB
from voip.core.deeds import Actor
from voip.server.admin.command import Command, CommandRefused, Result, command
from voip.server.admin.commands import COMMANDS as ALL
from voip.server.admin.house import House
from voip.server.admin.kinds import CallRef, InviteName, LimitName
from voip.server.admin.words import MAX_SEEN, Vocabulary, help_of_all, put_help

MORE: dict[str, Command] = {}


@command(MORE)
async def limit(_house: House, _actor: Actor, name: LimitName, is_on: bool) -> Result:
    """Change a limit."""
    return Result()


@command(MORE)
async def end(_house: House, _actor: Actor, call: CallRef, invite: InviteName) -> Result:
    """End a call."""
    return Result()


class CompletionTests(SynchronousTestCase):
    """At the end of what is typed, unless the cursor stands elsewhere."""

    def setUp(self) -> None:
        self.home = Home()
        self.commands = {**COMMANDS, **MORE}
        put_help(self.commands)
        self.words = Vocabulary(self.home.house, self.commands)

    def completed(self, text: str, cursor: int | None = None) -> list[str]:
        """The lines that the text could become."""
        cursor = len(text) if cursor is None else cursor
        found = self.words.complete(text, cursor)
        return [text[: found.start] + one + text[cursor:] for one in found.candidates]

    def test_commands_come_first(self) -> None:
        """By their beginning; nothing after a word that is none."""
        self.assertEqual(self.completed("f"), ["find"])
        self.assertEqual(self.completed(""), sorted(self.commands))
        self.assertEqual(self.completed("zzz a"), [])
        self.assertEqual(self.completed("help f"), ["help find"])
        self.assertEqual(self.completed("fi bob", 2), ["find bob"])

    def test_names_of_parameters(self) -> None:
        """Those that are not there yet, and what concerns the answer."""
        self.assertEqual(self.completed("ban bob --f"), ["ban bob --for"])
        self.assertEqual(
            self.completed("find --online --"),
            [f"find --online --{end}" for end in ("help", "json", "limit", "query", "yes")],
        )

    def test_people_who_are_here(self) -> None:
        """In both spellings, by place and by name."""
        self.home.office.register(ANN, BOB)
        self.home.office.login(ANN)
        self.home.office.login(BOB)
        for text in ("ban ", "ban --for 2d ", "ban --yes ", "ban --name ", "ban --name="):
            self.assertEqual(self.completed(text), [f"{text}ann", f"{text}bob"], text)
        self.assertEqual(self.completed("ban b"), ["ban bob"])
        self.assertEqual(self.completed('ban("b'), ['ban("bob'])
        self.assertEqual(self.completed('ban(reason="x", name="b'), ['ban(reason="x", name="bob'])
        self.assertEqual(self.completed("ban bob a"), [])
        self.assertEqual(self.completed("find b"), [])

    def test_what_was_shown_lately_is_known(self) -> None:
        """People, calls by their first letters, invites by name; not without end."""
        self.words.shown(Result(rows=({"user": "zoe", "call_id": "0123456789ab"},)))
        self.words.shown(Result(facts={"invite": "I-SECRET", "name": "kite"}))
        self.assertEqual(self.completed("ban z"), ["ban zoe"])
        self.assertEqual(self.completed("end 0"), ["end 01234567"])
        self.assertEqual(self.completed("end 01234567 "), ["end 01234567 kite"])  # no secret
        self.assertEqual(
            self.completed("end(call='01234567', invite='k"), ["end(call='01234567', invite='kite"]
        )
        self.words.shown(Result(rows=tuple({"user": f"u{i:04}"} for i in range(MAX_SEEN))))
        self.assertEqual(self.completed("ban z"), [])

    def test_limits_and_yes_or_no(self) -> None:
        """Words that do not change."""
        self.assertEqual(self.completed("limit login_s"), ["limit login_seconds"])
        self.assertEqual(self.completed("limit x "), ["limit x no", "limit x yes"])
        self.assertEqual(self.completed("limit x yes "), [])


class HelpTests(SynchronousTestCase):
    """Made from the docstrings."""

    def helping(self, **given: object) -> "Deferred[Result]":
        commands = dict(COMMANDS)
        put_help(commands)
        return Deferred.fromCoroutine(commands["help"].run(Home().house, OPERATOR, **given))

    def helped(self, **given: object) -> str:
        return self.successResultOf(self.helping(**given)).said

    def test_all_commands_are_listed(self) -> None:
        """Each with how it is typed, and its first sentence."""
        said = self.helped()
        self.assertIn("  ban NAME [REASON] [--for DURATION]\n      Keep somebody out.\n", said)
        self.assertIn("      Find somebody\n", said)
        self.assertNotIn("second sentence", said)

    def test_one_command_is_told_whole(self) -> None:
        """And whether it asks."""
        self.assertIn("second sentence", self.helped(name="find"))
        self.assertIn("It asks first", self.helped(name="ban"))
        failed = self.failureResultOf(self.helping(name="bann"), CommandRefused)
        self.assertIn("did you mean ban?", str(failed.value))

    def test_the_help_fits_a_terminal(self) -> None:
        """Of 80 columns, or nearly."""
        self.assertLess(max(map(len, help_of_all(ALL).splitlines())), 110)
