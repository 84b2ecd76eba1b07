"""The login of the admin shell: a public key, and nothing else.

The user name chooses the role, ``operator`` or ``python``; the key says who it is. What was tried
is left with the transport, which records it. Written anew and not derived from Conch's: that has
passwords, its own clock for deadlines, and counts its attempts anew whenever it is asked for again.
"""

from typing import TYPE_CHECKING, Final

from twisted.conch.ssh.common import NS, getNS
from twisted.conch.ssh.keys import Key
from twisted.conch.ssh.service import SSHService
from twisted.conch.ssh.transport import (
    DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
    DISCONNECT_SERVICE_NOT_AVAILABLE,
)

from voip.core.deeds import Actor, Door, Role
from voip.core.names import clean_text
from voip.server.admin.ssh.authorized_keys import SIGNATURES, AuthorizedKey
from voip.server.admin.ssh.host_key import fingerprint_of
from voip.server.admin.ssh.hush import HushedLogger
from voip.server.admin.ssh.sessions import Sessions

if TYPE_CHECKING:
    from voip.server.admin.ssh.transport import AdminTransport

ATTEMPTS: Final = 3
"""Keys that may be refused, and passwords. A client with many is told to name the right one."""
REQUESTS: Final = 10
"""With the questions for what can be tried at all."""
MAX_SHOWN: Final = 64
"""Of what a stranger wrote."""

MSG_USERAUTH_REQUEST: Final = 50
MSG_USERAUTH_FAILURE: Final = 51
MSG_USERAUTH_SUCCESS: Final = 52
MSG_USERAUTH_BANNER: Final = 53
MSG_USERAUTH_PK_OK: Final = 60

METHODS: Final = b"publickey"


class KeyLogin(SSHService):
    """The service ``ssh-userauth`` (RFC 4252)."""

    name = b"ssh-userauth"
    protocolMessages = {MSG_USERAUTH_REQUEST: "MSG_USERAUTH_REQUEST"}  # noqa: RUF012 - Conch's
    _log = HushedLogger()
    transport: "AdminTransport"

    def __init__(self) -> None:
        self._requests = 0
        self._refused = 0

    def ssh_USERAUTH_REQUEST(self, packet: bytes) -> None:
        """Somebody wants in: user name, what they want then, how they prove who they are."""
        user, wanted, method, rest = getNS(packet, 3)
        self.transport.user = _shown(user)
        self._requests += 1
        if wanted != Sessions.name:
            self.transport.sendDisconnect(DISCONNECT_SERVICE_NOT_AVAILABLE, b"only sessions")
            return
        if method == METHODS:
            self._try_key(user, wanted, rest)
        elif method == b"none":  # asks what can be tried
            self._refuse(is_attempt=False)
        else:
            self._tried(_shown(method))
            self._refuse(is_attempt=True)

    def _try_key(self, user: bytes, wanted: bytes, rest: bytes) -> None:
        is_signed = rest[:1] != b"\0"
        algorithm, blob, rest = getNS(rest[1:], 2)
        key = self.transport.factory.authorized_keys.find(blob)
        if key is None or algorithm.decode("ascii", "replace") not in SIGNATURES[key.kind]:
            self._tried(f"{_shown(algorithm)} {fingerprint_of(blob)}")
            self._refuse(is_attempt=True)
            return
        if not is_signed:
            self.transport.sendPacket(MSG_USERAUTH_PK_OK, NS(algorithm) + NS(blob))
            return
        signature, _ = getNS(rest)
        session = self.transport.sessionID
        assert session is not None  # a login begins after the key exchange
        signed = (
            NS(session)
            + bytes((MSG_USERAUTH_REQUEST,))
            + NS(user)
            + NS(wanted)
            + NS(METHODS)
            + b"\1"
            + NS(algorithm)
            + NS(blob)
        )
        if not _is_signed_by(blob, algorithm, signature, signed):
            self._tried(f"a wrong signature for {key.name}")
            self._refuse(is_attempt=True)
            return
        self._let_in(user, key)

    def _let_in(self, user: bytes, key: AuthorizedKey) -> None:
        match user:
            case b"operator":
                why_not, role = "", Role.OPERATOR
            case b"python":
                why_not, role = self._why_no_python(key), Role.PYTHON
            case _:
                why_not, role = "There are two users here: operator, and python.", Role.OPERATOR
        if why_not:
            # Only who has proven an authorized key is told why not.
            self._tried(f"the key of {key.name}")
            self.transport.sendPacket(
                MSG_USERAUTH_BANNER, NS(f"{why_not}\r\n".encode()) + NS(b"en")
            )
            self._refuse(is_attempt=True)
            return
        transport = self.transport
        transport.logged_in(Actor(key.name, role, Door.SSH, transport.blurred))
        transport.sendPacket(MSG_USERAUTH_SUCCESS, b"")
        transport.setService(Sessions(transport))

    def _why_no_python(self, key: AuthorizedKey) -> str:
        if not self.transport.factory.allows_python():
            return (
                "The Python shell is full control of the server and is off: set python = true "
                "under [admin] in the settings, and reload."
            )
        if key.role is not Role.PYTHON:
            return (
                'This key may not open the Python shell: put role="python" before it in '
                "authorized_keys. Log in as operator@ for the commands."
            )
        return ""

    def _tried(self, what: str) -> None:
        if len(self.transport.tried) < REQUESTS:
            self.transport.tried.append(what)

    def _refuse(self, *, is_attempt: bool) -> None:
        self._refused += is_attempt
        if self._refused >= ATTEMPTS or self._requests >= REQUESTS:
            self.transport.sendDisconnect(
                DISCONNECT_NO_MORE_AUTH_METHODS_AVAILABLE,
                b"too many keys were refused; name the right one: ssh -o IdentitiesOnly=yes -i KEY",
            )
            return
        self.transport.sendPacket(MSG_USERAUTH_FAILURE, NS(METHODS) + b"\0")


def _is_signed_by(blob: bytes, algorithm: bytes, signature: bytes, signed: bytes) -> bool:
    kind, _ = getNS(signature)
    if kind != algorithm:  # or an RSA key could sign with SHA-1 after all
        return False
    return bool(Key.fromString(blob, type="blob").verify(signature, signed))


def _shown(text: bytes) -> str:
    return clean_text(text.decode("utf-8", "replace"), MAX_SHOWN)
