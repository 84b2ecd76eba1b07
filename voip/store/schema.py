"""The tables, as SQLAlchemy Core sees them. The migrations make them; a test holds the two equal.

Nothing in them lets a thief log in: a verifier is one-way (RFC 5802), the account key is sealed
under keys that only the password and the recovery codes give, and of a device only the public half
is here. Of invites and reset tokens there is a hash.
"""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

accounts = sa.Table(
    "accounts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("username", sa.String(32), nullable=False, unique=True),
    sa.Column("nick", sa.String(200), nullable=False),
    # All NULL for an account that nobody logs in to by a password.
    sa.Column("salt", sa.LargeBinary),
    sa.Column("kdf_memory_kib", sa.Integer),
    sa.Column("kdf_passes", sa.Integer),
    sa.Column("kdf_lanes", sa.Integer),
    sa.Column("stored_key", sa.LargeBinary),
    sa.Column("server_key", sa.LargeBinary),
    sa.Column("account_public", sa.LargeBinary, nullable=False),
    sa.Column("account_sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.BigInteger, nullable=False),
    sa.Column("is_pending", sa.Boolean, nullable=False, server_default=sa.false()),
    # All NULL for an account that is not banned.
    sa.Column("ban_reason", sa.Text),
    sa.Column("ban_by", sa.String(128)),
    sa.Column("ban_at", sa.BigInteger),
    sa.Column("ban_until", sa.BigInteger),  # NULL also where the ban is for good
    sqlite_autoincrement=True,  # what is under way for a deleted account never meets another
)
# Few wait and few are banned: both are listed and counted without a look at everybody.
sa.Index(
    "ix_accounts_pending",
    accounts.c.username,
    sqlite_where=accounts.c.is_pending == sa.true(),
    postgresql_where=accounts.c.is_pending == sa.true(),
)
sa.Index(
    "ix_accounts_banned",
    accounts.c.username,
    sqlite_where=accounts.c.ban_at.is_not(None),
    postgresql_where=accounts.c.ban_at.is_not(None),
)

devices = sa.Table(
    "devices",
    metadata,
    sa.Column(
        "account_id", sa.Integer, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("device", sa.LargeBinary(32), primary_key=True),
    sa.Column("public", sa.LargeBinary, nullable=False),
    sa.Column("certificate", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("added_at", sa.BigInteger, nullable=False),
    sa.Column("seen_at", sa.BigInteger, nullable=False),
)

# The contact need not have an account, nor keep it: what is in a book is its owner's.
contacts = sa.Table(
    "contacts",
    metadata,
    sa.Column(
        "account_id", sa.Integer, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("username", sa.String(32), primary_key=True),
    sa.Column("alias", sa.String(200), nullable=False),
    sa.Column("is_favourite", sa.Boolean, nullable=False),
    sa.Column("notes", sa.String(2000), nullable=False),
    sa.Column("is_blocked", sa.Boolean, nullable=False),
)

history = sa.Table(
    "history",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column(
        "account_id", sa.Integer, sa.ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("call_id", sa.LargeBinary(16), nullable=False),
    sa.Column("is_incoming", sa.Boolean, nullable=False),
    sa.Column("is_missed", sa.Boolean, nullable=False),
    sa.Column("peers", sa.Text, nullable=False),  # user names, one a line
    sa.Column("is_conference", sa.Boolean, nullable=False),
    sa.Column("outcome", sa.String(32), nullable=False),
    sa.Column("started_at", sa.BigInteger, nullable=False),
    sa.Column("talked_seconds", sa.Integer, nullable=False),
    sa.Column("lost_per_mille", sa.Integer, nullable=False),
    sa.Column("rtt_ms", sa.Integer, nullable=False),
    sa.Column("is_seen", sa.Boolean, nullable=False),
    sa.Index(None, "account_id", "id"),
    sqlite_autoincrement=True,  # a cursor never meets another entry under its number
)

account_words = sa.Table(
    "account_words",
    metadata,
    sa.Column("word", sa.String(40), primary_key=True),
    sa.Column("username", sa.String(32), primary_key=True, index=True),
    sa.Column(
        "account_id",
        sa.Integer,
        sa.ForeignKey("accounts.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column(
        "account_id", sa.Integer, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
)

invites = sa.Table(
    "invites",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("name", sa.String(64), nullable=False, unique=True),
    sa.Column("made_by", sa.String(128), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("made_at", sa.BigInteger, nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
    sa.Column("uses_left", sa.Integer, nullable=False),
)

resets = sa.Table(
    "resets",
    metadata,
    sa.Column(
        "account_id", sa.Integer, sa.ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    ),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("expires_at", sa.BigInteger, nullable=False),
)

# The audit. It points at no account: it outlives those it is about.
deeds = sa.Table(
    "deeds",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("deed", sa.String(16), nullable=False, unique=True),
    sa.Column("at", sa.BigInteger, nullable=False),
    sa.Column("who", sa.String(128), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("door", sa.String(16), nullable=False),
    sa.Column("address", sa.String(128), nullable=False),
    sa.Column("what", sa.String(128), nullable=False),
    sa.Column("whom", sa.Text, nullable=False),
    sa.Column("line", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Index(None, "at", "id"),  # newest first, and since when
)
