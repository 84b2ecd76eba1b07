"""Frames to messages and back: the one place where protobuf meets the core's dataclasses.

Knows the envelope: which messages a client sends, which a server, and what stands around them;
what is in them is told by ``codec_session``, ``codec_login``, ``codec_people`` and ``codec_calls``.
Neither sockets nor sessions are known here. Whatever the bytes, they become a frame or a
``BadFrame``; nothing else escapes. A ``LocalProtocolError`` means that our own side tried to send
what does not fit.
"""

from dataclasses import dataclass
from typing import assert_never

from google.protobuf.message import DecodeError

from voip.core import messages
from voip.core.errors import LocalProtocolError, Refusal
from voip.core.messages import Answer, Notice, Request
from voip.wire import codec_calls as calls
from voip.wire import codec_login as login
from voip.wire import codec_people as people
from voip.wire import codec_session as session
from voip.wire.codec_checks import BadFrame
from voip.wire.v1 import calls_pb2, login_pb2, people_pb2
from voip.wire.v1.envelope_pb2 import Envelope

__all__ = [
    "MAX_PAYLOAD_BYTES",
    "AnswerFrame",
    "BadFrame",
    "ClientFrame",
    "NoticeFrame",
    "decode_client",
    "decode_server",
    "encode_answer",
    "encode_notice",
    "encode_request",
]

MAX_PAYLOAD_BYTES = 64 * 1024
"""The longest message either side sends, hence the limit of a client's ``FrameReader``."""


@dataclass(frozen=True, slots=True)
class ClientFrame:
    """A request as it came; ``ack`` is the highest notice number the client has dealt with."""

    request_id: int
    ack: int
    request: Request


@dataclass(frozen=True, slots=True)
class AnswerFrame:
    """The answer to the request of that number; 0: a refusal of what had no readable number."""

    request_id: int
    answer: Answer


@dataclass(frozen=True, slots=True)
class NoticeFrame:
    """Something told without being asked; ``seq`` counts a session's notices from 1, and is 0 on
    what is said outside a session."""

    seq: int
    notice: Notice


def encode_request(request_id: int, request: Request, ack: int = 0) -> bytes:
    """A request as the payload of one frame."""
    try:
        envelope = Envelope(id=request_id, ack=ack)
        _put_request(envelope, request)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error
    return _serialized(envelope)


def encode_answer(request_id: int, answer: Answer) -> bytes:
    """An answer as the payload of one frame; a ``Refusal`` may have the number 0."""
    try:
        envelope = Envelope(id=request_id)
        _put_answer(envelope, answer)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error
    return _serialized(envelope)


def encode_notice(seq: int, notice: Notice) -> bytes:
    """A notice as the payload of one frame; ``seq`` 0: outside a session, never sent again."""
    try:
        envelope = Envelope(seq=seq)
        _put_notice(envelope, notice)
    except ValueError as error:
        raise LocalProtocolError(str(error)) from error
    return _serialized(envelope)


def decode_client(data: bytes) -> ClientFrame:
    """What a client sent; raises ``BadFrame``."""
    envelope = _parsed(data)
    try:
        if envelope.id == 0 or envelope.seq != 0 or envelope.HasField("error"):
            raise BadFrame("not a request's envelope")
        return ClientFrame(envelope.id, envelope.ack, _take_request(envelope))
    except BadFrame as error:
        error.request_id = envelope.id
        raise


def decode_server(data: bytes) -> AnswerFrame | NoticeFrame:
    """What a server sent; raises ``BadFrame``."""
    envelope = _parsed(data)
    try:
        if envelope.HasField("error"):
            return AnswerFrame(envelope.id, _take_refusal(envelope))
        if envelope.id == 0:
            return NoticeFrame(envelope.seq, _take_notice(envelope))
        return AnswerFrame(envelope.id, _take_answer(envelope))
    except BadFrame as error:
        error.request_id = envelope.id
        raise


def _parsed(data: bytes) -> Envelope:
    try:
        return Envelope.FromString(data)
    except DecodeError:
        raise BadFrame("not an envelope") from None


def _serialized(envelope: Envelope) -> bytes:
    data = envelope.SerializeToString()
    if len(data) > MAX_PAYLOAD_BYTES:
        raise LocalProtocolError(f"a {envelope.WhichOneof('body')} message of {len(data)} bytes")
    return data


