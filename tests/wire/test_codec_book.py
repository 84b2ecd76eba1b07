"""Bounds of the messages about the phone book and past calls."""

from tests.wire.fields import FieldTests
from voip.core.calls import EndReason
from voip.core.history import MAX_PEERS, HistoryEntry, HistoryKind
from voip.core.ids import CallId, EntryId, Username
from voip.core.past_calls import MAX_SHOWN_BYTES
from voip.core.people_messages import HistoryPage
from voip.wire import codec_book as codec
from voip.wire.codec import MAX_TOLD_BYTES, encode_answer
from voip.wire.v1 import people_pb2 as pb
from voip.wire.v1.calls_pb2 import END_REASON_NO_ANSWER

BOB = pb.Contact(username="bob")
LISTED = pb.ListedContact(
    contact=BOB, person=pb.Person(username="bob", presence=pb.PRESENCE_OFFLINE)
)
ENTRY = pb.HistoryEntry(entry=1, call_id=bytes(16), peers=["bob"], outcome=END_REASON_NO_ANSWER)


class ContactTests(FieldTests):
    """What a message about contacts may hold."""

    def test_contact(self) -> None:
        """Texts have a longest length; whose name it is is for the server to judge."""
        bad = {
            "username": ("n" * 65,),
            "alias": ("a" * 257,),
            "notes": ("n" * 2049,),
        }
        self.assert_bounds(codec.from_contact, BOB, bad)
        inside = {f"contact.{path}": values for path, values in bad.items()}
        self.assert_bounds(codec.from_put_contact, pb.PutContact(contact=BOB), inside)
        named = pb.DeleteContact(username="bob")
        self.assert_bounds(codec.from_delete_contact, named, {"username": ("n" * 65,)})

    def test_lists_of_contacts(self) -> None:
        """At most two hundred at once, each with a person."""
        many: dict[str, tuple[object, ...]] = {"contacts": ([LISTED] * 201, [pb.ListedContact()])}
        cursor = {"cursor": ("c" * 129,)}
        self.assert_bounds(codec.from_list_contacts, pb.ListContacts(), cursor)
        self.assert_bounds(
            codec.from_contact_page,
            pb.ContactPage(contacts=[LISTED] * 200),
            many | {"next_cursor": ("c" * 129,)},
        )
        self.assert_bounds(
            codec.from_contacts_changed,
            pb.ContactsChanged(put=[LISTED] * 200, removed=["bob"] * 200),
            {"put": ([LISTED] * 201,), "removed": (["bob"] * 201, ["n" * 65])},
        )


class HistoryTests(FieldTests):
    """What a message about past calls may hold."""

    def test_every_kind_has_its_number(self) -> None:
        """Nothing one may ask for is missing on the wire, and the other way round."""
        self.assert_all_words(
            {word: codec.KINDS.number(word) for word in HistoryKind},
            pb.HistoryKind.DESCRIPTOR,
            "HISTORY_KIND",
        )

    def test_the_longest_page_is_one_message(self) -> None:
        """Every entry of it may name as many others as are kept, by the longest names."""
        name = Username("\N{GRINNING FACE}" * (MAX_SHOWN_BYTES // 4))
        entry = HistoryEntry(
            entry=EntryId(codec.MAX_NUMBER),
            call_id=CallId(bytes(16)),
            is_incoming=True,
            is_missed=True,
            peers=(name,) * MAX_PEERS,
            is_conference=True,
            outcome=EndReason.NO_ANSWER,
            started_at=2**40,
        )
        page = HistoryPage((entry,) * codec.MAX_ENTRIES, "9" * 18, 1000)
        self.assertLess(len(encode_answer(1, page)), MAX_TOLD_BYTES)

    def test_entry(self) -> None:
        """An entry has a number, a call, a known outcome and numbers that can be kept."""
        bad = {
            "entry": (0, 2**63),
            "call_id": (b"", bytes(17)),
            "peers": (["n" * 65], ["bob"] * 257),
            "outcome": (0, 99),
            "started_at": (2**63,),
            "lost_per_mille": (1001,),
        }
        self.assert_bounds(codec.from_entry, ENTRY, bad)
        inside = {f"added.{path}": values for path, values in bad.items()}
        self.assert_bounds(codec.from_history_changed, pb.HistoryChanged(added=ENTRY), inside)

    def test_pages(self) -> None:
        """At most fifty entries at once, and a question of bounded length."""
        self.assert_bounds(
            codec.from_history_page,
            pb.HistoryPage(entries=[ENTRY] * 50),
            {"entries": ([ENTRY] * 51, [pb.HistoryEntry()]), "next_cursor": ("c" * 129,)},
        )
        self.assert_bounds(
            codec.from_list_history,
            pb.ListHistory(kind=pb.HISTORY_KIND_ALL),
            {"kind": (0, 99), "query": ("q" * 257,), "cursor": ("c" * 129,)},
        )
        self.assert_bounds(codec.from_delete_history, pb.DeleteHistory(), {"entry": (2**63,)})
