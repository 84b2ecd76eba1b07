"""The errors that travel."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.errors import ErrorCode, LocalProtocolError, RemoteProtocolError, VoipError


class ErrorTests(SynchronousTestCase):
    """A peer's fault carries what the wire needs."""

    def test_a_peers_fault_has_its_code(self) -> None:
        """The code answers the peer; the detail, or else the code, is for the log."""
        error = RemoteProtocolError(ErrorCode.BAD_REQUEST, "field 7 is absurd")
        self.assertEqual((error.code, str(error)), (ErrorCode.BAD_REQUEST, "field 7 is absurd"))
        self.assertEqual(str(RemoteProtocolError(ErrorCode.VERSION)), "version")

    def test_one_base(self) -> None:
        """Whatever this project raises on purpose can be caught by one name."""
        self.assertTrue(issubclass(LocalProtocolError, VoipError))
        self.assertTrue(issubclass(RemoteProtocolError, VoipError))