def _put_request(envelope: Envelope, request: Request) -> None:  # noqa: C901 - one case a message
    match request:
        case messages.Ping():
            envelope.ping.SetInParent()
        case messages.Logout():
            envelope.logout.SetInParent()
        case messages.Hello():
            envelope.hello.CopyFrom(session.to_hello(request))
        case messages.Resume():
            envelope.resume.CopyFrom(session.to_resume(request))
        case messages.Register():
            envelope.register.CopyFrom(login.to_register(request))
        case messages.AuthStart():
            envelope.auth_start.CopyFrom(login.to_auth_start(request))
        case messages.AuthFinish():
            envelope.auth_finish.CopyFrom(login_pb2.AuthFinish(proof=request.proof))
        case messages.AuthDevice():
            envelope.auth_device.CopyFrom(login.to_auth_device(request))
        case messages.ChangePassword():
            envelope.change_password.CopyFrom(login.to_change_password(request))
        case messages.SetProfile():
            envelope.set_profile.CopyFrom(login_pb2.SetProfile(nick=request.nick))
        case messages.SetPresence():
            envelope.set_presence.CopyFrom(people.to_set_presence(request))
        case messages.ListUsers():
            envelope.list_users.CopyFrom(people.to_list_users(request))
        case messages.GetPerson():
            envelope.get_person.CopyFrom(people_pb2.GetPerson(username=request.username))
        case messages.Invite():
            envelope.invite.CopyFrom(calls.to_invite(request))
        case messages.Alerting():
            envelope.alerting.CopyFrom(calls.to_alerting(request))
        case messages.Accept():
            envelope.accept.CopyFrom(calls_pb2.Accept(call_id=request.call_id))
        case messages.Decline():
            envelope.decline.CopyFrom(calls.to_decline(request))
        case messages.Cancel():
            envelope.cancel.CopyFrom(calls_pb2.Cancel(call_id=request.call_id))
        case messages.Leave():
            envelope.leave.CopyFrom(
                calls_pb2.Leave(call_id=request.call_id, e2e_failed=request.e2e_failed)
            )
        case messages.SetMute():
            envelope.set_mute.CopyFrom(
                calls_pb2.SetMute(call_id=request.call_id, is_muted=request.is_muted)
            )
        case messages.E2eRelay():
            envelope.e2e_relay.CopyFrom(calls.to_e2e_relay(request))
        case messages.QualityReport():
            envelope.quality_report.CopyFrom(calls.to_quality_report(request))
        case _:
            assert_never(request)


def _put_answer(envelope: Envelope, answer: Answer) -> None:  # noqa: C901 - one case a message
    match answer:
        case messages.Pong():
            envelope.pong.SetInParent()
        case messages.Done():
            envelope.done.SetInParent()
        case messages.HelloOk():
            envelope.hello_ok.CopyFrom(session.to_hello_ok(answer))
        case messages.ResumeOk():
            envelope.resume_ok.CopyFrom(session.to_resume_ok(answer))
        case messages.RegisterOk():
            envelope.register_ok.CopyFrom(login_pb2.RegisterOk(username=answer.username))
        case messages.AuthChallenge():
            envelope.auth_challenge.CopyFrom(login.to_auth_challenge(answer))
        case messages.AuthKeys():
            envelope.auth_keys.CopyFrom(login.to_auth_keys(answer))
        case messages.AuthOk():
            envelope.auth_ok.CopyFrom(login.to_auth_ok(answer))
        case messages.UserPage():
            envelope.user_page.CopyFrom(people.to_user_page(answer))
        case messages.PersonOk():
            envelope.person_ok.CopyFrom(people_pb2.PersonOk(person=people.to_person(answer.person)))
        case messages.InviteOk():
            envelope.invite_ok.CopyFrom(calls_pb2.InviteOk(call_id=answer.call_id))
        case Refusal():
            envelope.error.CopyFrom(session.to_error(answer))
        case _:
            assert_never(answer)


def _put_notice(envelope: Envelope, notice: Notice) -> None:
    match notice:
        case messages.CallChanged():
            envelope.call_state.CopyFrom(calls_pb2.CallState(call=calls.to_call(notice.call)))
        case messages.E2eArrived():
            envelope.e2e_arrived.CopyFrom(calls.to_e2e_arrived(notice))
        case messages.PresenceChanged():
            envelope.presence_event.CopyFrom(people.to_presence_event(notice))
        case messages.ServerNotice():
            envelope.notice.CopyFrom(session.to_notice(notice))
        case _:
            assert_never(notice)


