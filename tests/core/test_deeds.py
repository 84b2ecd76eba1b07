"""What somebody did, as the audit has it."""

from twisted.trial.unittest import SynchronousTestCase

from voip.core.deeds import Actor, Deed, Door, Role


class DeedsTests(SynchronousTestCase):
    """The words that stand in the audit's lines, and so are kept."""

    def test_roles_and_doors(self) -> None:
        """Scripts look for them in files that are years old."""
        roles = {role.value for role in Role}
        self.assertEqual(roles, {"caller", "operator", "python", "server"})
        doors = {door.value for door in Door}
        self.assertEqual(doors, {"control", "ssh", "socket", "signal", "itself"})

    def test_what_is_not_known_is_empty(self) -> None:
        """An address, whom it concerns, and a line that was not typed."""
        self.assertEqual(Actor("olga", Role.OPERATOR, Door.SOCKET).address, "")
        deed = Deed("reload")
        self.assertEqual((deed.on, deed.line), ("", ""))
