"""What a person reads when something was refused, went wrong or ended.

Each sentence says what happened and what to do. There is one for every code, trouble and reason;
a test holds the tables against the enums. It knows no screens; it is ASCII throughout, so it reads
the same everywhere.
"""

import math

from voip.client.model import (
    CallInfo,
    ClientError,
    ConnectionView,
    LinkError,
    LinkTrouble,
    Peer,
    Security,
)
from voip.client.private_files import DataFileError
from voip.client.voice.commands import VoiceTrouble
from voip.core.calls import EndReason
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip.core.names import MAX_ANNOUNCEMENT, MAX_PASSWORD, MIN_PASSWORD, PasswordProblem
from voip_terminal.paint import clean
from voip_terminal.wording import clock

REFUSALS: dict[ErrorCode, str] = {
    ErrorCode.BAD_REQUEST: "The server did not understand: check what you typed and retry.",
    ErrorCode.VERSION: "Client and server speak different versions: update one of them.",
    ErrorCode.NOT_LOGGED_IN: "You are not signed in any more: sign in again.",
    ErrorCode.ALREADY_LOGGED_IN: "You are signed in already: log out first to change accounts.",
    ErrorCode.WRONG_PASSWORD: "Account or password is wrong: check both and try again{later}.",
    ErrorCode.WRONG_CODE: "Account or recovery code is wrong, or the code was used already.",
    ErrorCode.UNKNOWN_DEVICE: "This computer is not known for that account: type the password.",
    ErrorCode.NAME_TAKEN: "This account name is taken: choose another.",
    ErrorCode.NAME_NOT_ALLOWED: "This account name is not allowed: use 3 to 32 of a-z 0-9 - _ .",
    ErrorCode.NICK_NOT_ALLOWED: "This shown name is not allowed: use 1 to 40 visible characters.",
    ErrorCode.REGISTRATION_CLOSED: "This server takes no new accounts: ask its operator for one.",
    ErrorCode.INVITE_NEEDED: "This server wants an invite: ask its operator for one.",
    ErrorCode.INVITE_NOT_VALID: (
        "This invite is not valid, or was used already: check it, or ask the operator for another."
    ),
    ErrorCode.NOT_APPROVED: (
        "This account waits for the operator's approval: try again once they have let you in."
    ),
    ErrorCode.BANNED: "This account is banned {until}: ask the server's operator why.",
    ErrorCode.RATE_LIMITED: "Too many tries: wait {wait}, then try again.",
    ErrorCode.TOO_MANY_SESSIONS: "This account is signed in too often: log out elsewhere first.",
    ErrorCode.NO_SUCH_CALL: "That call is over already.",
    ErrorCode.WRONG_STATE: "That cannot be done now: look at the call and try again.",
    ErrorCode.CALL_EXISTS: "There is a call already: end it first.",
    ErrorCode.CALL_FULL: "That call is full: try again when somebody has left.",
    ErrorCode.CALL_LOCKED: "That call is locked: ask its host to let people in.",
    ErrorCode.NOT_HOST: "Only the host of the call can do that: ask them.",
    ErrorCode.BOOK_FULL: "Your contacts are full: remove one to add another.",
    ErrorCode.SESSION_GONE: "The server has forgotten this session: sign in again.",
    ErrorCode.MAINTENANCE: "The server is in maintenance and begins no new calls: try again later.",
    ErrorCode.SHUTTING_DOWN: "The server is stopping: try again in a minute.",
    ErrorCode.STORE_UNAVAILABLE: (
        "The server cannot save anything now: try again; if it stays so, tell its operator."
    ),
    ErrorCode.INTERNAL: "The server failed; try again{tell}.",
}

# What says more when the field is known that was at fault.
REFUSALS_OF_FIELDS: dict[tuple[ErrorCode, str], str] = {
    (ErrorCode.BAD_REQUEST, "code"): (
        "Type one of your codes, 20 letters and digits, or the token the operator gave you."
    ),
    (ErrorCode.UNKNOWN_DEVICE, "device"): "That device was removed already.",
}

