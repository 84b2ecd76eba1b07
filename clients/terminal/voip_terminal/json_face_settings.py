"""The words of the JSON face about the settings. It knows ``Settings`` and fields.

What is set is used and written by ``Settings``, as on the settings screen.
"""

from typing import Final, cast

from voip.core.errors import ErrorCode
from voip.setting import BrokenSetting
from voip_terminal.chosen_keys import problem_with
from voip_terminal.json_face_shapes import WhyNot
from voip_terminal.json_face_words import Json, text_of
from voip_terminal.settings.file import Plain, UnknownSetting, tables_of
from voip_terminal.settings.service import NotKept, Settings
from voip_terminal.settings.values import read_verb


class SettingWords:
    """All of the settings, and another value for one of them."""

    words: Final = ("settings", "set")

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def do(self, word: str, command: Json) -> Json:
        """Carry out one of ``words``; ``WhyNot`` tells what is allowed."""
        match word:
            case "settings":
                return {
                    "path": self._settings.name,
                    "settings": tables_of(self._settings.current),
                    "troubles": list(self._settings.troubles),
                }
            case _:
                section, name = text_of(command, "section"), text_of(command, "name")
                self._check_key(section, name, text_of(command, "value"))
                change(self._settings, section, name, cast("Plain | None", command.get("value")))
                return {}

    def _check_key(self, section: str, name: str, text: str) -> None:
        """No key means two things at once; names and keys that are none, the settings refuse."""
        if section != "keys":
            return
        try:
            problem = problem_with(self._settings.current.keys, read_verb(name), text)
        except ValueError:
            return
        if problem:
            raise WhyNot(ErrorCode.BAD_REQUEST, "value", problem)


def change(
    settings: Settings, section: str, name: str, value: Plain | None, field: str = "value"
) -> None:
    """Set something; ``WhyNot`` names what is wrong with it, ``field`` being that of the value."""
    try:
        settings.set(section, name, value)
    except UnknownSetting as error:
        raise WhyNot(ErrorCode.BAD_REQUEST, error.field, str(error)) from None
    except BrokenSetting as error:
        raise WhyNot(ErrorCode.BAD_REQUEST, field, str(error)) from None
    except NotKept as error:
        raise WhyNot(ErrorCode.STORE_UNAVAILABLE, settings.name, str(error)) from None
