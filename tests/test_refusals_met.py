"""Every refusal and fault a person can meet is met by a test that reads its sentence on the screen.

The table names, for each of them, its sentence, the test and the words that test looks for. Whoever
takes such a test away, or changes the sentence, hears of it here.
"""

import inspect
from importlib import import_module

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.scenes import seated
from voip.client.model import ClientError, LinkTrouble
from voip.client.voice.commands import VoiceTrouble
from voip.core.calls import EndReason
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip.core.names import PasswordProblem
from voip_terminal.sentences import (
    ENDINGS,
    LINK_TROUBLES,
    PASSWORD_PROBLEMS,
    POLICIES,
    REFUSALS,
    VOICE_TROUBLES,
)

_SERVER = "tests.system.test_refusals_on_screen:RefusalTests."
_STRANGERS = f"{_SERVER}test_servers_that_cannot_be_talked_to"
_SIGNING = f"{_SERVER}test_signing_up_and_in"
_ANSWER = f"{_SERVER}test_who_does_not_answer"
_STORE = f"{_SERVER}test_a_database_that_cannot_be_written"
_LIVE = "tests.system.test_live_screen:"
_CALLS = f"{_LIVE}CallTests."
_DEVICES = f"{_LIVE}DeviceTests."

CLOCK = "10:58"
"""Stands behind the first line of a sentence."""