FILE_TROUBLE = "A file here cannot be used: {path}. Mend it or its rights, or move it away."
"""Of this computer, while STORE_UNAVAILABLE without a file is the server's."""

LINK_TROUBLES: dict[LinkTrouble, str] = {
    LinkTrouble.BAD_ADDRESS: "This is not an address: type a name, or name:port.",
    LinkTrouble.NAME_NOT_FOUND: "No server has the name {host}: check its spelling.",
    LinkTrouble.NOT_REACHABLE: (
        "{host} does not answer: check the address and port, and that you are online."
    ),
    LinkTrouble.CERTIFICATE_CHANGED: (
        "The key of {host} is not the one known: nothing was sent. Compare it before going on."
    ),
    LinkTrouble.NOT_A_VOIP_SERVER: "{host} answers, but not as a voip server: check the port.",
    LinkTrouble.VERSION: "{host} speaks another version: update this client or the server.",
    LinkTrouble.LOST: "The connection to {host} was lost; trying again by itself.",
    LinkTrouble.SERVER_STOPPED: "{host} was stopped by its operator; trying again by itself.",
    LinkTrouble.REPLACED: "You signed in with this computer's key elsewhere: that one goes on.",
    LinkTrouble.KICKED: (
        "{host} ended your session, as you asked elsewhere or its operator did: sign in again."
    ),
    LinkTrouble.BANNED: "{host} has banned this account {until}: ask its operator why.",
}

VOICE_TROUBLES: dict[VoiceTrouble, str] = {
    VoiceTrouble.NO_MICROPHONE: "No microphone found: you can listen; plug one in and call again.",
    VoiceTrouble.NO_SPEAKER: "No speaker found: they can hear you; plug one in and call again.",
    VoiceTrouble.NO_SOUND: "No sound device found: plug in a headset and call again.",
    VoiceTrouble.DEVICE_BUSY: "Another program holds the sound device: close it and call again.",
    VoiceTrouble.DEVICE_GONE: "The sound device was unplugged: plug it in and call again.",
    VoiceTrouble.DEVICE_MISSING: "The sound device you chose is missing: another one is used.",
    VoiceTrouble.AUDIO_FILE: "The audio file cannot be used: check its name, and that it is WAV.",
    VoiceTrouble.UDP_BLOCKED: "No sound gets through: UDP is blocked here, TLS is off in settings.",
    VoiceTrouble.TUNNEL_BLOCKED: "No sound gets through by UDP or TLS: try another network.",
    VoiceTrouble.ENGINE_AGAIN: "The voice part stopped: it is started again by itself.",
    VoiceTrouble.ENGINE_DIED: "The voice part stopped for good: leave, and start voip again.",
}

PASSWORD_PROBLEMS: dict[PasswordProblem, str] = {
    PasswordProblem.TOO_SHORT: f"Use a password of {MIN_PASSWORD} characters or more.",
    PasswordProblem.TOO_LONG: f"Use a password of at most {MAX_PASSWORD} characters.",
    PasswordProblem.SAME_AS_NAME: "Use a password that is not the account name.",
    PasswordProblem.ONE_CHARACTER: "Use a password of more than one character repeated.",
}

# {who} is the other person, {call} the call with them, {time} how long the talk was.
ENDINGS: dict[EndReason, str] = {
    EndReason.HANGUP: "The {call} ended after {time}.",
    EndReason.DECLINED: "{who} declined the call.",
    EndReason.CANCELLED: "You stopped calling {who}.",
    EndReason.BUSY: "{who} is in another call: try again later.",
    EndReason.NO_ANSWER: "{who} did not answer: try again later.",
    EndReason.UNAVAILABLE: "{who} cannot be reached now: try again when they are online.",
    EndReason.ANSWERED_ELSEWHERE: "You answered {who} on another device.",
    EndReason.NETWORK_LOST: "The {call} broke off after {time}: the network was lost.",
    EndReason.SERVER_STOP: "The {call} ended after {time}: the server was stopped.",
    EndReason.FAILED: "The {call} failed: try again.",
    EndReason.KICKED: "The host took you out of the {call} after {time}.",
    EndReason.MERGED: "The {call} goes on in the other call.",
    EndReason.E2E_FAILED: "The {call} was stopped: it could not be encrypted.",
    EndReason.OPERATOR: "The {call} was ended by the server's operator after {time}.",
}

