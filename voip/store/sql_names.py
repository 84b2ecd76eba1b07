"""Finding accounts by name in the database, a page at a time.

``account_words`` has a row for each word of an account's names, in the order in which pages are
read: a page begins where the one before ended and reads no more rows than it shows, but for those
it has shown already by an earlier word. Plain functions of a connection.
"""

import sqlalchemy as sa

from voip.core.ids import AccountId, Username
from voip.store.people import MATCHES_COUNTED, FoundNames
from voip.store.schema import account_words, accounts
from voip.store.words import words_asked, words_of

_COUNTED = 10 * MATCHES_COUNTED
"""So far are those counted who have a word, to tell a rare one from a common one."""

_LAST = "\U0010ffff"

_IS_LISTED = accounts.c.is_pending == sa.false()
"""Who waits for an approval is nobody yet."""


def put_words(connection: sa.Connection, account: AccountId, username: str, nick: str) -> None:
    """Let an account be found by these names from now on."""
    connection.execute(account_words.delete().where(account_words.c.account_id == account))
    rows = [
        {"word": word, "username": username, "account_id": account}
        for word in sorted(words_of(Username(username), nick))
    ]
    connection.execute(account_words.insert(), rows)


def find_names(
    connection: sa.Connection, query: str, cursor: str, limit: int, without: Username
) -> FoundNames:
    """See ``PeopleStore.find_names``."""
    asked = _rarest_first(connection, words_asked(query), cursor)
    matching = _matching(asked, without) if asked else _everybody(without)
    counted = matching.limit(MATCHES_COUNTED).subquery()
    total = connection.execute(sa.select(sa.func.count()).select_from(counted)).scalar_one()
    page = _after(matching, cursor).limit(limit + 1)
    rows = connection.execute(page).all()
    names = tuple((Username(row.username), row.nick) for row in rows[:limit])
    last = rows[limit - 1] if len(rows) > limit else None
    return FoundNames(names, "" if last is None else f"{last.word}/{last.username}", total)


def _rarest_first(
    connection: sa.Connection, asked: tuple[str, ...], cursor: str
) -> tuple[str, ...]:
    """Every account with the first word is looked at. A further page has the first of the one
    before, which its cursor tells."""

    def count(word: str) -> int:
        some = sa.select(account_words.c.word).where(_begins(account_words, word)).limit(_COUNTED)
        return connection.execute(
            sa.select(sa.func.count()).select_from(some.subquery())
        ).scalar_one()

    return tuple(sorted(asked, key=lambda word: (not cursor.startswith(word), count(word))))


def _everybody(without: Username) -> sa.Select[tuple[str, str, str]]:
    return (
        sa.select(sa.literal("").label("word"), accounts.c.username, accounts.c.nick)
        .where(accounts.c.username != without, _IS_LISTED)
        .order_by(accounts.c.username)
    )


def _matching(asked: tuple[str, ...], without: Username) -> sa.Select[tuple[str, str, str]]:
    words, earlier = account_words, account_words.alias("earlier")
    first, *others = asked
    shown_before = sa.exists().where(
        earlier.c.username == words.c.username,
        _begins(earlier, first),
        earlier.c.word < words.c.word,
    )
    matching = (
        sa.select(words.c.word, words.c.username, accounts.c.nick)
        .join(accounts, accounts.c.id == words.c.account_id)
        .where(_begins(words, first), words.c.username != without, _IS_LISTED, ~shown_before)
        .order_by(words.c.word, words.c.username)
    )
    for number, other in enumerate(others):
        also = account_words.alias(f"also_{number}")
        matching = matching.where(
            sa.exists().where(also.c.username == words.c.username, _begins(also, other))
        )
    return matching


def _begins(words: sa.FromClause, prefix: str) -> sa.ColumnElement[bool]:
    return sa.and_(words.c.word >= prefix, words.c.word < prefix + _LAST)


def _after(
    matching: sa.Select[tuple[str, str, str]], cursor: str
) -> sa.Select[tuple[str, str, str]]:
    if not cursor:
        return matching
    word, _, username = cursor.rpartition("/")  # which stands in no user name
    if not word:
        return matching.where(accounts.c.username > username)
    row = sa.tuple_(account_words.c.word, account_words.c.username)
    return matching.where(row > sa.tuple_(sa.literal(word), sa.literal(username)))
