"""A JSON face over a real client and the real server, and everything it said."""

import json
from pathlib import Path

from tests.client.memory_network import ADDRESS, PASSWORD
from tests.client.pair import PairTestCase
from tests.terminal.seat import TextHere
from voip_terminal.json_face import About, JsonFace, JsonLines
from voip_terminal.json_face_words import Json
from voip_terminal.settings.service import Settings
from voip_terminal.sound_settings import devices_of

DOCUMENT = Path(__file__).parents[2] / "docs" / "json.md"
ABOUT = About("ScriptedVoice", "libopus 1.5", {"voip": "0.1"})


class Spoken:
    """One face and everything it said."""

    def __init__(
        self, test: "FaceTestCase", computer: str, address: str = ADDRESS, settings: str = ""
    ) -> None:
        self._test = test
        self.said: list[Json] = []
        self.ends = 0
        self.client = test.stranger(computer)
        self.text = TextHere(settings)
        self.settings = Settings(self.text, {})
        clock = test.network.clock
        self.face = JsonFace(
            self.client,
            self.settings,
            devices_of(self.settings.current.audio),
            address,
            clock,
            lambda: clock.seconds() + 1000.0,
            lambda line: self.said.append(json.loads(line)),
            ABOUT,
            self._ended,
        )
        self.lines = JsonLines(self.face)
        self._number = 0

    def _ended(self) -> None:
        self.ends += 1

    def start(self) -> "Spoken":
        self.face.start()
        self._test.network.settle()
        return self

    def tell(self, do: str, **fields: object) -> Json:
        """Give a command; the one answer to it."""
        return self.answer(self.begin(do, **fields))

    def begin(self, do: str, **fields: object) -> int:
        """Give a command; the number that its answer will have."""
        self._number += 1
        line = json.dumps({"id": self._number, "do": do, **fields})
        self.lines.dataReceived(line.encode() + b"\n")
        self._test.network.settle()
        return self._number

    def answer(self, number: int) -> Json:
        """The one answer to a command."""
        (answer,) = [each for each in self.said if each.get("id") == number]
        return answer

    def events(self, name: str) -> list[Json]:
        return [each for each in self.said if each.get("event") == name]


class FaceTestCase(PairTestCase):
    """Faces of people who are logged in."""

    def face(self, name: str) -> Spoken:
        spoken = Spoken(self, name).start()
        answer = spoken.tell("register", username=name, nick=name.title(), password=PASSWORD)
        self.assertEqual(answer["ok"], True)
        return spoken

    def fails(self, answer: Json, error: str, **fields: object) -> None:
        number = answer.pop("id")
        self.assertIsNotNone(number)
        self.assertEqual(answer, {"ok": False, "error": error, **fields})