# The same for a conference to which nobody came.
NOBODY_CAME: dict[EndReason, str] = {
    EndReason.DECLINED: "Nobody joined the conference: they declined.",
    EndReason.CANCELLED: "You stopped calling before anybody joined.",
    EndReason.BUSY: "Nobody joined the conference: they are in other calls, try again later.",
    EndReason.NO_ANSWER: "Nobody joined the conference: try again later.",
    EndReason.UNAVAILABLE: "Nobody joined the conference: try again when they are online.",
    EndReason.OPERATOR: "The server's operator ended the conference before anybody joined.",
}

# What becomes of somebody in a conference that goes on: who was in it, and who was only called.
OUT: dict[EndReason, str] = {
    EndReason.HANGUP: "{who} left.",
    EndReason.KICKED: "{who} was removed.",
    EndReason.NETWORK_LOST: "{who} is out: their connection was lost.",
    EndReason.E2E_FAILED: "{who} is out: the encryption with them failed.",
}

DID_NOT_COME: dict[EndReason, str] = {
    EndReason.DECLINED: "{who} declined to join.",
    EndReason.BUSY: "{who} is in another call and does not join.",
    EndReason.NO_ANSWER: "{who} did not answer.",
    EndReason.UNAVAILABLE: "{who} cannot be reached now.",
    EndReason.CANCELLED: "{who} is called no more.",
}

# The same for a call that rang here and was not answered here.
MISSED: dict[EndReason, str] = {
    EndReason.DECLINED: "You declined the call from {who}.",
    EndReason.CANCELLED: "You missed a call: {who} gave up.",
    EndReason.NO_ANSWER: "You missed a call from {who}.",
    EndReason.BUSY: "{who} called while you were in another call.",
    EndReason.OPERATOR: "You missed a call from {who}: the server's operator ended it.",
}

POLICIES: dict[RegistrationPolicy, str] = {
    RegistrationPolicy.OPEN: "Anybody may create an account here.",
    RegistrationPolicy.INVITE: "A new account takes an invite of the operator's.",
    RegistrationPolicy.APPROVAL: "The operator approves each account before its use.",
    RegistrationPolicy.CLOSED: "It takes no new accounts: ask its operator for one.",
}
"""Who may make an account on a server, told before anything is typed."""

NO_INVITE = "Type the whole invite: I- and five groups of four letters and digits."
WAITS = "The account {name} waits for the operator's approval: sign in once they have let you in."
"""After a registration that somebody has to approve."""

MAINTENANCE = "Maintenance: no new calls can begin for now; a call in progress goes on."
MAINTENANCE_OVER = "The maintenance is over: you can call again."

ENCRYPTED_WHEN_ANSWERED = "Encrypted end to end when you answer."
"""Of a call that rings here: keys are agreed on once it is answered."""

KEY_CHANGED = (
    "{who} shows another key than before, so the call was stopped and nothing was said. Either "
    "they have a new account on this server, or its operator let them in anew, or somebody is "
    "posing as them. Ask them in another way before you call again."
)

KEY_TRUSTED = "{who} is known by the new key now. Call again, and compare the words."

TOO_EARLY = "A key pressed as a call comes in answers nothing: wait a moment, then press it."
"""Of a key that may have been on its way to what was shown before."""

HOOK_FAILED = "The hook of your settings failed: {why}. Look at [notify] in the settings."

BUG = "Something went wrong inside this client; it goes on, and its log tells more."


_UNITS = (("days", 86_400), ("hours", 3600), ("minutes", 60), ("seconds", 1))


def wait(milliseconds: int) -> str:
    """How long to wait, in words."""
    seconds = max(1, math.ceil(milliseconds / 1000))
    if seconds == 1:
        return "1 second"
    unit, size = next(one for one in _UNITS if seconds >= 2 * one[1])
    return f"{math.ceil(seconds / size)} {unit}"


