"""Which request stands in which field of the envelope.

Knows every request once for each direction of translation; ``assert_never`` and the Literal type of
``WhichOneof`` make mypy refuse a codec that forgot one. What a server says is ``codec_answers``'.
"""

from typing import assert_never

from voip.core import account_messages, call_messages, messages, people_messages
from voip.core.messages import Request
from voip.wire import codec_account as account
from voip.wire import codec_book as book
from voip.wire import codec_calls as calls
from voip.wire import codec_login as login
from voip.wire import codec_people as people
from voip.wire import codec_session as session
from voip.wire.codec_checks import BadFrame
from voip.wire.v1 import account_pb2, calls_pb2, login_pb2, people_pb2
from voip.wire.v1.envelope_pb2 import Envelope


def put_request(envelope: Envelope, request: Request) -> None:  # noqa: C901 - one case a message
    """Make a request the envelope's body."""
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
        case account_messages.SetRecovery():
            envelope.set_recovery.CopyFrom(account.to_set_recovery(request))
        case account_messages.Recover():
            envelope.recover.CopyFrom(account.to_recover(request))
        case account_messages.RecoverFinish():
            envelope.recover_finish.CopyFrom(account.to_recover_finish(request))
        case account_messages.Reset():
            envelope.reset.CopyFrom(account.to_reset(request))
        case account_messages.ListDevices():
            envelope.list_devices.SetInParent()
        case account_messages.RevokeDevice():
            envelope.revoke_device.CopyFrom(account_pb2.RevokeDevice(device_id=request.device))
        case account_messages.DeleteAccount():
            envelope.delete_account.CopyFrom(account_pb2.DeleteAccount(proof=request.proof))
        case people_messages.SetPresence():
            envelope.set_presence.CopyFrom(people.to_set_presence(request))
        case people_messages.ListUsers():
            envelope.list_users.CopyFrom(people.to_list_users(request))
        case people_messages.GetPerson():
            envelope.get_person.CopyFrom(people_pb2.GetPerson(username=request.username))
        case people_messages.SetIdle():
            envelope.set_idle.CopyFrom(people_pb2.SetIdle(is_idle=request.is_idle))
        case people_messages.ListContacts():
            envelope.list_contacts.CopyFrom(people_pb2.ListContacts(cursor=request.cursor))
        case people_messages.PutContact():
            contact = book.to_contact(request.contact)
            envelope.put_contact.CopyFrom(people_pb2.PutContact(contact=contact))
        case people_messages.DeleteContact():
            envelope.delete_contact.CopyFrom(people_pb2.DeleteContact(username=request.username))
        case people_messages.ListHistory():
            envelope.list_history.CopyFrom(book.to_list_history(request))
        case people_messages.DeleteHistory():
            envelope.delete_history.CopyFrom(people_pb2.DeleteHistory(entry=request.entry or 0))
        case people_messages.MarkHistorySeen():
            envelope.mark_history_seen.SetInParent()
        case call_messages.Invite():
            envelope.invite.CopyFrom(calls.to_invite(request))
        case call_messages.Alerting():
            envelope.alerting.CopyFrom(calls.to_alerting(request))
        case call_messages.Accept():
            envelope.accept.CopyFrom(calls_pb2.Accept(call_id=request.call_id))
        case call_messages.Decline():
            envelope.decline.CopyFrom(calls.to_decline(request))
        case call_messages.Cancel():
            envelope.cancel.CopyFrom(calls_pb2.Cancel(call_id=request.call_id))
        case call_messages.Leave():
            envelope.leave.CopyFrom(
                calls_pb2.Leave(call_id=request.call_id, e2e_failed=request.e2e_failed)
            )
        case call_messages.SetMute():
            envelope.set_mute.CopyFrom(calls.to_set_mute(request))
        case call_messages.Hold():
            envelope.hold.CopyFrom(calls_pb2.Hold(call_id=request.call_id))
        case call_messages.Unhold():
            envelope.unhold.CopyFrom(calls_pb2.Unhold(call_id=request.call_id))
        case call_messages.Swap():
            envelope.swap.CopyFrom(calls_pb2.Swap(hold=request.hold, resume=request.resume))
        case call_messages.AddParticipant():
            envelope.add_participant.CopyFrom(calls.to_add_participant(request))
        case call_messages.Merge():
            envelope.merge.CopyFrom(calls_pb2.Merge(call_id=request.call_id, other=request.other))
        case call_messages.Kick():
            envelope.kick.CopyFrom(
                calls_pb2.Kick(call_id=request.call_id, username=request.username)
            )
        case call_messages.SetLock():
            envelope.set_lock.CopyFrom(
                calls_pb2.SetLock(call_id=request.call_id, is_locked=request.is_locked)
            )
        case call_messages.EndForAll():
            envelope.end_for_all.CopyFrom(calls_pb2.EndForAll(call_id=request.call_id))
        case call_messages.E2eRelay():
            envelope.e2e_relay.CopyFrom(calls.to_e2e_relay(request))
        case call_messages.QualityReport():
            envelope.quality_report.CopyFrom(calls.to_quality_report(request))
        case _:
            assert_never(request)


def take_request(envelope: Envelope) -> Request:  # noqa: C901 - one case a message
    """The request in the body; raises ``BadFrame`` for anything else."""
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
        case "set_recovery":
            return account.from_set_recovery(envelope.set_recovery)
        case "recover":
            return account.from_recover(envelope.recover)
        case "recover_finish":
            return account.from_recover_finish(envelope.recover_finish)
        case "reset":
            return account.from_reset(envelope.reset)
        case "list_devices":
            return account_messages.ListDevices()
        case "revoke_device":
            return account.from_revoke_device(envelope.revoke_device)
        case "delete_account":
            return account.from_delete_account(envelope.delete_account)
        case "set_presence":
            return people.from_set_presence(envelope.set_presence)
        case "list_users":
            return people.from_list_users(envelope.list_users)
        case "get_person":
            return people.from_get_person(envelope.get_person)
        case "set_idle":
            return people_messages.SetIdle(envelope.set_idle.is_idle)
        case "list_contacts":
            return book.from_list_contacts(envelope.list_contacts)
        case "put_contact":
            return book.from_put_contact(envelope.put_contact)
        case "delete_contact":
            return book.from_delete_contact(envelope.delete_contact)
        case "list_history":
            return book.from_list_history(envelope.list_history)
        case "delete_history":
            return book.from_delete_history(envelope.delete_history)
        case "mark_history_seen":
            return people_messages.MarkHistorySeen()
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
        case "hold":
            return calls.from_hold(envelope.hold)
        case "unhold":
            return calls.from_unhold(envelope.unhold)
        case "swap":
            return calls.from_swap(envelope.swap)
        case "add_participant":
            return calls.from_add_participant(envelope.add_participant)
        case "merge":
            return calls.from_merge(envelope.merge)
        case "kick":
            return calls.from_kick(envelope.kick)
        case "set_lock":
            return calls.from_set_lock(envelope.set_lock)
        case "end_for_all":
            return calls.from_end_for_all(envelope.end_for_all)
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
            | "recover_ok"
            | "device_list"
            | "user_page"
            | "person_ok"
            | "contact_page"
            | "history_page"
            | "invite_ok"
            | "call_state"
            | "e2e_arrived"
            | "presence_event"
            | "contacts_changed"
            | "history_changed"
            | "notice"
        ):
            raise BadFrame(f"a client sent {body}")
        case None:
            raise BadFrame("no request this version knows")
        case _:
            assert_never(body)
