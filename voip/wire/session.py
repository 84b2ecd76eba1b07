"""What outlives one connection on the server: answers given and notices told.

Knows request numbers, notice numbers and the messages they stand for; neither bytes nor sockets.
A client that lost its connection resumes, sends again what it got no answer to, and says which
notice it saw last. Its requests go through the ``AnswerCache``, so that none is done twice; the
notices it missed come out of the ``NoticeQueue``.
"""

from collections import OrderedDict, deque
from enum import Enum, unique

from voip.core.account_messages import ListDevices
from voip.core.errors import ErrorCode, RemoteProtocolError
from voip.core.messages import Answer, Notice, Ping, Request
from voip.core.people_messages import GetPerson, ListContacts, ListHistory, ListUsers

_CHANGES_NOTHING = (Ping, ListUsers, GetPerson, ListContacts, ListHistory, ListDevices)

DEFAULT_ANSWERS_KEPT = 256
DEFAULT_UNDERWAY = 32
DEFAULT_NOTICES_KEPT = 256


@unique
class Begun(Enum):
    """What to do with a request that just came in."""

    NEW = "new"  # do it, then call ``finish``
    UNDERWAY = "underway"  # sent again too early: its answer is on the way, do nothing
    FORGOTTEN = "forgotten"  # too old to know whether it was done: refuse with BAD_REQUEST
    CROWDED = "crowded"  # too many unanswered: refuse with RATE_LIMITED


class AnswerCache:
    """The last answers of a session by request number: asked again, answered again, done once.

    Requests that change nothing (Ping and those that list) are not kept: doing them again is right,
    and their answers are the large ones.
    """

    def __init__(
        self,
        answers_kept: int = DEFAULT_ANSWERS_KEPT,
        max_underway: int = DEFAULT_UNDERWAY,
    ) -> None:
        self._answers_kept = answers_kept
        self._max_underway = max_underway
        self._answers: OrderedDict[int, Answer] = OrderedDict()
        self._underway: set[int] = set()
        self._forgotten_id = 0

    def begin(self, request_id: int, request: Request) -> Begun | Answer:
        """Either the answer it had before, to be sent again, or what to do with it."""
        if isinstance(request, _CHANGES_NOTHING):
            return Begun.NEW
        if request_id in self._answers:
            return self._answers[request_id]
        if request_id in self._underway:
            return Begun.UNDERWAY
        if request_id <= self._forgotten_id:
            return Begun.FORGOTTEN
        if len(self._underway) >= self._max_underway:
            return Begun.CROWDED
        self._underway.add(request_id)
        return Begun.NEW

    def finish(self, request_id: int, answer: Answer) -> None:
        """Keep the answer of a request that ``begin`` called new."""
        if request_id not in self._underway:
            return
        self._underway.discard(request_id)
        self._answers[request_id] = answer
        if len(self._answers) > self._answers_kept:
            forgotten, _ = self._answers.popitem(last=False)
            self._forgotten_id = max(self._forgotten_id, forgotten)


class NoticeQueue:
    """A session's notices, numbered from 1, each kept until the client has dealt with it."""

    def __init__(self, max_kept: int = DEFAULT_NOTICES_KEPT) -> None:
        self._max_kept = max_kept
        self._kept: deque[tuple[int, Notice]] = deque()
        self._gone_seq = 0
        self.last_seq = 0
        """The number of the newest notice; 0 before the first."""

    def __len__(self) -> int:
        return len(self._kept)

    def push(self, notice: Notice) -> int:
        """Keep a notice and give its number. A full queue drops its oldest, and with it the
        possibility to resume from before that one."""
        self.last_seq += 1
        self._kept.append((self.last_seq, notice))
        if len(self._kept) > self._max_kept:
            self._gone_seq, _ = self._kept.popleft()
        return self.last_seq

    def acknowledge(self, seq: int) -> None:
        """Let go of everything up to ``seq``; raises ``RemoteProtocolError`` for one never told."""
        if seq > self.last_seq:
            raise RemoteProtocolError(ErrorCode.BAD_REQUEST, "acknowledges what was never told")
        while self._kept and self._kept[0][0] <= seq:
            self._gone_seq, _ = self._kept.popleft()

    def since(self, last_seq: int) -> tuple[tuple[int, Notice], ...] | None:
        """What came after ``last_seq``; None when some of it is gone: nothing to resume."""
        if not self._gone_seq <= last_seq <= self.last_seq:
            return None
        return tuple(entry for entry in self._kept if entry[0] > last_seq)