def refusal(error: ClientError) -> str:
    """The sentence for a refused verb."""
    if isinstance(error, DataFileError):
        return FILE_TROUBLE.format(path=clean(str(error.path)))
    tell = f"; tell its operator the number {clean(error.incident)}" if error.incident else ""
    sentence = REFUSALS_OF_FIELDS.get((error.code, error.field), REFUSALS[error.code])
    waiting = wait(error.retry_after_ms)
    later = f" in {waiting}" if error.retry_after_ms else ""
    until = _until(error.retry_after_ms)
    return sentence.format(wait=waiting, later=later, tell=tell, until=until)


def link_trouble(trouble: LinkTrouble, host: str, ban_seconds: int = 0) -> str:
    """The sentence for a connection that is not there."""
    until = _until(ban_seconds * 1000)
    return LINK_TROUBLES[trouble].format(host=clean(host) or "The server", until=until)


def last_words(view: ConnectionView) -> str:
    """What there is to read of a session that the operator ended; empty: nothing."""
    if view.trouble is not LinkTrouble.BANNED and not view.said:
        return ""
    told = "The server's operator ended your session."
    if view.trouble is LinkTrouble.BANNED:
        told = f"The server's operator has banned this account {_until(view.ban_seconds * 1000)}."
    return f"{told} They say: {clean(view.said, MAX_ANNOUNCEMENT)}" if view.said else told


def _until(milliseconds: int) -> str:
    """How long a ban holds."""
    return f"for another {wait(milliseconds)}" if milliseconds else "for good"


def failure(error: Exception, host: str) -> str:
    """The sentence for whatever a verb failed with."""
    match error:
        case ClientError():
            return refusal(error)
        case LinkError():
            return link_trouble(error.trouble, host)
        case _:
            return BUG


def voice_trouble(trouble: VoiceTrouble) -> str:
    """The sentence for something wrong with sound."""
    return VOICE_TROUBLES[trouble]


def name_of(peer: Peer) -> str:
    """The name a person chose, or else the account's."""
    return clean(peer.nick).strip() or clean(peer.username)


def who(call: CallInfo) -> str:
    """The other person of a call, or the people."""
    if not call.peers:
        return "a conference" if call.is_conference else "somebody"
    first, others = name_of(call.peers[0]), len(call.peers) - 1
    if others > 1:
        return f"{first} and {others} others"
    return f"{first} and {name_of(call.peers[1])}" if others else first


def missed(outcome: EndReason, who: str) -> str:
    """The sentence for a call that was missed here or elsewhere, or did not ring at all."""
    return MISSED.get(outcome, MISSED[EndReason.NO_ANSWER]).format(who=who)


def gone(reason: EndReason, who: str, *, was_inside: bool) -> str:
    """The sentence for somebody who is in a conference no more, or did not come to it."""
    if was_inside:
        return OUT.get(reason, OUT[EndReason.HANGUP]).format(who=who)
    return DID_NOT_COME.get(reason, DID_NOT_COME[EndReason.UNAVAILABLE]).format(who=who)


def calling(call: CallInfo) -> str:
    """Who calls, or to what one is invited, without the full stop."""
    if call.is_conference:
        return f"You are invited to a conference with {who(call)}"
    return f"{who(call)} is calling"


def ending(call: CallInfo) -> str:
    """The sentence for a call that is over."""
    reason = call.end_reason or EndReason.HANGUP
    was_missed = call.is_incoming and not call.talked_seconds
    table = ENDINGS
    if was_missed:
        table = ENDINGS | MISSED
    elif call.is_conference and not call.peers:
        table = ENDINGS | NOBODY_CAME
    if call.security is Security.KEY_CHANGED:
        return f"The {_named(call)} was stopped: their key has changed."
    return table[reason].format(who=who(call), call=_named(call), time=clock(call.talked_seconds))


def _named(call: CallInfo) -> str:
    """The call by the people in it; nobody is in a conference that has ended."""
    if call.is_conference and not call.peers:
        return "conference"
    return f"call with {who(call)}"
