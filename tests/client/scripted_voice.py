"""A voice engine that records what it is told and says what a test wants it to say."""

from collections.abc import Callable
from typing import TypeVar

from voip.client.voice.commands import VoiceCommand, VoiceReport

Command = TypeVar("Command", bound=VoiceCommand)


class ScriptedVoice:
    """A ``VoiceEngine`` without sound."""

    def __init__(self) -> None:
        self.commands: list[VoiceCommand] = []
        self.is_closed = False
        self._receiver: Callable[[VoiceReport], None] = lambda _: None

    def listen(self, receiver: Callable[[VoiceReport], None]) -> None:
        self._receiver = receiver

    def command(self, command: VoiceCommand) -> None:
        assert not self.is_closed
        self.commands.append(command)

    def close(self) -> None:
        self.is_closed = True

    def report(self, report: VoiceReport) -> None:
        """Say something to the client."""
        self._receiver(report)

    def told(self, kind: type[Command]) -> list[Command]:
        """The commands of one kind, in order."""
        return [each for each in self.commands if isinstance(each, kind)]
