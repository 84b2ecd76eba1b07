"""Who is logged in."""

from twisted.trial.unittest import SynchronousTestCase

from tests.core.people_lab import ANNA, BOB, CARL, opened, session_id
from voip.core.sessions import Sessions


def three() -> Sessions:
    sessions = Sessions()
    for one in (opened(ANNA, "a1"), opened(BOB, "b1"), opened(BOB, "b2")):
        sessions.open(one)
    return sessions


class SessionsTests(SynchronousTestCase):
    """Found by session and by name."""

    def test_all_devices_of_a_name(self) -> None:
        """A name gives its devices in the order of their logins; an absent one none."""
        sessions = three()
        self.assertEqual([one.device_name for one in sessions.of_name(BOB)], ["b1", "b2"])
        self.assertEqual(sessions.of_name(CARL), [])

    def test_a_closed_session_is_gone(self) -> None:
        """It is found by nothing any more, and its name neither after the last one."""
        sessions = three()
        sessions.close(session_id("b1"))
        self.assertNotIn(session_id("b1"), sessions)
        self.assertIsNone(sessions.get(session_id("b1")))
        self.assertEqual([one.device_name for one in sessions.of_name(BOB)], ["b2"])
        sessions.close(session_id("b2"))
        self.assertEqual(sessions.of_name(BOB), [])

    def test_a_lost_session_stays(self) -> None:
        """It is not connected until it resumes."""
        sessions = three()
        sessions.lost(session_id("a1"))
        self.assertFalse(sessions.is_connected(session_id("a1")))
        self.assertEqual(sessions.connected(ANNA), [])
        self.assertEqual(sessions.connected(BOB), [session_id("b1"), session_id("b2")])
        self.assertEqual(len(sessions.all()), 3)
        sessions.resumed(session_id("a1"))
        self.assertTrue(sessions.is_connected(session_id("a1")))

    def test_idle_is_who_touches_no_device(self) -> None:
        """Every session must be; one that is closed does not count, nor what it said before."""
        sessions = three()
        sessions.set_idle(session_id("b1"), True)
        self.assertFalse(sessions.is_idle(BOB))
        sessions.set_idle(session_id("b2"), True)
        self.assertTrue(sessions.is_idle(BOB))
        sessions.set_idle(session_id("b1"), False)
        self.assertFalse(sessions.is_idle(BOB))
        sessions.close(session_id("b1"))
        self.assertTrue(sessions.is_idle(BOB))
        sessions.close(session_id("b2"))
        sessions.open(opened(BOB, "b2"))
        self.assertFalse(sessions.is_idle(BOB))

    def test_a_new_nick_is_on_every_device(self) -> None:
        """All sessions of the account show it; an account that is not here changes nothing."""
        sessions = three()
        account = opened(BOB, "b1").account
        self.assertEqual(sessions.rename(account, "Bobby"), [BOB])
        self.assertEqual({one.nick for one in sessions.of_name(BOB)}, {"Bobby"})
        self.assertEqual([one.nick for one in sessions.of_name(ANNA)], ["Anna"])
        self.assertEqual(sessions.rename(opened(CARL, "c1").account, "Charly"), [])
