"""Bounds of the messages about people."""

from tests.wire.fields import FieldTests
from voip.core.people import Presence
from voip.core.people_messages import UserScope
from voip.wire import codec_people as codec
from voip.wire.v1 import people_pb2 as pb

ANNA = pb.Person(username="anna", presence=pb.PRESENCE_AWAY)


class PeopleTests(FieldTests):
    """What a message about people may hold."""

    def test_every_presence_has_its_number(self) -> None:
        """Nothing the core may say is missing on the wire, and the other way round."""
        self.assert_all_words(
            {word: codec.PRESENCES.number(word) for word in Presence},
            pb.Presence.DESCRIPTOR,
            "PRESENCE",
        )

    def test_every_scope_has_its_number(self) -> None:
        """So has each of those among whom one may look."""
        self.assert_all_words(
            {word: codec.SCOPES.number(word) for word in UserScope},
            pb.UserScope.DESCRIPTOR,
            "USER_SCOPE",
        )

    def test_person(self) -> None:
        """A person has a name and a known presence."""
        bad = {
            "username": ("", "n" * 65),
            "nick": ("n" * 257,),
            "presence": (0, 99),
            "text": ("t" * 1025,),
        }
        self.assert_bounds(codec.from_person, ANNA, bad)
        inside = {f"person.{path}": values for path, values in bad.items()}
        self.assert_bounds(codec.from_person_ok, pb.PersonOk(person=ANNA), inside)

    def test_lists_of_people(self) -> None:
        """At most a hundred at once."""
        many = {"people": ([ANNA] * 101, [pb.Person()])}
        self.assert_bounds(codec.from_presence_event, pb.PresenceEvent(people=[ANNA] * 100), many)
        self.assert_bounds(
            codec.from_user_page,
            pb.UserPage(people=[ANNA] * 100),
            {**many, "next_cursor": ("c" * 129,)},
        )

    def test_questions(self) -> None:
        """What may be asked for is bounded too."""
        self.assert_bounds(
            codec.from_list_users,
            pb.ListUsers(limit=100, scope=pb.USER_SCOPE_EVERYONE),
            {"query": ("q" * 257,), "cursor": ("c" * 129,), "scope": (0, 99)},
        )
        named = pb.GetPerson(username="anna")
        self.assert_bounds(codec.from_get_person, named, {"username": ("", "n" * 65)})
        self.assert_bounds(
            codec.from_set_presence,
            pb.SetPresence(presence=pb.PRESENCE_BUSY),
            {"presence": (0, 99), "text": ("t" * 1025,)},
        )
