"""Every refusal, trouble and ending has a sentence that says what to do."""

from dataclasses import replace
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from tests.terminal.fake_controller import PEOPLE, call_with
from voip.client.model import ClientError, LinkError, LinkTrouble, Security
from voip.client.private_files import DataFileError
from voip.client.voice.commands import VoiceTrouble
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.messages import RegistrationPolicy
from voip.core.names import PasswordProblem
from voip_terminal import sentences

CALL = call_with(PEOPLE[0], LegState.LEFT)


class WholeTests(SynchronousTestCase):
    """The tables against the enums."""

    def test_every_code(self) -> None:
        """No code, trouble, problem or reason is without a sentence."""
        self.assertEqual(set(sentences.REFUSALS), set(ErrorCode))
        self.assertEqual(set(sentences.LINK_TROUBLES), set(LinkTrouble))
        self.assertEqual(set(sentences.VOICE_TROUBLES), set(VoiceTrouble))
        self.assertEqual(set(sentences.PASSWORD_PROBLEMS), set(PasswordProblem))
        self.assertEqual(set(sentences.ENDINGS), set(EndReason))
        self.assertEqual(set(sentences.POLICIES), set(RegistrationPolicy))

    def test_a_field_says_more(self) -> None:
        """The same refusal has another sentence where it is about another thing."""
        code = ErrorCode.UNKNOWN_DEVICE
        told = [sentences.refusal(ClientError(code, field)) for field in ("device", "username")]
        self.assertEqual(told[0], "That device was removed already.")
        self.assertIn("type the password", told[1])

    def test_a_file_of_this_computer(self) -> None:
        """What stands in the way here is not told as the server's failure."""
        told = sentences.refusal(DataFileError(Path("/keys/alice\x1b.json")))
        self.assertTrue(told.startswith("A file here cannot be used: /keys/alice"), told)
        self.assertTrue(told.isprintable())
        plain = sentences.refusal(ClientError(ErrorCode.STORE_UNAVAILABLE))
        self.assertTrue(plain.startswith("The server cannot save"), plain)

    def test_form(self) -> None:
        """Each is one plain ASCII sentence that fits two lines of the least terminal."""
        told = [sentences.refusal(ClientError(code, incident="7f3a")) for code in ErrorCode]
        told += [sentences.link_trouble(trouble, "call.example.org") for trouble in LinkTrouble]
        told += [sentences.voice_trouble(trouble) for trouble in VoiceTrouble]
        told += sentences.PASSWORD_PROBLEMS.values()
        told += [sentences.ending(replace(CALL, end_reason=reason)) for reason in EndReason]
        told += sentences.REFUSALS_OF_FIELDS.values()
        told += sentences.NOBODY_CAME.values()
        told += sentences.POLICIES.values()
        told += [sentences.MAINTENANCE, sentences.MAINTENANCE_OVER, sentences.NO_INVITE]
        told.append(sentences.BUG)
        for sentence in told:
            self.assertTrue(sentence.isascii(), sentence)
            self.assertTrue(sentence.endswith("."), sentence)
            self.assertNotIn("{", sentence)
            self.assertLess(len(sentence), 140)

    def test_refusals_say_what_to_do(self) -> None:
        """Each refusal has two parts: what happened, and what to do about it."""
        over = ErrorCode.NO_SUCH_CALL  # there is nothing left to do
        for code in set(ErrorCode) - {over}:
            self.assertRegex(sentences.REFUSALS[code], r"[:;,] \w+", code)


