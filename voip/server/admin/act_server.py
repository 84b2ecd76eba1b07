"""Commands that change how the server runs: limits, the settings, its end, a copy of its data."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from voip.config import Limits
from voip.core.deeds import Actor
from voip.core.errors import VoipError
from voip.server.admin.command import Command, CommandRefused, Result, command
from voip.server.admin.found import hint
from voip.server.admin.house import House
from voip.server.admin.kinds import LimitName, NewFile
from voip.server.admin.sentences import counted
from voip.setting import notes_of
from voip.store.backup import BackupFailed

COMMANDS: Final[dict[str, Command]] = {}


@command(COMMANDS, on="name")
async def set_limit(house: House, _actor: Actor, name: LimitName, value: str) -> Result:
    """Change a limit at once, until the server restarts or `reload`s.

    `limits` lists them with what each allows. To keep the new value, write it in the settings file
    too; the answer says the line. What is there already stays: more devices than a lower limit
    allows are not put out.

    Example: set_limit sessions_per_account 5
    """
    notes = dict(notes_of(Limits))
    note = notes.get(name)
    if note is None:
        raise CommandRefused(f"there is no limit called {name}{hint(name, notes)}; see `limits`")
    try:
        number = int(value)
        note.read(number)
    except ValueError:
        raise CommandRefused(note.refusal(name, value)) from None
    limits = house.live.settings.limits
    before = getattr(limits, name)
    if number == before:
        raise CommandRefused(f"{name} is {number} already")
    house.live.set_limits(replace(limits, **{name: number}))
    said = f"{name} is {number} from now on; it was {before}"
    if number == getattr(house.live.written.limits, name):
        return Result(f"{said}, and the settings have {number} too")
    return Result(
        f"{said}. It holds until the server restarts or reloads: "
        f'to keep it, write "{name} = {number}" under [limits] in the settings'
    )


def _drain_question(given: Mapping[str, object]) -> str:
    if given["off"]:
        return ""
    end = ", and end the server with the last one" if given["stop"] else ""
    return f"Let no new calls begin{end}?"


@command(COMMANDS, question=_drain_question)
async def drain(house: House, _actor: Actor, *, stop: bool = False, off: bool = False) -> Result:
    """Let no new calls begin, so that the server can be stopped without cutting anybody off.

    Calls in progress go on, people stay logged in and are told; /health says draining. With --stop
    the server ends after the last call. --off takes it back.

    Example: drain --stop
    """
    if off and stop:
        raise CommandRefused("write one of --stop and --off")
    if off:
        return _go_on(house)
    reception = house.reception
    if reception.is_draining and not stop:
        raise CommandRefused(f"the server drains already; {_left(house)}")
    reception.drain(True)
    if not stop:
        return Result(f"no new calls begin from now on; {_left(house)}")
    is_quiet = reception.is_quiet
    house.leaving.want(reception, house.stop)
    if is_quiet:
        return Result("nobody is in a call, so the server stops now")
    return Result(f"no new calls begin, and the server stops with the last one; {_left(house)}")


def _go_on(house: House) -> Result:
    if not house.reception.is_draining:
        raise CommandRefused("the server does not drain; calls begin as ever")
    house.leaving.forget()
    house.reception.drain(False)
    return Result("calls can begin again")


def _left(house: House) -> str:
    calls = sum(house.reception.count_calls().values())
    if not calls:
        return "nobody is in a call"
    return f"{counted(calls, 'call')} still {'goes' if calls == 1 else 'go'} on"


@command(COMMANDS, on="file")
async def backup(house: House, _actor: Actor, file: NewFile) -> Result:
    """Write a back-up of everything that the server keeps to a file.

    FILE is an absolute path on the server's machine, where there is nothing yet and where the
    server's user may write. It holds the accounts, the keys of the server and the audit: keep it as
    safe as the server itself. Calls and logins go on meanwhile. `voipctl restore` makes a data
    directory from it.

    Example: backup /var/lib/voip-backups/voip-monday.tar
    """
    try:
        made = await house.backups.make(Path(file))
    except BackupFailed as error:
        raise CommandRefused(str(error)) from None
    return Result(
        f"backed up {counted(len(made.files), 'file')} to {file}",
        facts={
            "file": file,
            "files": len(made.files),
            "content_bytes": made.size,
            "schema": made.schema,
        },
    )


@command(COMMANDS)
async def reload(house: House, _actor: Actor) -> Result:
    """Read the settings file and the certificate again, without cutting anybody off.

    It says what has changed, and what changes only with a restart. A file with a mistake in it
    changes nothing, and the sentence says which line it is. SIGHUP does the same.

    Example: reload
    """
    try:
        return Result(await house.reload())
    except VoipError as error:
        raise CommandRefused(f"nothing was changed: {error}") from None
