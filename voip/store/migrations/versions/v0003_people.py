"""Phone books, past calls, and the words by which accounts are found."""

import sqlalchemy as sa
from alembic import op

from voip.core.ids import Username
from voip.store.words import words_of

revision = "0003"
down_revision: str | None = "0002"


def upgrade() -> None:
    op.create_table(
        "contacts",
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("username", sa.String(32), nullable=False),
        sa.Column("alias", sa.String(200), nullable=False),
        sa.Column("is_favourite", sa.Boolean, nullable=False),
        sa.Column("notes", sa.String(2000), nullable=False),
        sa.Column("is_blocked", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_contacts_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "username", name="pk_contacts"),
    )
    op.create_table(
        "history",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("call_id", sa.LargeBinary(16), nullable=False),
        sa.Column("is_incoming", sa.Boolean, nullable=False),
        sa.Column("is_missed", sa.Boolean, nullable=False),
        sa.Column("peers", sa.Text, nullable=False),
        sa.Column("is_conference", sa.Boolean, nullable=False),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("talked_seconds", sa.Integer, nullable=False),
        sa.Column("lost_per_mille", sa.Integer, nullable=False),
        sa.Column("rtt_ms", sa.Integer, nullable=False),
        sa.Column("is_seen", sa.Boolean, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_history_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_history_account_id_id", "history", ["account_id", "id"])
    words = op.create_table(
        "account_words",
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("username", sa.String(32), nullable=False),
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_account_words_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "username", name="pk_account_words"),
    )
    op.create_index("ix_account_words_username", "account_words", ["username"])
    op.create_index("ix_account_words_account_id", "account_words", ["account_id"])
    _fill(words)


def downgrade() -> None:
    op.drop_table("account_words")
    op.drop_table("history")
    op.drop_table("contacts")


def _fill(words: sa.Table) -> None:
    """Let those who are here already be found too."""
    accounts = sa.table("accounts", sa.column("id"), sa.column("username"), sa.column("nick"))
    connection = op.get_bind()
    rows = [
        {"word": word, "username": account.username, "account_id": account.id}
        for account in connection.execute(sa.select(accounts))
        for word in words_of(Username(account.username), account.nick)
    ]
    if rows:
        op.bulk_insert(words, rows)
