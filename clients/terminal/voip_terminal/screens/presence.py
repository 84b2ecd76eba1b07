"""The box in which one sets what others see: a state, and a text of one's own."""

from voip.client.model import Change
from voip.core.people import Presence
from voip_terminal.forms import Choice, Field, Form, Part
from voip_terminal.screens.boxes import FormBox
from voip_terminal.stage import Stage
from voip_terminal.wording import CHOOSABLE, PRESENCE_WORDS

_STATES = tuple(CHOOSABLE)


class PresenceBox(FormBox):
    """Five states and a text."""

    title = "What others see of you"
    act = "tell everybody"
    cols = 72

    def __init__(self, stage: Stage) -> None:
        super().__init__(stage)
        me = stage.model.me
        self._now = self._chosen = _settable(stage.own_presence)
        self._text = Field(
            "Text",
            stage.glyphs,
            text=me.text if me else "",
            label_cols=6,
            cols=44,
            takes_question_mark=True,
        )
        choices = [self._choice(presence) for presence in CHOOSABLE]
        parts: list[Part] = [
            "",
            *choices,
            "",
            self._text,
            "",
            "Space chooses a state.",
        ]
        self.lay_out(Form(parts), len(parts))
        self.form.focus(_STATES.index(self._chosen))

    def _choice(self, presence: Presence) -> Choice:
        sign = self.stage.glyphs.presence(presence)

        def choose() -> None:
            self._chosen = presence

        return Choice(
            f"{sign} {PRESENCE_WORDS[presence]:<14}  {CHOOSABLE[presence]}",
            self.stage.glyphs,
            lambda: self._chosen is presence,
            choose,
        )

    def refresh(self, change: Change) -> None:
        """Whoever comes back from being away is available a moment later, here too."""
        now = _settable(self.stage.own_presence)
        is_untouched = self._chosen is self._now and self.form.place == _STATES.index(self._now)
        if Change.ME in change and is_untouched and now is not self._now:
            self._now = self._chosen = now
            self.form.focus(_STATES.index(now))

    def submit(self) -> None:
        if isinstance(self.form.focused, Choice):
            self._chosen = _STATES[self.form.place]
        self.is_busy = True
        is_hidden = self._chosen is Presence.INVISIBLE
        told = PRESENCE_WORDS[Presence.OFFLINE if is_hidden else self._chosen]
        asked = self.stage.controller.set_presence(self._chosen, self._text.text.strip())
        self.stage.ask(asked, lambda _: self._set(told), self._refused)

    def _set(self, told: str) -> None:
        self.stage.close(self)
        self.stage.say(f"Others see you as {told} now.")

    def _refused(self, error: Exception) -> None:
        self.is_busy = False
        self.stage.complain_of(error)


def _settable(presence: Presence) -> Presence:
    return presence if presence in CHOOSABLE else Presence.AVAILABLE
