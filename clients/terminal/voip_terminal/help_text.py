"""The help's chapters that are prose: paragraphs with an empty line between them."""

FIRST_CALL = """\
Sign in, or create an account: a server, a name and a password are enough.

The list at the left shows who is online. Move with the arrow keys, press Enter to call. Where
the list is long, press / and type a part of the name.

Nobody there? Call echo: it answers at once and plays back what it hears, on every server.

While you talk, Space turns your microphone off and on, and Ctrl-X hangs up. When somebody calls
you, a answers and d declines, on whatever screen you are.

The four words beside E2E are the same on both sides. Read them to each other once and press v:
from then on the two of you count as verified.
"""

NO_SOUND = """\
Call echo first. If you hear yourself, your microphone, speaker and network are fine.

Look at the bars in the call. If yours does not move when you speak, the microphone is off
(press Space), is another one than you think, or is muted by the system's mixer.

If yours moves and theirs does not, the other side's microphone is the one to look at.

If nothing arrives at all, the network may block UDP: the call then says so.

No sound device at all? You can call all the same; the call says which one is missing.
"""

PRIVACY = """\
What you say is encrypted on this computer and decrypted on the other person's. The server
carries it and cannot listen.

The server knows who calls whom, when and for how long. Nobody else's client learns your
address: everything goes through the server.

The four words prove that nobody sits between you. Compare them by voice, once for each person.
If somebody's key changes later, calls with them stop and you are told.

Your password never leaves this computer. The server keeps only what is needed to check it.
Forgot it? A recovery code, shown when you made the account, sets a new one, once. Lost a
computer? Remove it in the settings: it is signed out at once.
"""
