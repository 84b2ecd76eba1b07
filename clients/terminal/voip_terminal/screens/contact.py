"""The box for an entry of the phone book: a new one by the account's name, or one there is."""

from voip.client.model_people import ContactView
from voip.core.contacts import MAX_ALIAS, MAX_NOTES
from voip.core.names import as_username
from voip_terminal.contact_list import shown_contact
from voip_terminal.contact_verbs import block, contact_of, remove
from voip_terminal.forms import Button, Choice, Field, Form, Part
from voip_terminal.paint import clean
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage

LABEL_COLS = 10


class ContactBox(FormBox):
    """Alias, favourite and notes; with ``contact`` None the account too."""

    cols = 66

    def __init__(self, stage: Stage, contact: ContactView | None) -> None:
        super().__init__(stage)
        self._contact = contact
        self.title = "Add a contact" if contact is None else shown_contact(contact)
        self.act = "add" if contact is None else "save"
        self._account = self._field("Account", "")
        self._alias = self._field("Your name", contact.alias if contact else "")
        self._notes = self._field("Notes", contact.notes if contact else "")
        self._is_favourite = contact is not None and contact.is_favourite
        favourite = Choice(
            "favourite (Space)", stage.glyphs, lambda: self._is_favourite, self._toggle
        )
        parts: list[Part] = ["", self._account] if contact is None else ["", self._told(contact)]
        parts += [self._alias, self._notes, favourite, ""]
        if contact is None:
            parts += ["Whoever is not online is found by the account's name too."]
        else:
            parts += [self._buttons(contact)]
        self.lay_out(Form(parts), len(parts))

    def _field(self, label: str, text: str) -> Field:
        return Field(
            label,
            self.stage.glyphs,
            text=clean(text, MAX_NOTES),
            label_cols=LABEL_COLS,
            cols=48,
            takes_question_mark=True,
        )

    def _told(self, contact: ContactView) -> str:
        return (
            f"{'Account':<{LABEL_COLS}}{clean(contact.username)}   {clean(contact.nick)}".rstrip()
        )

    def _buttons(self, contact: ContactView) -> list[Button]:
        return [
            Button("Save", self.submit),
            Button("Unblock" if contact.is_blocked else "Block", lambda: self._block(contact)),
            Button("Remove", lambda: self._remove(contact)),
        ]

    def _toggle(self) -> None:
        self._is_favourite = not self._is_favourite

    def _block(self, contact: ContactView) -> None:
        self.stage.close(self)
        name = shown_contact(contact)
        block(self.stage, contact.username, name, is_blocked=not contact.is_blocked)

    def _remove(self, contact: ContactView) -> None:
        self.stage.close(self)
        remove(self.stage, contact)

    def submit(self) -> None:
        for field, most in ((self._alias, MAX_ALIAS), (self._notes, MAX_NOTES)):
            if len(field.text) > most:
                self.wants(field, f"This is too long: use at most {most} characters.")
                return
        if self._contact is None:
            self._add()
        else:
            # a block is not this box's to lift: it may have come from another device meanwhile
            now = contact_of(self.stage, self._contact.username) or self._contact
            self._put(now.username, is_blocked=now.is_blocked)

    def _add(self) -> None:
        username = as_username(self._account.text.strip())
        me = self.stage.model.me
        if username is None:
            self.wants(self._account, "Type the name of an account: 3 to 32 of a-z 0-9 - _ .")
        elif me is not None and username == me.username:
            self.wants(self._account, "That is you: type the name of somebody else's account.")
        elif contact_of(self.stage, username) is not None:
            self.wants(self._account, f"{username} is one of your contacts already.")
        else:
            self._put(username, is_blocked=False)

    def _put(self, username: str, *, is_blocked: bool) -> None:
        self.is_busy = True
        asked = self.stage.controller.put_contact(
            username,
            self._alias.text.strip(),
            is_favourite=self._is_favourite,
            notes=self._notes.text.strip(),
            is_blocked=is_blocked,
        )
        self.stage.ask(asked, lambda _: self._kept(username), self._refused)

    def _kept(self, username: str) -> None:
        self.stage.close(self)
        nick = clean(self._contact.nick).strip() if self._contact else ""
        name = self._alias.text.strip() or nick or username
        is_new = self._contact is None
        self.stage.say(f"{name} is one of your contacts now." if is_new else f"{name} is saved.")

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        self.stage.complain_of(error)
