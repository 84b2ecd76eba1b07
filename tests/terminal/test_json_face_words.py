"""The document of the JSON face says what its code says."""

import re

from twisted.internet.task import Clock

from tests.terminal.fake_controller import FakeController
from tests.terminal.seat import TextHere
from tests.terminal.spoken import DOCUMENT, FaceTestCase
from voip.core.calls import LegState
from voip_terminal.json_face import FACE_WORDS, chapters
from voip_terminal.json_face_words import EVENTS, VERBS, Field
from voip_terminal.settings.service import Settings
from voip_terminal.sound_settings import SoundSettings, devices_of


class DocumentTests(FaceTestCase):
    def rows(self, title: str) -> list[list[str]]:
        """The rows of the table under a title."""
        section = DOCUMENT.read_text().split(f"## {title}\n")[1].split("\n## ")[0]
        rows = [line for line in section.splitlines() if line.startswith("| `")]
        return [[cell.strip() for cell in row[1:-1].split("|")] for row in rows[1:]]

    def test_commands(self) -> None:
        """The table of commands is the code's."""
        written = {}
        for name, takes, gives in self.rows("Commands"):
            fields = re.findall(r"(\[?)`([a-z0-9_]+)`", takes)
            written[name.strip("`")] = (
                [(field, not bracket) for bracket, field in fields],
                re.findall(r"`([a-z0-9_]+)`", gives),
            )
        coded = {
            name: ([_taken(field) for field in verb.takes], list(verb.gives))
            for name, verb in VERBS.items()
        }
        self.assertEqual(written, coded)

    def test_events(self) -> None:
        """The table of events is the code's."""
        written = {
            name.strip("`"): re.findall(r"`([a-z0-9_]+)`", fields)
            for name, fields in self.rows("Events")
        }
        self.assertEqual(written, {name: list(fields) for name, fields in EVENTS.items()})

    def test_the_states(self) -> None:
        """Every state that a call or somebody in it may be shown in is named."""
        text = DOCUMENT.read_text().split("`call` is the whole call")[1].split("`is_connected`")[0]
        for state in LegState:
            if state is not LegState.LEFT:
                self.assertIn(f"`{state.value}`", text)

    def test_every_command_has_who_carries_it_out(self) -> None:
        """No word of the table leads nowhere, and none is carried out twice."""
        controller, settings = FakeController(), Settings(TextHere(), {})
        sound = SoundSettings(controller, settings, devices_of(settings.current.audio))
        there = chapters(controller, settings, sound, Clock(), lambda _: None)
        words = [*FACE_WORDS, *(word for each in there for word in each.words)]
        self.assertEqual(sorted(words), sorted(VERBS))


def _taken(field: Field) -> tuple[str, bool]:
    return field.name, field.is_needed
