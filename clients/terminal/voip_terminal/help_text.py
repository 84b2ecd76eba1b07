"""The help's chapters that are prose: paragraphs with an empty line between them.

A word in braces is a verb; the help puts the key there that does it for this person.
"""

CALLING = """\
Sign in, or create an account: a server, a name and a password are enough.

The list at the left shows your contacts. Move with the arrow keys, press Enter to call. Everybody
on the server is found with {find}: type a part of the name.

Nobody there? Call echo: it answers at once and plays back what it hears, on every server.

While you talk, {mute} turns your microphone off and on, and {hang_up} hangs up. When somebody
calls you, {answer} answers and {decline} declines, on whatever screen you are. If you talk to
somebody already, answering puts them on hold; {hold} does so by itself, and takes them back.

With several calls each has a number: press it to talk there, the other one is held. {swap} swaps
two of them.

The four words beside E2E are the same on both sides. Read them to each other once and press
{words_match}: from then on the two of you count as verified.
"""

CONFERENCES = """\
While you talk, {add} adds somebody to the call, and {join} joins a held call with it: all of you
are in a conference then.

The people in it stand where the call was. Arrow keys choose one, Tab goes to your contacts and
back. {mute_here} stops playing somebody, for you only; {quieter} and {louder} make them quieter
and louder. Whoever is heard just now has a sign behind the bar.

Who started the conference is its host: {mute_peer} turns somebody's microphone off until they
turn it on again, {kick} removes them, {lock} lets nobody else in, and {end_for_all} ends it for
all. With {leave} only you leave; the next one becomes the host.

The 30 digits beside E2E are the same for everybody. Let one of you read them aloud, and press
{words_match} if they match: nobody is listening whom you don't see in the list.

You may be invited only to listen: you hear everybody and have no microphone there.
"""

NO_SOUND = """\
Look into the settings with {settings}: the bar under your microphone moves when you speak. If it
does not, choose another microphone there, or look whether the system's mixer mutes it.

Call echo, there or from your contacts. If you hear yourself, your microphone, speaker and network
are fine.

In a call, look at the bars. If yours does not move, your microphone is off: {mute} turns it on. If
yours moves and theirs does not, the other side's microphone is the one to look at. If theirs moves
and you hear nothing, look whether you turned the sound off ({deafen}) or them down ({louder}).

Where a network blocks UDP, voices go through TLS by themselves; the call says by which way.

No sound device at all? You can call all the same; the call says which one is missing.
"""

PRIVACY = """\
What you say is encrypted on this computer and decrypted on the other people's. The server carries
it and cannot listen, in conferences too: who joins later cannot open what was said before, who
leaves not what is said afterwards.

The server knows who calls whom, when and for how long, and keeps your contacts and past calls for
you. Nobody else's client learns your address: everything goes through the server.

The four words, and a conference's digits, prove that nobody sits between you. Compare them by
voice, once for each person. If somebody's key changes later, calls with them stop and you are told.

Your password never leaves this computer. The server keeps only what is needed to check it.
Forgot it? A recovery code, shown when you made the account, sets a new one, once. With no code
left, the server's operator can give you a token; but then your key changes, and others are told.
Lost a computer? Remove it in the settings: it is signed out at once.

Whom you block sees you as offline and cannot call you.
"""
