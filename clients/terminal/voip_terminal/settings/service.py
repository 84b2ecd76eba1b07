"""The settings in use: what the file says, and on top of it what this run was told.

Everybody who acts by a setting reads ``current`` and is told of changes. A change is in use at
once and is written to the file; the last ones can be taken back. It knows no screen and carries no
setting out.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from voip.core.errors import VoipError
from voip_terminal.settings import file
from voip_terminal.settings.file import Plain, ReadFile
from voip_terminal.settings.values import ClientSettings

MOST_CHANGES: Final = 100
"""Changes that can be taken back, one after the other."""

Named = tuple[str, str]
"""A section and a name in it."""


class Text(Protocol):
    """Where the text of the settings is kept: ``OSError`` and ``UnicodeDecodeError`` tell why it
    cannot be. ``name`` is what sentences call it."""

    @property
    def name(self) -> str: ...

    def read(self) -> str:
        """The whole text; empty when there is none yet."""

    def write(self, text: str) -> None:
        """Put another in its place."""


class NotKept(VoipError):
    """A change is in use but could not be written; its text is the sentence a person reads."""


@dataclass(frozen=True, slots=True)
class Change:
    """A setting that was changed, and what the file and this run said before."""

    section: str
    name: str
    in_file: Plain | None
    in_run: Plain | None


class Settings:
    """The settings of this run; ``overrides`` is what the command line says, as it would stand in
    the file."""

    def __init__(self, text: Text, overrides: Mapping[Named, Plain]) -> None:
        self._text = text
        self.name = text.name
        self._overrides: dict[Named, Plain] = dict(overrides)
        self._changes: list[Change] = []
        self._watchers: list[Callable[[ClientSettings], None]] = []
        read = self._read()
        self.troubles = read.troubles
        """A sentence for each thing in the file that could not be used."""
        self._kept = read.settings
        self.current = self._on_top(self._kept)
        """What is in use."""

    def watch(self, changed: Callable[[ClientSettings], None]) -> Callable[[], None]:
        """Be called with the settings at each change; returns what ends that."""
        self._watchers.append(changed)

        def end() -> None:
            with suppress(ValueError):
                self._watchers.remove(changed)

        return end

    def set(self, section: str, name: str, value: Plain | Enum | None) -> None:
        """Use a value from now on, or the default for None, and write it to the file.

        ``BrokenSetting`` for a value that is not allowed, which changes nothing; ``NotKept`` when
        the value is in use for this run but could not be written.
        """
        plain = None if value is None else file.plain_of(value)
        file.with_value(self.current, section, name, plain)
        before = Change(
            section, name, self._in_file(section, name), self._overrides.get((section, name))
        )
        self._changes.append(before)
        del self._changes[:-MOST_CHANGES]
        self._use(section, name, plain, None)

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._changes)

    def undo(self) -> Change | None:
        """Take the last change back, and tell which; ``NotKept`` as in ``set``."""
        if not self._changes:
            return None
        change = self._changes.pop()
        self._use(change.section, change.name, change.in_file, change.in_run)
        return change

    def _use(self, section: str, name: str, in_file: Plain | None, in_run: Plain | None) -> None:
        """Put a value in use, write it, and tell the watchers, also when it cannot be written."""
        self._kept = file.with_value(self._kept, section, name, in_file)
        if in_run is None:
            self._overrides.pop((section, name), None)
        else:
            self._overrides[section, name] = in_run
        self.current = self._on_top(self._kept)
        try:
            self._write(section, name, in_file)
        finally:
            for each in tuple(self._watchers):
                each(self.current)

    def _on_top(self, kept: ClientSettings) -> ClientSettings:
        for (section, name), value in self._overrides.items():
            kept = file.with_value(kept, section, name, value)
        return kept

    # ---- the file ------------------------------------------------------------------------------

    def _read(self) -> ReadFile:
        try:
            text = self._text.read()
        except UnicodeDecodeError:
            trouble = f"{self.name}: this is not UTF-8 text; no setting of this file is used."
            return ReadFile(ClientSettings(), (trouble,))
        except OSError as error:
            trouble = f"{self.name}: cannot be read ({error.strerror}); the defaults are used."
            return ReadFile(ClientSettings(), (trouble,))
        return file.parse(text, self.name)

    def _in_file(self, section: str, name: str) -> Plain | None:
        """What stands there, if it is of use; a wrong value is not worth keeping."""
        try:
            value = file.value_in(self._text.read(), section, name)
            if value is not None:
                file.with_value(ClientSettings(), section, name, value)
        except (OSError, ValueError, VoipError):
            return None
        return value

    def _write(self, section: str, name: str, value: Plain | None) -> None:
        """Change the file as it is now: a person may have written into it meanwhile."""
        try:
            before = self._text.read()
            after = file.changed(before or file.NEW_FILE, section, name, value)
            if after != (before or file.NEW_FILE):
                self._text.write(after)
        except OSError as error:
            raise NotKept(f"{self.name} cannot be written ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise NotKept(f"{self.name} is not UTF-8 text, and was left as it is.") from None
        except file.Unchangeable as error:
            raise NotKept(f"{self.name} was left as it is: {error}.") from None
