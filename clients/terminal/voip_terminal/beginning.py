"""What a run begins with: the command line on top of the settings.

It knows which option stands above which setting, and reads the settings file for that. It connects
nowhere and opens nothing.
"""

from voip.client.address import Address, parse_address
from voip.client.voice.commands import UseDevices
from voip_terminal.options import Options
from voip_terminal.settings.service import Named, Settings
from voip_terminal.settings.text_file import TextFile
from voip_terminal.settings.values import Network, Theme
from voip_terminal.sound_settings import devices_of


def settings_for(options: Options) -> Settings:
    """The settings of this run."""
    overrides: dict[Named, str | bool] = {}
    if options.is_ascii:
        overrides["look", "ascii"] = True
    if options.is_monochrome:
        overrides["look", "theme"] = Theme.MONOCHROME.value
    return Settings(TextFile(options.config), overrides)


def address_for(options: Options, network: Network) -> str:
    """The server to begin with; empty: whichever was used last.

    The pin that is set belongs to the server that is set, and to no other.
    """
    address = options.address or network.server
    parsed = parse_address(address)
    if not isinstance(parsed, Address) or parsed.pin or not _is_that_server(parsed, network):
        return address
    return f"voip://{parsed.key}?pin={network.pin}" if network.pin else address


def account_for(options: Options, network: Network) -> str:
    """The account to fill in; empty: the one used last."""
    if options.account or not options.address:
        return options.account or network.account
    parsed = parse_address(options.address)
    is_set = isinstance(parsed, Address) and _is_that_server(parsed, network)
    return network.account if is_set else ""


def devices_for(options: Options, settings: Settings) -> UseDevices:
    """What to hear with, to play on and to ring on."""
    wanted = devices_of(settings.current.audio)
    return UseDevices(
        options.audio_in or wanted.audio_in, options.audio_out or wanted.audio_out, wanted.ring_on
    )


def _is_that_server(address: Address, network: Network) -> bool:
    known = parse_address(network.server)
    return isinstance(known, Address) and known.key == address.key
