"""Bounds of greeting, media path, resuming, notices and refusals."""

from tests.wire.fields import FieldTests
from voip.core.errors import ErrorCode
from voip.core.media_config import MediaSuite
from voip.core.messages import NoticeKind, RegistrationPolicy
from voip.wire import codec_session as codec
from voip.wire.v1 import calls_pb2, errors_pb2, people_pb2
from voip.wire.v1 import session_pb2 as pb

ANNA = people_pb2.Person(username="anna", presence=people_pb2.PRESENCE_AWAY)
CALL = calls_pb2.Call(call_id=bytes(16), commitment=bytes(32))
MEDIA = pb.MediaConfig(
    port=5000,
    suite=pb.MEDIA_SUITE_AES_128_GCM,
    key_up=bytes(16),
    iv_up=bytes(12),
    key_down=bytes(16),
    iv_down=bytes(12),
    keepalive_seconds=15,
    max_datagram_bytes=1200,
)


class SessionWordsTests(FieldTests):
    """The enums of sessions and refusals."""

    def test_every_word_has_its_number(self) -> None:
        """Nothing the core may say is missing on the wire, and the other way round."""
        self.assert_all_words(
            {word: codec.ERROR_CODES.number(word) for word in ErrorCode},
            errors_pb2.ErrorCode.DESCRIPTOR,
            "ERROR_CODE",
        )
        self.assert_all_words(
            {word: codec.POLICIES.number(word) for word in RegistrationPolicy},
            pb.RegistrationPolicy.DESCRIPTOR,
            "REGISTRATION_POLICY",
        )
        self.assert_all_words(
            {word: codec.SUITES.number(word) for word in MediaSuite},
            pb.MediaSuite.DESCRIPTOR,
            "MEDIA_SUITE",
        )
        self.assert_all_words(
            {word: codec.NOTICE_KINDS.number(word) for word in NoticeKind},
            pb.NoticeKind.DESCRIPTOR,
            "NOTICE_KIND",
        )


class SessionBoundsTests(FieldTests):
    """What these messages may hold."""

    def test_refusal(self) -> None:
        """A known code; short names of field and incident."""
        self.assert_bounds(
            codec.from_error,
            errors_pb2.Error(code=errors_pb2.ERROR_CODE_INTERNAL),
            {"code": (0, 999), "field": ("f" * 65,), "incident": ("i" * 65,)},
        )

    def test_greetings(self) -> None:
        """Versions from 1 on and in order, few and short capabilities."""
        capabilities = ([""], ["c" * 33], ["c"] * 33)
        self.assert_bounds(
            codec.from_hello,
            pb.Hello(proto_min=2, proto_max=2),
            {
                "proto_min": (0, 3),
                "proto_max": (0, 1),
                "client": ("c" * 65,),
                "capabilities": capabilities,
                "language": ("l" * 36,),
            },
        )
        self.assert_bounds(
            codec.from_hello_ok,
            pb.HelloOk(
                proto=1, max_frame_bytes=65536, ping_seconds=15, policy=pb.REGISTRATION_POLICY_OPEN
            ),
            {
                "proto": (0,),
                "server_name": ("s" * 129,),
                "capabilities": capabilities,
                "max_frame_bytes": (0,),
                "ping_seconds": (0, 3601),
                "policy": (0, 99),
                "next_spki": (bytes(31), bytes(33)),
                "motd": ("m" * 1025,),
            },
        )

    def test_media_path(self) -> None:
        """A port, a known cipher, and keys of exactly its sizes."""
        self.assert_bounds(
            codec.from_media_config,
            MEDIA,
            {
                "host": ("h" * 256,),
                "port": (0, 65536),
                "suite": (0, 99, pb.MEDIA_SUITE_CHACHA20_POLY1305),
                "key_up": (b"", bytes(32)),
                "iv_up": (b"", bytes(16)),
                "key_down": (b"", bytes(32)),
                "iv_down": (b"", bytes(16)),
                "keepalive_seconds": (0, 3601),
                "max_datagram_bytes": (0, 65536),
            },
        )

    def test_resuming(self) -> None:
        """Ids and tokens of the right size, and a snapshot that makes sense."""
        self.assert_bounds(
            codec.from_resume,
            pb.Resume(session_id=bytes(16), token=bytes(16)),
            {"session_id": (b"", bytes(17)), "token": (bytes(15), bytes(65))},
        )
        self.assert_bounds(
            codec.from_resume_ok,
            pb.ResumeOk(
                resume_token=bytes(64), media=MEDIA, snapshot=pb.Snapshot(me=ANNA, calls=[CALL])
            ),
            {
                "resume_token": (bytes(15), bytes(65)),
                "media.port": (0,),
                "snapshot.me.username": ("",),
                "snapshot.calls": ([CALL] * 17, [calls_pb2.Call()]),
            },
        )

    def test_notice(self) -> None:
        """A known kind and no novel."""
        self.assert_bounds(
            codec.from_notice,
            pb.Notice(kind=pb.NOTICE_KIND_INFO),
            {"kind": (0, 99), "text": ("t" * 1025,)},
        )