def _take_request(envelope: Envelope) -> Request:  # noqa: C901 - one case a message
    body = envelope.WhichOneof("body")
    match body:
        case "ping":
            return messages.Ping()
        case "logout":
            return messages.Logout()
        case "hello":
            return session.from_hello(envelope.hello)
        case "resume":
            return session.from_resume(envelope.resume)
        case "register":
            return login.from_register(envelope.register)
        case "auth_start":
            return login.from_auth_start(envelope.auth_start)
        case "auth_finish":
            return login.from_auth_finish(envelope.auth_finish)
        case "auth_device":
            return login.from_auth_device(envelope.auth_device)
        case "change_password":
            return login.from_change_password(envelope.change_password)
        case "set_profile":
            return login.from_set_profile(envelope.set_profile)
        case "set_presence":
            return people.from_set_presence(envelope.set_presence)
        case "list_users":
            return people.from_list_users(envelope.list_users)
        case "get_person":
            return people.from_get_person(envelope.get_person)
        case "invite":
            return calls.from_invite(envelope.invite)
        case "alerting":
            return calls.from_alerting(envelope.alerting)
        case "accept":
            return calls.from_accept(envelope.accept)
        case "decline":
            return calls.from_decline(envelope.decline)
        case "cancel":
            return calls.from_cancel(envelope.cancel)
        case "leave":
            return calls.from_leave(envelope.leave)
        case "set_mute":
            return calls.from_set_mute(envelope.set_mute)
        case "e2e_relay":
            return calls.from_e2e_relay(envelope.e2e_relay)
        case "quality_report":
            return calls.from_quality_report(envelope.quality_report)
        case (
            "pong"
            | "done"
            | "hello_ok"
            | "resume_ok"
            | "register_ok"
            | "auth_challenge"
            | "auth_keys"
            | "auth_ok"
            | "user_page"
            | "person_ok"
            | "invite_ok"
            | "call_state"
            | "e2e_arrived"
            | "presence_event"
            | "notice"
        ):
            raise BadFrame(f"a client sent {body}")
        case None:
            raise BadFrame("no request this version knows")
        case _:
            assert_never(body)


def _take_answer(envelope: Envelope) -> Answer:  # noqa: C901 - one case a message
    body = envelope.WhichOneof("body")
    match body:
        case "pong":
            return messages.Pong()
        case "done":
            return messages.Done()
        case "hello_ok":
            return session.from_hello_ok(envelope.hello_ok)
        case "resume_ok":
            return session.from_resume_ok(envelope.resume_ok)
        case "register_ok":
            return login.from_register_ok(envelope.register_ok)
        case "auth_challenge":
            return login.from_auth_challenge(envelope.auth_challenge)
        case "auth_keys":
            return login.from_auth_keys(envelope.auth_keys)
        case "auth_ok":
            return login.from_auth_ok(envelope.auth_ok)
        case "user_page":
            return people.from_user_page(envelope.user_page)
        case "person_ok":
            return people.from_person_ok(envelope.person_ok)
        case "invite_ok":
            return calls.from_invite_ok(envelope.invite_ok)
        case (
            "ping"
            | "logout"
            | "hello"
            | "resume"
            | "register"
            | "auth_start"
            | "auth_finish"
            | "auth_device"
            | "change_password"
            | "set_profile"
            | "set_presence"
            | "list_users"
            | "get_person"
            | "invite"
            | "alerting"
            | "accept"
            | "decline"
            | "cancel"
            | "leave"
            | "set_mute"
            | "e2e_relay"
            | "quality_report"
            | "call_state"
            | "e2e_arrived"
            | "presence_event"
            | "notice"
        ):
            raise BadFrame(f"a server answered {body}")
        case None:
            raise BadFrame("no answer this version knows")
        case _:
            assert_never(body)


def _take_notice(envelope: Envelope) -> Notice:
    body = envelope.WhichOneof("body")
    match body:
        case "call_state":
            return calls.from_call_state(envelope.call_state)
        case "e2e_arrived":
            return calls.from_e2e_arrived(envelope.e2e_arrived)
        case "presence_event":
            return people.from_presence_event(envelope.presence_event)
        case "notice":
            return session.from_notice(envelope.notice)
        case (
            "ping"
            | "logout"
            | "hello"
            | "resume"
            | "register"
            | "auth_start"
            | "auth_finish"
            | "auth_device"
            | "change_password"
            | "set_profile"
            | "set_presence"
            | "list_users"
            | "get_person"
            | "invite"
            | "alerting"
            | "accept"
            | "decline"
            | "cancel"
            | "leave"
            | "set_mute"
            | "e2e_relay"
            | "quality_report"
            | "pong"
            | "done"
            | "hello_ok"
            | "resume_ok"
            | "register_ok"
            | "auth_challenge"
            | "auth_keys"
            | "auth_ok"
            | "user_page"
            | "person_ok"
            | "invite_ok"
        ):
            raise BadFrame(f"a server told {body}")
        case None:
            raise BadFrame("no notice this version knows")
        case _:
            assert_never(body)


def _take_refusal(envelope: Envelope) -> Refusal:
    if envelope.WhichOneof("body") is not None:
        raise BadFrame("an error and a body")
    return session.from_error(envelope.error)