# What happens: its sentence, the test that meets it, and what that test looks for.
MET: dict[str, tuple[str, str, str]] = {
    "server not reachable": (
        LINK_TROUBLES[LinkTrouble.NOT_REACHABLE],
        _STRANGERS,
        "does not answer: check the address",
    ),
    "name not found": (
        LINK_TROUBLES[LinkTrouble.NAME_NOT_FOUND],
        _STRANGERS,
        "No server has the name",
    ),
    "certificate changed": (
        "The key of the server has changed",  # a screen of its own tells it
        f"{_SERVER}test_a_server_that_stops_and_is_another",
        "has changed",
    ),
    "version too old": (
        LINK_TROUBLES[LinkTrouble.VERSION],
        _STRANGERS,
        "speaks another version: update this client",
    ),
    "server stopped": (
        LINK_TROUBLES[LinkTrouble.SERVER_STOPPED],
        f"{_SERVER}test_a_server_that_stops_and_is_another",
        "was stopped by its operator; trying again by itself.",
    ),
    "wrong password": (
        REFUSALS[ErrorCode.WRONG_PASSWORD],
        _SIGNING,
        "Account or password is wrong: check both and try again",
    ),
    "name taken": (
        REFUSALS[ErrorCode.NAME_TAKEN],
        _SIGNING,
        "This account name is taken: choose another.",
    ),
    "name not allowed": (
        REFUSALS[ErrorCode.NAME_NOT_ALLOWED],
        _SIGNING,
        "This account name is not allowed: use 3 to 32 of a-z 0-9 - _ .",
    ),
    "password not allowed": (
        PASSWORD_PROBLEMS[PasswordProblem.TOO_SHORT],
        _SIGNING,
        "Use a password of 8 characters or more.",
    ),
    "registration closed": (
        POLICIES[RegistrationPolicy.CLOSED],
        f"{_SERVER}test_a_closed_server",
        "It takes no new accounts: ask its operator for one.",
    ),
    "invite not valid": (
        REFUSALS[ErrorCode.INVITE_NOT_VALID],
        f"{_LIVE}InviteTests.test_invites",
        "This invite is not valid, or was used already",
    ),
    "not approved yet": (
        REFUSALS[ErrorCode.NOT_APPROVED],
        f"{_LIVE}ApprovalTests.test_waiting",
        "This account waits for the operator's approval: try again",
    ),
    "banned": (
        REFUSALS[ErrorCode.BANNED].replace("{until}", "for another 2 days"),
        f"{_LIVE}OperatorTests.test_banned",
        "This account is banned for another 2 days: ask the server",
    ),
    "put out and banned": (
        LINK_TROUBLES[LinkTrouble.BANNED].replace("{until}", "for another 2 days"),
        f"{_LIVE}OperatorTests.test_banned",
        "has banned this account for another 2 days",
    ),
    "maintenance": (
        REFUSALS[ErrorCode.MAINTENANCE],
        f"{_LIVE}OperatorTests.test_maintenance",
        "The server is in maintenance and begins no new calls: try",
    ),
    "ended by the operator": (
        ENDINGS[EndReason.OPERATOR].replace("{call}", "call with Bob"),
        f"{_LIVE}OperatorTests.test_a_call_that_is_ended",
        "The call with Bob was ended by the server's operator after",
    ),
    "rate-limited": (REFUSALS[ErrorCode.RATE_LIMITED], _SIGNING, "Too many tries: wait "),
    "callee offline": (
        ENDINGS[EndReason.UNAVAILABLE],
        _ANSWER,
        "cannot be reached now: try again when they are online.",
    ),
    "declined": (ENDINGS[EndReason.DECLINED], _ANSWER, "declined the call."),
    "busy": (
        ENDINGS[EndReason.BUSY],
        f"{_CALLS}test_busy",
        "is in another call: try again later.",
    ),
    "no answer": (
        ENDINGS[EndReason.NO_ANSWER],
        f"{_CALLS}test_no_answer",
        "did not answer: try again later.",
    ),
    "call full": (
        REFUSALS[ErrorCode.CALL_FULL],
        f"{_CALLS}test_full",
        "That call is full: try again when somebody has left.",
    ),
    "call locked": (
        REFUSALS[ErrorCode.CALL_LOCKED],
        f"{_CALLS}test_locked",
        "That call is locked: ask its host to let people in.",
    ),
    "no microphone": (
        VOICE_TROUBLES[VoiceTrouble.NO_MICROPHONE],
        f"{_DEVICES}test_none",
        "No microphone found: you can listen; plug one in",
    ),
    "device busy": (
        VOICE_TROUBLES[VoiceTrouble.DEVICE_BUSY],
        f"{_DEVICES}test_busy",
        "Another program holds the sound device: close it",
    ),
    "device missing": (
        VOICE_TROUBLES[VoiceTrouble.DEVICE_MISSING],
        f"{_DEVICES}test_missing",
        "The sound device you chose is missing: another one is used.",
    ),
    "device gone": (
        VOICE_TROUBLES[VoiceTrouble.DEVICE_GONE],
        f"{_DEVICES}test_gone",
        "The sound device was unplugged: plug it in and call again.",
    ),
    "terminal too small": (
        "too small: ",
        "tests.system.test_tui:TerminalTests.test_no_server",
        "too small: ",
    ),
    "disk full on the server": (
        REFUSALS[ErrorCode.STORE_UNAVAILABLE],
        f"{_LIVE}FullDiskTests.test_nothing_is_lost_but_the_change",
        "The server cannot save anything now: try again",
    ),
    "database locked": (
        REFUSALS[ErrorCode.STORE_UNAVAILABLE],
        _STORE,
        "The server cannot save anything now: try again",
    ),
}


class RefusalTests(SynchronousTestCase):
    """The table, and the refusals that take too much to meet at a real server."""

    def test_each_is_met(self) -> None:
        """The test is there, looks for these words, and the sentence has them."""
        for what, (sentence, place, words) in MET.items():
            module, _, name = place.partition(":")
            case, _, method = name.partition(".")
            test = getattr(getattr(import_module(module), case), method)
            self.assertIn(words, inspect.getsource(test), what)
            self.assertIn(words, sentence, what)

    def test_every_refusal_of_a_call(self) -> None:
        """Whatever the server answers to a call, its sentence stands on the screen."""
        seat = seated()
        self.addCleanup(seat.stop)
        for code in ErrorCode:
            seat.controller.refusals["call"] = ClientError(code)
            seat.press("enter")
            beginning = REFUSALS[code].partition("{")[0]
            told = " ".join(seat.text.replace(CLOCK, "").split())
            self.assertIn(beginning, told)
