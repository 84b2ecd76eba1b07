"""Phone books in the database: plain functions of a connection."""

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert as upsert

from voip.core.contacts import Contact
from voip.core.ids import AccountId, Username
from voip.store.people import BookFull, KeptContact, NamesInBook
from voip.store.schema import accounts, contacts
from voip.store.words import calls_so


def names_in_book(connection: sa.Connection, account: AccountId) -> NamesInBook:
    """See ``PeopleStore.names_in_book``."""
    query = sa.select(contacts.c.username, contacts.c.is_blocked).where(
        contacts.c.account_id == account
    )
    rows = connection.execute(query).all()
    return NamesInBook(
        tuple(Username(row.username) for row in rows if not row.is_blocked),
        tuple(Username(row.username) for row in rows if row.is_blocked),
    )


def page_of_contacts(
    connection: sa.Connection, account: AccountId, after: str, limit: int
) -> tuple[KeptContact, ...]:
    """See ``PeopleStore.contacts``."""
    page = _kept(account).where(contacts.c.username > after).limit(limit)
    return tuple(map(_kept_contact, connection.execute(page).mappings()))


def put_contact(
    connection: sa.Connection, account: AccountId, contact: Contact, most: int
) -> KeptContact | BookFull:
    """See ``PeopleStore.put_contact``."""
    this = contacts.c.username == contact.username
    others = sa.select(contacts.c.username).where(contacts.c.account_id == account, ~this)
    room = sa.select(accounts.c.id).where(
        accounts.c.id == account,
        sa.select(sa.func.count()).select_from(others.subquery()).scalar_subquery() < most,
    )
    if connection.execute(room).scalar_one_or_none() is None:
        return BookFull()
    written = {
        "alias": contact.alias,
        "is_favourite": contact.is_favourite,
        "notes": contact.notes,
        "is_blocked": contact.is_blocked,
    }
    statement = upsert(contacts).values(account_id=account, username=contact.username, **written)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[contacts.c.account_id, contacts.c.username], set_=written
        )
    )
    row = connection.execute(_kept(account).where(this)).mappings().one()
    return _kept_contact(row)


def delete_contact(connection: sa.Connection, account: AccountId, username: Username) -> bool:
    """See ``PeopleStore.delete_contact``."""
    this = (contacts.c.account_id == account) & (contacts.c.username == username)
    return connection.execute(contacts.delete().where(this)).rowcount == 1


def names_so_called(
    connection: sa.Connection, account: AccountId, query: str
) -> frozenset[Username]:
    """The contacts whose alias or nick has these letters."""
    rows = connection.execute(_kept(account)).all()
    return frozenset(
        Username(row.username)
        for row in rows
        if calls_so(row.alias, query) or calls_so(row.nick, query)
    )


def _kept(account: AccountId) -> sa.Select[tuple[object, ...]]:
    """The entries of a book, by user name, with the nick of each account that there is."""
    return (
        sa.select(contacts, sa.func.coalesce(accounts.c.nick, contacts.c.username).label("nick"))
        .join_from(contacts, accounts, accounts.c.username == contacts.c.username, isouter=True)
        .where(contacts.c.account_id == account)
        .order_by(contacts.c.username)
    )


def _kept_contact(row: sa.RowMapping) -> KeptContact:
    contact = Contact(
        username=Username(row["username"]),
        alias=row["alias"],
        is_favourite=row["is_favourite"],
        notes=row["notes"],
        is_blocked=row["is_blocked"],
    )
    return KeptContact(contact, row["nick"])
