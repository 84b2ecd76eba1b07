"""Reading the settings and the certificate again while the server runs: all or nothing.

What may change is in force for whatever happens next, and nothing that is in progress is touched;
what needs a restart stays as it is and is told by name. It knows neither commands nor signals: who
calls gets a sentence, or ``NotReloaded`` with one.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from twisted.logger import Logger

from voip.config import Settings
from voip.config_file import NEEDS_RESTART, named_values, without_restart
from voip.core.deeds import Actor, Deed, Door, Role
from voip.core.errors import VoipError
from voip.server.audit import DONE, Audit, EndNotRecorded, NotRecorded, recorded
from voip.server.certificate import BrokenCertificate, ServerCertificate, TlsRules, load_again
from voip.server.data_dir import CERTIFICATE, CERTIFICATE_KEY
from voip.server.live import LiveSettings
from voip.setting import BrokenSetting, as_toml

HANGUP: Final = Actor("SIGHUP", Role.SERVER, Door.SIGNAL)
REFUSED: Final = "refused"


class NotReloaded(VoipError):
    """Nothing was changed; its text is the reason."""


class Reloading:
    """Reads again and puts in force. ``read`` gives the settings of the file with those of the
    command line on top; ``data_dir`` holds the certificate."""

    log = Logger()

    def __init__(
        self,
        read: Callable[[], Settings],
        live: LiveSettings,
        tls: TlsRules,
        data_dir: Path,
        audit: Audit,
    ) -> None:
        self._read = read
        self._live = live
        self._tls = tls
        self._data_dir = data_dir
        self._audit = audit

    async def reload(self) -> str:
        """Put in force what was read, and say what came of it. Raises ``NotReloaded``."""
        return self._reload()

    async def hung_up(self) -> None:
        """SIGHUP: the same, recorded in the audit; the log says what came of it."""
        try:
            await recorded(self._audit, HANGUP, Deed("reload"), self._try, _outcome)
        except NotRecorded as error:
            self._refused(f"the audit cannot be written: {error}")
        except EndNotRecorded as error:
            self.log.error(
                "it is not written in the audit how the reload went: {reason}", reason=str(error)
            )

    async def _try(self) -> str | NotReloaded:
        try:
            return self._reload()
        except NotReloaded as error:
            self._refused(str(error))
            return error

    def _refused(self, reason: str) -> None:
        self.log.error("SIGHUP changed nothing: {reason}", reason=reason)

    def _reload(self) -> str:
        running, tls = self._live.settings, self._tls
        try:
            read = self._read()
            certificate = load_again(self._data_dir)
        except BrokenSetting as error:
            raise NotReloaded(str(error)) from None
        except BrokenCertificate as error:
            raise NotReloaded(f"in {self._data_dir} {error}.") from None
        before = tls.certificate
        tls.change(certificate)
        said = [*_changes(running, read), *_certificate(before, certificate)]
        text = " ".join(said) or "Nothing has changed."
        self.log.info("read again: {said}", said=text)  # before the log may be told to say less
        if certificate.pin != before.pin:
            self.log.warn(  # noqa: G010 - Twisted's logger has no other
                "the server has ANOTHER KEY now: {pin}", pin=certificate.pin
            )
        self._live.change(without_restart(read, running))
        return text


def _outcome(result: str | NotReloaded) -> str:
    return REFUSED if isinstance(result, NotReloaded) else DONE


def _changes(running: Settings, read: Settings) -> Iterator[str]:
    """What is other than it was, in sentences."""
    now = dict(named_values(read))
    for name, was in named_values(running):
        value = as_toml(now[name])
        if now[name] == was:
            continue
        if name in NEEDS_RESTART:
            yield f"{name} stays {as_toml(was)} until the server restarts, then it is {value}."
        else:
            yield f"{name} is {value} now; it was {as_toml(was)}."


def _certificate(before: ServerCertificate, now: ServerCertificate) -> Iterator[str]:
    if now.pin != before.pin:
        yield (
            "THE SERVER HAS ANOTHER KEY: every client warns its user and does not connect until "
            f"the new key is accepted (public key SHA-256 {now.pin}). If that was not meant, put "
            f"{CERTIFICATE} and {CERTIFICATE_KEY} back and reload again."
        )
    elif now.certificate != before.certificate:
        yield "The certificate is another one, of the same key; new connections get it."
