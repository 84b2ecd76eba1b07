"""The program ``voip``: puts the parts together for this terminal and runs them.

The only module here that knows the reactor, the environment and where files are. Whatever ends the
program (Ctrl-Q, Ctrl-C, SIGTERM, a closed terminal, a bug), a call is hung up, the server is told,
and the terminal is given back as it was.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from importlib import metadata
from typing import cast

from twisted.internet.base import ReactorBase
from twisted.logger import Logger

from voip_terminal.options import Options, parse

NO_TERMINAL = (
    "voip: this is no terminal, so there is nothing to draw on; "
    "use: voip json ADDRESS (see voip json --help).\n"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run ``voip``; returns the exit code."""
    options = parse(sys.argv[1:] if arguments is None else arguments, _version())
    if options.is_json:
        return _run_json(options)
    from voip_terminal import terminal

    if not terminal.is_terminal():
        sys.stderr.write(NO_TERMINAL)
        return 1
    return _run_screen(options)


def _version() -> str:
    try:
        return metadata.version("voip-terminal")
    except metadata.PackageNotFoundError:
        return ""


def _run_json(options: Options) -> int:
    from twisted.internet import reactor  # noqa: TID251 - this is the program

    from voip_terminal.json_face import run_json

    assert isinstance(reactor, ReactorBase)
    return run_json(reactor, options)


def _run_screen(options: Options) -> int:
    from voip_terminal import terminal

    path = options.data_dir / "client.log"
    with ExitStack() as kept:
        try:
            log = kept.enter_context(terminal.stderr_to(path))
        except OSError as error:
            sys.stderr.write(f"voip: {options.data_dir} cannot be used: {error.strerror}.\n")
            return 1
        terminal.begin_logging(log)
        try:
            _draw(options)
        except Exception:  # noqa: BLE001 - the edge of the program
            Logger(namespace=__name__).failure("the client stopped")
            kept.close()
            sys.stderr.write(f"voip: stopped by a fault of its own; {path} tells more.\n")
            return 1
    return 0


def _draw(options: Options) -> None:
    import urwid
    from twisted.internet import reactor  # noqa: TID251 - this is the program

    from voip.client.voice.reactor import ProcessReactor
    from voip_terminal import terminal
    from voip_terminal.beginning import account_for, address_for, devices_for, settings_for
    from voip_terminal.front import Front
    from voip_terminal.one_run import close, make_client
    from voip_terminal.remembered import RememberedFile
    from voip_terminal.settings.values import Theme
    from voip_terminal.wall_clock import SystemWallClock

    assert isinstance(reactor, ReactorBase)
    settings = settings_for(options)
    look, network = settings.current.look, settings.current.network
    devices = devices_for(options, settings)
    client, _ = make_client(reactor, options, settings, devices)
    if devices.ring_on:
        client.sound.use_devices(devices.audio_in, devices.audio_out, devices.ring_on)
    monochrome = terminal.is_monochrome(os.environ, wants_monochrome=look.theme is Theme.MONOCHROME)
    screen = terminal.raw_screen(monochrome=monochrome)
    glyphs = terminal.glyphs_for(os.environ, is_utf8=terminal.is_utf8(), wants_ascii=look.ascii)

    def end() -> None:
        if reactor.running:
            reactor.stop()

    front = Front(
        client,
        reactor,
        cast("ProcessReactor", reactor),
        urwid.TwistedEventLoop(reactor, manage_reactor=False),
        screen,
        screen,
        glyphs,
        RememberedFile(options.data_dir / "terminal.json"),
        settings,
        devices,
        end=end,
        wall=SystemWallClock(),
        address=address_for(options, network),
        account=account_for(options, network),
        version=_version(),
        is_remote=terminal.is_remote(os.environ),
    )
    reactor.addSystemEventTrigger("before", "shutdown", close, client, reactor)
    terminal.on_hang_up(lambda: reactor.callFromThread(end))
    front.start()
    try:
        reactor.run()
    finally:
        front.stop()
