"""What one does with an entry of the phone book, from whatever list it stands in.

It asks the client core, tells what came of it in the line above the last, and asks the person
before somebody is blocked or removed.
"""

from voip.client.model_people import ContactView
from voip.core.ids import Username
from voip_terminal.contact_list import shown_contact
from voip_terminal.screens.confirm import ConfirmBox
from voip_terminal.stage import Stage

BLOCKING = (
    "They see you as offline, and their calls do not reach you. They are not told, and cannot "
    "tell it from your being away."
)


def contact_of(stage: Stage, username: Username) -> ContactView | None:
    """Somebody's entry, if there is one."""
    return next((one for one in stage.model.contacts if one.username == username), None)


def add(stage: Stage, username: Username, name: str) -> None:
    """Write somebody into the phone book as they are."""
    said = f"{name} is one of your contacts now; the first screen has them all."
    stage.ask(stage.controller.put_contact(username), lambda _: stage.say(said))


def favour(stage: Stage, contact: ContactView) -> None:
    """Make a favourite of somebody, or none."""
    becomes = not contact.is_favourite
    name = shown_contact(contact)
    said = f"{name} is a favourite now." if becomes else f"{name} is no favourite any more."
    asked = stage.controller.put_contact(
        contact.username,
        contact.alias,
        is_favourite=becomes,
        notes=contact.notes,
        is_blocked=contact.is_blocked,
    )
    stage.ask(asked, lambda _: stage.say(said))


def block(stage: Stage, username: Username, name: str, *, is_blocked: bool) -> None:
    """Block somebody once one has read what that means, or let them in again at once."""

    def set_block() -> None:
        said = f"{name} is blocked." if is_blocked else f"{name} can call you again."
        asked = stage.controller.set_block(username, is_blocked)
        stage.ask(asked, lambda _: stage.say(said))

    if is_blocked:
        stage.open(ConfirmBox(stage, f"Block {name}?", BLOCKING, "block", set_block))
    else:
        set_block()


def remove(stage: Stage, contact: ContactView) -> None:
    """Forget somebody, once one has read what goes with it."""
    name = shown_contact(contact)
    told = "Your own name and notes for them are forgotten"
    told += ", and they can call you again." if contact.is_blocked else "."

    def forget() -> None:
        said = f"{name} is no contact of yours any more."
        asked = stage.controller.remove_contact(contact.username)
        stage.ask(asked, lambda _: stage.say(said))

    stage.open(ConfirmBox(stage, f"Remove {name}?", told, "remove", forget))
