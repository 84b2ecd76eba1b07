"""The values of the voice engine on their way through its pipe."""

from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from voip.client.voice import codec
from voip.client.voice.commands import (
    SetMicrophone,
    StartTalking,
    Trouble,
    VoiceCommand,
    VoiceReport,
    VoiceTrouble,
)
from voip.core.errors import LocalProtocolError
from voip.core.ids import CallId, StreamId

commands = st.one_of([st.from_type(kind) for kind in get_args(VoiceCommand)])
reports = st.one_of([st.from_type(kind) for kind in get_args(VoiceReport)])


def has_no_nan(value: object) -> bool:
    """A NaN is unlike itself, so no round trip can be seen on it."""
    return "nan" not in repr(value)


class RoundTripTests(SynchronousTestCase):
    """Nothing is lost on the way."""

    @settings(deadline=None, max_examples=150)
    @given(commands.filter(has_no_nan))
    def test_every_command_arrives_as_it_was_sent(self, command: VoiceCommand) -> None:
        """Any value of any command comes out of the pipe equal."""
        self.assertEqual(codec.decode_command(codec.encode(command)), command)

    @settings(deadline=None, max_examples=150)
    @given(reports.filter(has_no_nan))
    def test_every_report_arrives_as_it_was_sent(self, report: VoiceReport) -> None:
        """Any value of any report comes out of the pipe equal."""
        self.assertEqual(codec.decode_report(codec.encode(report)), report)

    def test_types_are_kept(self) -> None:
        """A whole number where a fraction is meant comes out as a fraction."""
        text = b'["PathUp",[20,"tls"]]'
        rtt = codec.decode_report(text)
        self.assertEqual(repr(rtt), "PathUp(rtt_ms=20.0, path='tls')")


class RefusalTests(SynchronousTestCase):
    """What is no command is told as our bug, and never shown."""

    @settings(deadline=None)
    @given(st.binary(max_size=60))
    def test_noise_is_refused(self, text: bytes) -> None:
        """Whatever the bytes, nothing but LocalProtocolError comes of them."""
        self.assertRaises(LocalProtocolError, codec.decode_command, text)

    def test_near_misses_are_refused(self) -> None:
        """A wrong name, count, type or enum member is not guessed at."""
        for text in (
            b'["Trouble",["no_speaker","",1]]',
            b'["Trouble",["no_such_thing",""]]',
            b'["SetMicrophone",[1]]',
            b'["SetMicrophone",["yes"]]',
            b'["SetMicrophone",{"is_muted":true}]',
            b'["StartTalking",["zz",1]]',
            b'["StartTalking",["00",true]]',
            b'["PathUp",[1.0]]',
            b'["object",[]]',
            b'[["SetMicrophone"],[true]]',
            b"[" * 100_000,
        ):
            self.assertRaises(LocalProtocolError, codec.decode_command, text)

    def test_a_report_is_no_command(self) -> None:
        """The two directions do not mix."""
        trouble = codec.encode(Trouble(VoiceTrouble.NO_SPEAKER))
        self.assertRaises(LocalProtocolError, codec.decode_command, trouble)
        self.assertRaises(
            LocalProtocolError, codec.decode_report, codec.encode(SetMicrophone(True))
        )

    def test_a_refused_text_is_not_repeated(self) -> None:
        """A text may hold a key, so the error does not show it."""
        text = codec.encode(StartTalking(CallId(b"\x5e\xc2\xe7"), StreamId(1))) + b"?"
        error = self.assertRaises(LocalProtocolError, codec.decode_command, text)
        self.assertNotIn("5ec2e7", str(error))

    def test_what_can_not_travel_is_refused(self) -> None:
        """A field of a type that JSON can't say is a bug found at once."""
        strange = StartTalking(CallId(b""), 1 + 2j)  # type: ignore[arg-type]
        self.assertRaises(LocalProtocolError, codec.encode, strange)
