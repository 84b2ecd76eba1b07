"""Who is logged in: the sessions of one node, found by session, account or user name.

It knows nothing of calls and presence. A lost session stays until it is closed.
"""

from dataclasses import replace

from voip.core.events import SessionOpened
from voip.core.ids import AccountId, SessionId, Username


class Sessions:
    """The open sessions, in the order in which they were opened."""

    def __init__(self) -> None:
        self._by_id: dict[SessionId, SessionOpened] = {}
        self._by_name: dict[Username, list[SessionId]] = {}
        self._lost: set[SessionId] = set()
        self._idle: set[SessionId] = set()

    def __contains__(self, session: SessionId) -> bool:
        return session in self._by_id

    def open(self, opened: SessionOpened) -> None:
        """A device logged in."""
        self._by_id[opened.session] = opened
        self._by_name.setdefault(opened.username, []).append(opened.session)

    def close(self, session: SessionId) -> None:
        """It is over for good."""
        username = self._by_id.pop(session).username
        self._by_name[username].remove(session)
        if not self._by_name[username]:
            del self._by_name[username]
        self._lost.discard(session)
        self._idle.discard(session)

    def lost(self, session: SessionId) -> None:
        self._lost.add(session)

    def resumed(self, session: SessionId) -> None:
        self._lost.discard(session)

    def set_idle(self, session: SessionId, is_idle: bool) -> None:
        """Nobody has touched the device for a while, or somebody does again."""
        if is_idle:
            self._idle.add(session)
        else:
            self._idle.discard(session)

    def is_idle(self, username: Username) -> bool:
        """Whether all devices that somebody is logged in with are idle."""
        return self._idle.issuperset(self._by_name.get(username, ()))

    def is_connected(self, session: SessionId) -> bool:
        """Not lost; a session that is not here is not known to be lost."""
        return session not in self._lost

    def get(self, session: SessionId) -> SessionOpened | None:
        return self._by_id.get(session)

    def of_name(self, username: Username) -> list[SessionOpened]:
        """The devices that somebody is logged in with; none when absent or offline."""
        return [self._by_id[session] for session in self._by_name.get(username, ())]

    def all(self) -> list[SessionOpened]:
        return list(self._by_id.values())

    def connected(self, username: Username) -> list[SessionId]:
        """The sessions of somebody that can be told something right now."""
        sessions = self._by_name.get(username, ())
        return [session for session in sessions if session not in self._lost]

    def rename(self, account: AccountId, nick: str) -> list[Username]:
        """An account shows another nick from now on; gives its user name when it is here."""
        renamed = [one for one in self._by_id.values() if one.account == account]
        for one in renamed:
            self._by_id[one.session] = replace(one, nick=nick)
        return [one.username for one in renamed[:1]]
