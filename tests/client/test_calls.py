"""Real clients against the real server: calls, their keys and their words."""

from tests.client.memory_network import PASSWORD
from tests.client.pair import PairTestCase
from voip.client.call_security import KEYS_WITHIN_SECONDS
from voip.client.model import ClientError, Security
from voip.client.voice.commands import (
    SILENT_DB,
    CallFigures,
    DevicesInUse,
    Levels,
    PathUp,
    ReceiveKey,
    SendKey,
    SetMicrophone,
    StartTalking,
    StopTalking,
    Trouble,
    VoiceTrouble,
)
from voip.core.calls import EndReason, LegState
from voip.core.errors import ErrorCode
from voip.core.ids import CallId, StreamId


def figures_of(call_id: CallId) -> CallFigures:
    return CallFigures(call_id, "opus", "udp", 0.01, 0.02, 3, 20, 40, 80, 5, 5, 0, 0, 0, 1.0)


class CallTests(PairTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.alice, self.bob = self.registered("alice"), self.registered("bob")

    def talk(self) -> CallId:
        return self.in_call(self.alice, self.bob, "bob")

    def test_ringing(self) -> None:
        """The callee rings with the caller's name; nobody's microphone opens."""
        call_id = self.done(self.alice.call(["bob"]))
        ringing = self.only_call(self.bob)
        self.assertEqual((ringing.call_id, ringing.state), (call_id, LegState.RINGING))
        self.assertTrue(ringing.is_incoming)
        self.assertEqual([peer.nick for peer in ringing.peers], ["Alice"])
        dialling = self.only_call(self.alice)
        self.assertIs(dialling.state, LegState.DIALING)
        self.assertEqual([peer.state for peer in dialling.peers], [LegState.RINGING])
        for voice in self.voices.values():
            self.assertEqual(voice.told(StartTalking), [])

    def test_no_key_leaves_before_the_answer(self) -> None:
        """While it rings no sender key is made or sent."""
        self.done(self.alice.call(["bob"]))
        for voice in self.voices.values():
            self.assertEqual(voice.told(SendKey) + voice.told(ReceiveKey), [])

    def test_talking(self) -> None:
        """After the answer both talk, each with the key the other listens by."""
        call_id = self.talk()
        for me, other in (("alice", "bob"), ("bob", "alice")):
            (start,) = self.voices[me].told(StartTalking)
            (sent,) = self.voices[me].told(SendKey)
            (heard,) = self.voices[other].told(ReceiveKey)
            self.assertEqual(start.call_id, call_id)
            self.assertEqual(heard.stream, start.stream)
            self.assertEqual((heard.generation, heard.base_key), (sent.generation, sent.base_key))
        ours, theirs = self.only_call(self.alice), self.only_call(self.bob)
        self.assertIs(ours.state, LegState.ACTIVE)
        self.assertEqual(len(ours.words), 4)
        self.assertEqual(ours.words, theirs.words)
        self.assertIs(ours.security, Security.ENCRYPTED)

    def test_words_differ_from_call_to_call(self) -> None:
        """Each call has its own keys and its own words."""
        call_id = self.talk()
        first = self.only_call(self.alice).words
        self.done(self.alice.hang_up(call_id))
        self.talk()
        self.assertNotEqual(self.only_call(self.alice).words, first)

    def test_hanging_up(self) -> None:
        """Whoever hangs up ends it for both; the devices close and the length is told."""
        call_id = self.talk()
        self.network.pass_time(7)
        self.done(self.bob.hang_up(call_id))
        for name, client in (("alice", self.alice), ("bob", self.bob)):
            self.assertEqual(client.model.calls, ())
            ended = client.model.last_ended
            assert ended is not None
            self.assertIs(ended.end_reason, EndReason.HANGUP)
            self.assertEqual(ended.talked_seconds, 7.0)
            self.assertEqual(len(self.voices[name].told(StopTalking)), 1)

    def test_declining(self) -> None:
        """A declined call ends for the caller with that reason."""
        call_id = self.done(self.alice.call(["bob"]))
        self.done(self.bob.decline(call_id))
        ended = self.alice.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, EndReason.DECLINED)
        self.assertEqual(ended.talked_seconds, 0.0)

    def test_cancelling(self) -> None:
        """A call that is given up stops ringing."""
        call_id = self.done(self.alice.call(["bob"]))
        self.done(self.alice.hang_up(call_id))
        self.assertEqual(self.bob.model.calls, ())

    def test_no_answer(self) -> None:
        """After 45 s the server ends it."""
        self.done(self.alice.call(["bob"]))
        self.network.pass_time(46)
        ended = self.alice.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, EndReason.NO_ANSWER)

    def test_unknown_callee(self) -> None:
        """Somebody who is not there is unavailable, whether they exist or not."""
        self.done(self.alice.call(["nobody"]))
        ended = self.alice.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, EndReason.UNAVAILABLE)
        self.refused(self.alice.call(["not a name"]), ErrorCode.NAME_NOT_ALLOWED)
        self.refused(self.alice.call([]), ErrorCode.NAME_NOT_ALLOWED)

    def test_a_third_rings_while_one_talks(self) -> None:
        """Nobody is busy for talking; answering holds the talk."""
        talk = self.talk()
        carol = self.registered("carol")
        call_id = self.done(carol.call(["bob"]))
        self.done(self.bob.accept(call_id))
        states = {call.call_id: call.state for call in self.bob.model.calls}
        self.assertEqual(states, {talk: LegState.HELD, call_id: LegState.ACTIVE})
        self.assertTrue(self.only_call(self.alice).is_held_by_peers)

    def test_one_call_at_a_time(self) -> None:
        """Who dials cannot dial another."""
        self.done(self.alice.call(["bob"]))
        self.refused(self.alice.call(["bob"]), ErrorCode.WRONG_STATE)

    def test_ignoring(self) -> None:
        """An ignored call is silent here and can still be answered."""
        call_id = self.done(self.alice.call(["bob"]))
        self.bob.ignore(call_id)
        self.assertTrue(self.only_call(self.bob).is_silenced)
        self.done(self.bob.accept(call_id))
        self.assertIs(self.only_call(self.bob).state, LegState.ACTIVE)
        self.bob.ignore(call_id)

    def test_no_such_call(self) -> None:
        """Verbs on calls that are not there are refused."""
        nothing = CallId(bytes(16))
        self.refused(self.bob.accept(nothing), ErrorCode.NO_SUCH_CALL)
        self.refused(self.bob.decline(nothing), ErrorCode.NO_SUCH_CALL)
        self.refused(self.bob.hang_up(nothing), ErrorCode.NO_SUCH_CALL)
        self.bob.ignore(nothing)
        with self.assertRaises(ClientError):
            self.bob.mark_verified(nothing)

    def test_several_devices(self) -> None:
        """All devices ring, the first to answer wins, the others stop and never get a key."""
        second = self.connected("tablet")
        self.done(second.login("bob", PASSWORD))
        call_id = self.done(self.alice.call(["bob"]))
        self.only_call(self.bob)
        self.only_call(second)
        self.done(second.accept(call_id))
        self.assertEqual(self.bob.model.calls, ())
        ended = self.bob.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, EndReason.ANSWERED_ELSEWHERE)
        self.assertEqual(self.voices["bob"].told(ReceiveKey), [])
        self.assertEqual(self.only_call(second).words, self.only_call(self.alice).words)
        self.assertEqual(len(self.only_call(second).words), 4)

    def test_glare(self) -> None:
        """Two people who call each other meet in one call, with keys."""
        ours, theirs = self.alice.call(["bob"]), self.bob.call(["alice"])
        self.network.settle()
        self.assertEqual(self.successResultOf(ours), self.successResultOf(theirs))
        mine, yours = self.only_call(self.alice), self.only_call(self.bob)
        self.assertIs(mine.state, LegState.ACTIVE)
        self.assertEqual(mine.words, yours.words)
        self.assertEqual(len(mine.words), 4)

    def test_calling_back_who_rings(self) -> None:
        """Dialling the one who rings here answers."""
        call_id = self.done(self.alice.call(["bob"]))
        self.assertEqual(self.done(self.bob.call(["alice"])), call_id)
        self.assertEqual(len(self.only_call(self.bob).words), 4)

    def test_muting(self) -> None:
        """Muting silences the engine and is shown to the other; a new call begins unmuted."""
        call_id = self.talk()
        self.alice.set_muted(True)
        self.assertTrue(self.only_call(self.alice).is_muted)
        self.assertTrue(self.only_call(self.bob).peers[0].is_muted)
        self.assertEqual(self.voices["alice"].told(SetMicrophone)[-1], SetMicrophone(True))
        self.done(self.alice.hang_up(call_id))
        self.talk()
        self.assertEqual(self.voices["alice"].told(SetMicrophone)[-1], SetMicrophone(False))

    def test_muting_nothing(self) -> None:
        """Without a call there is nothing to mute."""
        self.alice.set_muted(True)
        self.stranger("other").set_muted(True)
        self.assertEqual(self.voices["alice"].told(SetMicrophone), [])

    def test_verifying(self) -> None:
        """Compared words are remembered for the person, in the next call too."""
        call_id = self.talk()
        self.alice.mark_verified(call_id)
        self.assertIs(self.only_call(self.alice).security, Security.VERIFIED)
        self.done(self.alice.hang_up(call_id))
        self.talk()
        self.assertIs(self.only_call(self.alice).security, Security.VERIFIED)
        self.assertIs(self.only_call(self.bob).security, Security.ENCRYPTED)

    def test_verifying_too_early(self) -> None:
        """Before there are words there is nothing to compare."""
        call_id = self.done(self.alice.call(["bob"]))
        with self.assertRaises(ClientError):
            self.alice.mark_verified(call_id)
        with self.assertRaises(ClientError):
            self.stranger("other").mark_verified(call_id)

    def test_changed_account_key(self) -> None:
        """Somebody whose account key is not the known one is not talked to, and it is told."""
        call_id = self.talk()
        self.done(self.alice.hang_up(call_id))
        (path,) = self.network.data_dir.glob("alice/servers/*/contacts/alice.json")
        key = self.kept_key(path.read_text())
        path.write_text(path.read_text().replace(key, "00" * 32))
        self.done(self.alice.call(["bob"]))
        ended = self.alice.model.last_ended
        assert ended is not None
        self.assertIs(ended.security, Security.KEY_CHANGED)
        self.assertIs(ended.end_reason, EndReason.E2E_FAILED)
        self.assertEqual(self.bob.model.calls, ())

    def test_trusting_a_changed_key(self) -> None:
        """Who has checked the new key of somebody talks to them again, as not yet compared."""
        call_id = self.talk()
        self.alice.mark_verified(call_id)
        self.done(self.alice.hang_up(call_id))
        with self.assertRaises(ClientError):
            self.alice.trust_new_key("bob")
        (path,) = self.network.data_dir.glob("alice/servers/*/contacts/alice.json")
        path.write_text(path.read_text().replace(self.kept_key(path.read_text()), "00" * 32))
        self.done(self.alice.call(["bob"]))
        ended = self.alice.model.last_ended
        assert ended is not None
        self.assertEqual(ended.key_changed_of, "bob")
        self.alice.trust_new_key("bob")
        self.talk()
        self.assertIs(self.only_call(self.alice).security, Security.ENCRYPTED)
        with self.assertRaises(ClientError):
            self.stranger("other").trust_new_key("bob")

    def kept_key(self, text: str) -> str:
        return text.split('"account_key": "')[1].split('"', maxsplit=1)[0]

    def test_unreadable_contacts(self) -> None:
        """When known keys cannot be read no call is made, rather than trusting anybody anew."""
        call_id = self.talk()
        self.done(self.alice.hang_up(call_id))
        (path,) = self.network.data_dir.glob("alice/servers/*/contacts/alice.json")
        path.write_text("[]")
        self.done(self.alice.call(["bob"]))
        ended = self.alice.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, EndReason.E2E_FAILED)
        self.assertEqual(path.read_text(), "[]")

    def test_contacts_that_cannot_be_written(self) -> None:
        """A first contact that cannot be remembered is no reason to end the call."""
        (folder,) = self.network.data_dir.glob("alice/servers/*")
        (folder / "contacts" / "alice.json.new" / "in the way").mkdir(parents=True)
        self.talk()
        self.assertEqual(len(self.only_call(self.alice).words), 4)

    def test_a_break_during_a_call(self) -> None:
        """A call outlives a lost connection."""
        self.talk()
        self.network.cut()
        self.network.pass_time(2)
        for client in (self.alice, self.bob):
            self.assertIs(self.only_call(client).state, LegState.ACTIVE)

    def test_a_long_break(self) -> None:
        """After a minute without the server the microphone closes by itself."""
        self.talk()
        self.network.is_reachable = False
        self.network.cut()
        self.network.pass_time(61)
        for name, client in (("alice", self.alice), ("bob", self.bob)):
            ended = client.model.last_ended
            assert ended is not None
            self.assertIs(ended.end_reason, EndReason.NETWORK_LOST)
            self.assertEqual(len(self.voices[name].told(StopTalking)), 1)

    def test_closing_hangs_up(self) -> None:
        """Closing the client ends its calls."""
        self.talk()
        self.done(self.alice.close())
        ended = self.bob.model.last_ended
        assert ended is not None
        self.assertIs(ended.end_reason, EndReason.HANGUP)

    def test_figures_and_levels(self) -> None:
        """What the engine measures is shown, and told to the server now and then."""
        call_id = self.talk()
        voice = self.voices["alice"]
        for _ in range(10):
            voice.report(figures_of(call_id))
        (stream,) = {each.stream for each in voice.told(ReceiveKey)}
        voice.report(Levels(-20.0, ((stream, -12.0), (StreamId(stream + 1), -3.0))))
        self.network.settle()
        call = self.only_call(self.alice)
        assert call.figures is not None
        self.assertEqual(call.figures.rtt_ms, 20)
        self.assertEqual((call.microphone_db, call.peers[0].level_db), (-20.0, -12.0))

    def test_reports_without_a_call(self) -> None:
        """Late reports of the engine are left aside; troubles and devices are shown."""
        voice = self.voices["alice"]
        for report in (
            figures_of(CallId(bytes(16))),
            Levels(-20.0, ()),
            PathUp(10.0),
            DevicesInUse("mic", "none"),
            Trouble(VoiceTrouble.NO_SPEAKER, "nothing plugged in"),
        ):
            voice.report(report)
        audio = self.alice.model.audio
        self.assertEqual(audio.devices, DevicesInUse("mic", "none"))
        self.assertIs(audio.trouble, VoiceTrouble.NO_SPEAKER)
        self.done(self.alice.logout())
        voice.report(figures_of(CallId(bytes(16))))
        voice.report(Levels(-20.0, ()))

    def test_answering_from_a_watcher(self) -> None:
        """A face may answer the moment it is told that it rings."""

        def answer(_change: object) -> None:
            ringing = [call for call in self.bob.model.calls if call.state is LegState.RINGING]
            answered.extend(
                self.bob.accept(call.call_id) for call in ringing if not call.is_silenced
            )

        answered: list[object] = []
        self.bob.watch(answer)
        self.done(self.alice.call(["bob"]))
        self.assertEqual(len(answered), 1)
        self.assertEqual(self.only_call(self.bob).words, self.only_call(self.alice).words)

    def test_keys_that_never_come(self) -> None:
        """A server that swallows what the devices say to each other ends in silence, not talk."""
        self.network.server.swallow_e2e()
        self.in_call(self.alice, self.bob, "bob")
        self.assertIs(self.only_call(self.alice).security, Security.PENDING)
        self.network.pass_time(KEYS_WITHIN_SECONDS)
        for name, client in (("alice", self.alice), ("bob", self.bob)):
            ended = client.model.last_ended
            assert ended is not None
            self.assertIs(ended.end_reason, EndReason.E2E_FAILED)
            self.assertEqual(self.voices[name].told(ReceiveKey), [])

    def test_a_call_ends_while_its_levels_come(self) -> None:
        """Levels are of the call that is talked in, not of one that rings beside it."""
        talk = self.talk()
        carol = self.registered("carol")
        self.done(carol.call(["alice"]))
        self.voices["carol"].report(Levels(-10.0, ()))
        self.voices["alice"].report(Levels(-10.0, ()))
        levels = {call.call_id: call.microphone_db for call in self.alice.model.calls}
        self.assertEqual([level for call, level in levels.items() if call != talk], [SILENT_DB])
        self.assertEqual(levels[talk], -10.0)

    def test_answering_leaves_what_else_rings(self) -> None:
        """It rings on, and can be answered too."""
        carol = self.registered("carol")
        call_id = self.done(self.alice.call(["bob"]))
        other = self.done(carol.call(["bob"]))
        self.done(self.bob.accept(call_id))
        states = {call.call_id: call.state for call in self.bob.model.calls}
        self.assertEqual(states, {call_id: LegState.ACTIVE, other: LegState.RINGING})
