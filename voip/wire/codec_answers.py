"""Which answer or notice stands in which field of the envelope.

Knows everything a server says once for each direction of translation; ``assert_never`` and the
Literal type of ``WhichOneof`` make mypy refuse a codec that forgot one.
"""

from typing import assert_never

from voip.core import account_messages, call_messages, messages, people_messages
from voip.core.errors import Refusal
from voip.core.messages import Answer, Notice
from voip.wire import codec_account as account
from voip.wire import codec_book as book
from voip.wire import codec_calls as calls
from voip.wire import codec_login as login
from voip.wire import codec_people as people
from voip.wire import codec_session as session
from voip.wire.codec_checks import BadFrame
from voip.wire.v1 import calls_pb2, people_pb2
from voip.wire.v1.envelope_pb2 import Envelope


def put_answer(envelope: Envelope, answer: Answer) -> None:  # noqa: C901 - one case a message
    """Make an answer the envelope's body, or a refusal its error."""
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
            envelope.register_ok.CopyFrom(login.to_register_ok(answer))
        case messages.AuthChallenge():
            envelope.auth_challenge.CopyFrom(login.to_auth_challenge(answer))
        case messages.AuthKeys():
            envelope.auth_keys.CopyFrom(login.to_auth_keys(answer))
        case messages.AuthOk():
            envelope.auth_ok.CopyFrom(login.to_auth_ok(answer))
        case account_messages.RecoverOk():
            envelope.recover_ok.CopyFrom(account.to_recover_ok(answer))
        case account_messages.DeviceList():
            envelope.device_list.CopyFrom(account.to_device_list(answer))
        case people_messages.UserPage():
            envelope.user_page.CopyFrom(people.to_user_page(answer))
        case people_messages.PersonOk():
            envelope.person_ok.CopyFrom(people_pb2.PersonOk(person=people.to_person(answer.person)))
        case people_messages.ContactPage():
            envelope.contact_page.CopyFrom(book.to_contact_page(answer))
        case people_messages.HistoryPage():
            envelope.history_page.CopyFrom(book.to_history_page(answer))
        case call_messages.InviteOk():
            envelope.invite_ok.CopyFrom(calls_pb2.InviteOk(call_id=answer.call_id))
        case Refusal():
            envelope.error.CopyFrom(session.to_error(answer))
        case _:
            assert_never(answer)


def put_notice(envelope: Envelope, notice: Notice) -> None:
    """Make a notice the envelope's body."""
    match notice:
        case call_messages.CallChanged():
            envelope.call_state.CopyFrom(calls_pb2.CallState(call=calls.to_call(notice.call)))
        case call_messages.E2eArrived():
            envelope.e2e_arrived.CopyFrom(calls.to_e2e_arrived(notice))
        case people_messages.PresenceChanged():
            envelope.presence_event.CopyFrom(people.to_presence_event(notice))
        case people_messages.ContactsChanged():
            envelope.contacts_changed.CopyFrom(book.to_contacts_changed(notice))
        case people_messages.HistoryChanged():
            envelope.history_changed.CopyFrom(book.to_history_changed(notice))
        case messages.ServerNotice():
            envelope.notice.CopyFrom(session.to_notice(notice))
        case _:
            assert_never(notice)


def take_told(envelope: Envelope) -> Answer | Notice:  # noqa: C901 - one case a message
    """The answer or notice in the body; raises ``BadFrame`` for anything else."""
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
        case "recover_ok":
            return account.from_recover_ok(envelope.recover_ok)
        case "device_list":
            return account.from_device_list(envelope.device_list)
        case "user_page":
            return people.from_user_page(envelope.user_page)
        case "person_ok":
            return people.from_person_ok(envelope.person_ok)
        case "contact_page":
            return book.from_contact_page(envelope.contact_page)
        case "history_page":
            return book.from_history_page(envelope.history_page)
        case "invite_ok":
            return calls.from_invite_ok(envelope.invite_ok)
        case "call_state":
            return calls.from_call_state(envelope.call_state)
        case "e2e_arrived":
            return calls.from_e2e_arrived(envelope.e2e_arrived)
        case "presence_event":
            return people.from_presence_event(envelope.presence_event)
        case "contacts_changed":
            return book.from_contacts_changed(envelope.contacts_changed)
        case "history_changed":
            return book.from_history_changed(envelope.history_changed)
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
            | "set_recovery"
            | "recover"
            | "recover_finish"
            | "reset"
            | "list_devices"
            | "revoke_device"
            | "delete_account"
            | "set_presence"
            | "list_users"
            | "get_person"
            | "set_idle"
            | "list_contacts"
            | "put_contact"
            | "delete_contact"
            | "list_history"
            | "delete_history"
            | "mark_history_seen"
            | "invite"
            | "alerting"
            | "accept"
            | "decline"
            | "cancel"
            | "leave"
            | "set_mute"
            | "hold"
            | "unhold"
            | "swap"
            | "add_participant"
            | "merge"
            | "kick"
            | "set_lock"
            | "end_for_all"
            | "e2e_relay"
            | "quality_report"
        ):
            raise BadFrame(f"a server sent {body}")
        case None:
            raise BadFrame("nothing this version knows")
        case _:
            assert_never(body)
