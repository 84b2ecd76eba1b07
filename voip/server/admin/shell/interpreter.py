"""Python typed line by line: compiled with ``await`` allowed anywhere, run, shown.

    source -> statements -> run by steps -> what was printed, values, tracebacks -> say

Names stay from line to line. Values are shown as Manhole shows them: a Deferred gets a number, and
its result is told when it comes. A traceback begins where the operator's own code does. Who may do
this, and that it is recorded, is not known here.
"""

import ast
import builtins
import codeop
import keyword
import linecache
import re
import traceback
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from enum import Enum, unique
from types import CodeType
from typing import Final

from twisted.conch.manhole import ManholeInterpreter
from twisted.internet import defer
from twisted.internet.defer import CancelledError, Deferred
from twisted.python.failure import Failure

from voip.core.errors import VoipError
from voip.server.admin.shell import stepwise as stepwise_module
from voip.server.admin.shell.lines import Found
from voip.server.admin.shell.stepwise import stepwise

KEPT_SOURCES: Final = 100
"""Lines typed whose source a later traceback can show."""
MAX_CANDIDATES: Final = 200
INDENT: Final = "    "

_FLAGS: Final = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_CARRIERS: Final = frozenset({__file__, stepwise_module.__file__, defer.__file__})
_PATH = re.compile(r"((?:[^\W\d]\w*\.)*)([^\W\d]\w*)?$")


@unique
class Ended(Enum):
    """How a text went."""

    DONE = "done"
    FAILED = "failed"
    LEAVE = "leave"  # it asked for the shell to end


class _Shown(ManholeInterpreter):
    """Shows each value on lines of its own. A refusal that was shown needs no line in the log."""

    def displayhook(self, obj: object) -> None:
        if isinstance(obj, Deferred) and isinstance(getattr(obj, "result", None), Failure):
            obj.addErrback(self._refused)
        super().displayhook(obj)
        if obj is not None:
            self.write("\n")

    def _ebDisplayDeferred(self, failure: Failure, k: int, obj: object) -> Failure | None:
        rest: Failure = super()._ebDisplayDeferred(failure, k, obj)
        return None if rest.check(VoipError) else rest

    def _refused(self, failure: Failure) -> None:
        failure.trap(VoipError)
        self.write(f"{failure.getErrorMessage()}\n")


class Interpreter:
    """One shell's Python. ``held`` is told how many seconds each step took."""

    def __init__(
        self,
        names: dict[str, object],
        say: Callable[[str], None],
        clock: Callable[[], float],
        held: Callable[[float], None],
    ) -> None:
        self.names = {"__name__": "__console__", "exit": _leave, "quit": _leave} | names
        self._say = say
        self._clock = clock
        self._held = held
        self._printed: list[str] = []
        self._manhole = _Shown(self, self.names)
        self._compiler = codeop.CommandCompiler()
        self._compiler.compiler.flags |= _FLAGS
        self._number = 0
        self._under_way: Deferred[None] | None = None
        self._is_broken_off = False

    def addOutput(self, data: str, isAsync: bool | None = None) -> None:
        """What code prints, and what becomes of a Deferred later (``ManholeInterpreter``)."""
        if isAsync:
            self._say(data)
        else:
            self._printed.append(data)

    def is_whole(self, source: str) -> bool:
        """Whether a text can be run as it is. One that is wrong can: it is told what is wrong."""
        *rows, last = source.split("\n")
        try:
            return (
                self._compiler("\n".join([*rows, last if last.strip() else ""]), "", "single")
                is not None
            )
        except (SyntaxError, ValueError, OverflowError):
            return True

    async def run(self, source: str) -> Ended:
        """Run a text and show what comes of it, also what it raises."""
        self._is_broken_off = False
        try:
            code = self._compiled(source)
            running = Deferred.fromCoroutine(_awaited(stepwise(self._do(code), self._step)))
            self._under_way = running
            await running
        except SystemExit:
            return Ended.LEAVE
        except CancelledError as error:
            self._say("broken off" if self._is_broken_off else _traceback(error))
            return Ended.FAILED
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - it is the operator's own
            self._say(_traceback(error))
            return Ended.FAILED
        return Ended.DONE

    def break_off(self) -> None:
        """Cancel what the newest text awaits."""
        if self._under_way is not None:
            self._is_broken_off = True
            self._under_way.cancel()

    def complete(self, text: str, cursor: int) -> Found:
        """Names, and attributes of what stands before the last dot."""
        if not text[:cursor].rpartition("\n")[2].strip():
            return Found(cursor, (INDENT,))
        found = _PATH.search(text[:cursor])
        if found is None or not found[0]:
            return Found(cursor, ())
        path, begun = found[1], found[2] or ""
        try:
            names = self._names_after(path)
        except Exception:  # noqa: BLE001 - whatever a property raises, there is nothing to offer
            names = []
        hidden = begun.startswith("_")
        fitting = [name for name in names if name.startswith(begun) and (hidden or name[:1] != "_")]
        return Found(cursor - len(begun), tuple(sorted(fitting)[:MAX_CANDIDATES]))

    def _names_after(self, path: str) -> list[str]:
        if not path:
            return [*self.names, *dir(builtins), *keyword.kwlist]
        value: object = eval(path.rstrip("."), self.names)  # noqa: S307 - it is the Python role
        return dir(value)

    def _compiled(self, source: str) -> CodeType:
        self._number += 1
        name = f"<line {self._number}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        linecache.cache.pop(f"<line {self._number - KEPT_SOURCES}>", None)
        tree = compile(source, name, "exec", ast.PyCF_ONLY_AST | _FLAGS, dont_inherit=True)
        shown = ast.Interactive(body=tree.body)  # each expression's value is shown
        code: CodeType = compile(shown, name, "single", _FLAGS, dont_inherit=True)
        return code

    async def _do(self, code: CodeType) -> None:
        outcome: object = eval(code, self.names)  # noqa: S307 - it is the Python role
        if isinstance(outcome, Coroutine):
            await outcome

    @contextmanager
    def _step(self) -> Generator[None, None, None]:
        began = self._clock()
        try:
            with self._manhole.monkeyPatcher:
                yield
        finally:
            printed, self._printed = "".join(self._printed), []
            if printed:
                self._say(printed)
            self._held(self._clock() - began)


async def _awaited(waited_for: Awaitable[None]) -> None:
    await waited_for


def _leave() -> None:
    """End this shell. Python's own would close the stdin of the server."""
    raise SystemExit


def _traceback(error: BaseException) -> str:
    """As Python shows it, without what of ours and Twisted's carries the operator's code.

    A refusal is a sentence: how the server came by it is nobody's concern, and where in a text of
    several rows it was met is.
    """
    shown = traceback.TracebackException.from_exception(error)
    if not isinstance(error, VoipError):
        shown.stack[:] = [frame for frame in shown.stack if frame.filename not in _CARRIERS]
        return "".join(shown.format())
    typed = [frame for frame in shown.stack if frame.filename.startswith("<line ")]
    rows = [f"row {frame.lineno}: {frame.line}\n" for frame in typed if (frame.lineno or 0) > 1]
    return "".join([*rows, str(error)])