class FillingTests(SynchronousTestCase):
    """What is filled in."""

    def test_when_to_try_again(self) -> None:
        """A wrong password is told with how long the server takes no other, if it says so."""
        told = [
            sentences.refusal(ClientError(ErrorCode.WRONG_PASSWORD, retry_after_ms=ms))
            for ms in (0, 3500)
        ]
        self.assertTrue(told[0].endswith("check both and try again."))
        self.assertTrue(told[1].endswith("check both and try again in 4 seconds."))

    def test_wait(self) -> None:
        """How long to wait is told in words, never as zero."""
        told = [sentences.wait(ms) for ms in (0, 1000, 1200, 119_000, 120_000, 900_000)]
        told += [sentences.wait(hours * 3_600_000) for hours in (2, 47, 49)]
        expected = ["1 second", "1 second", "2 seconds", "119 seconds", "2 minutes", "15 minutes"]
        expected += ["2 hours", "47 hours", "3 days"]
        self.assertEqual(told, expected)

    def test_banned(self) -> None:
        """A ban says how long it holds."""
        told = [
            sentences.refusal(ClientError(ErrorCode.BANNED, retry_after_ms=ms))
            for ms in (0, 172_800_000)
        ]
        self.assertIn("is banned for good:", told[0])
        self.assertIn("is banned for another 2 days:", told[1])

    def test_rate_limit(self) -> None:
        """A rate limit says when to try again."""
        told = sentences.refusal(ClientError(ErrorCode.RATE_LIMITED, retry_after_ms=12_000))
        self.assertIn("wait 12 seconds", told)

    def test_incident(self) -> None:
        """An internal error gives the number the operator finds in the log, made safe to show."""
        told = sentences.refusal(ClientError(ErrorCode.INTERNAL, incident="7f\x1b[2J3a"))
        self.assertIn("the number 7f3a", told)
        self.assertNotIn("number", sentences.refusal(ClientError(ErrorCode.INTERNAL)))

    def test_host(self) -> None:
        """A link's trouble names the server."""
        told = sentences.link_trouble(LinkTrouble.NAME_NOT_FOUND, "call.exmaple.org")
        self.assertIn("call.exmaple.org", told)
        self.assertIn("The server", sentences.link_trouble(LinkTrouble.LOST, ""))

    def test_failure(self) -> None:
        """Whatever a verb fails with becomes a sentence."""
        refused = ClientError(ErrorCode.NAME_TAKEN)
        self.assertEqual(sentences.failure(refused, ""), sentences.refusal(refused))
        lost = LinkError(LinkTrouble.LOST)
        self.assertEqual(
            sentences.failure(lost, "here"), sentences.link_trouble(lost.trouble, "here")
        )
        self.assertEqual(sentences.failure(ZeroDivisionError(), ""), sentences.BUG)


class EndingTests(SynchronousTestCase):
    """How a call that ended is told."""

    def test_talked(self) -> None:
        """A talk is told with its length."""
        over = replace(CALL, end_reason=EndReason.HANGUP, talked_seconds=133.0)
        self.assertEqual(sentences.ending(over), "The call with Bob Martin ended after 2:13.")

    def test_conference(self) -> None:
        """One that has ended has no people any more, and is told as what it was."""
        talked = replace(CALL, is_conference=True, talked_seconds=133.0)
        over = replace(talked, peers=(), end_reason=EndReason.HANGUP)
        self.assertEqual(sentences.ending(over), "The conference ended after 2:13.")
        in_vain = replace(over, end_reason=EndReason.DECLINED, talked_seconds=0)
        self.assertEqual(sentences.ending(in_vain), "Nobody joined the conference: they declined.")
        left = replace(talked, end_reason=EndReason.HANGUP)
        self.assertEqual(sentences.ending(left), "The call with Bob Martin ended after 2:13.")

    def test_missed(self) -> None:
        """The same reason reads otherwise for a call that rang here."""
        out = replace(CALL, end_reason=EndReason.CANCELLED)
        self.assertIn("You stopped calling", sentences.ending(out))
        missed = replace(out, is_incoming=True)
        self.assertIn("You missed a call", sentences.ending(missed))

    def test_key_changed(self) -> None:
        """A call stopped for a changed key says so, whatever the reason on the wire."""
        over = replace(CALL, end_reason=EndReason.E2E_FAILED, security=Security.KEY_CHANGED)
        self.assertIn("their key has changed", sentences.ending(over))

    def test_nobody(self) -> None:
        """A call without another side still has a name for it."""
        self.assertEqual(sentences.who(replace(CALL, peers=())), "somebody")
