"""Approvals and bans, invites, reset tokens, and the audit."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision: str | None = "0003"


def upgrade() -> None:
    op.add_column(
        "accounts",
        sa.Column("is_pending", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    op.add_column("accounts", sa.Column("ban_reason", sa.Text))
    op.add_column("accounts", sa.Column("ban_by", sa.String(128)))
    op.add_column("accounts", sa.Column("ban_at", sa.BigInteger))
    op.add_column("accounts", sa.Column("ban_until", sa.BigInteger))
    is_pending = sa.column("is_pending", sa.Boolean) == sa.true()
    is_banned = sa.column("ban_at").is_not(None)
    for name, where in (("ix_accounts_pending", is_pending), ("ix_accounts_banned", is_banned)):
        op.create_index(
            name, "accounts", ["username"], sqlite_where=where, postgresql_where=where
        )
    op.create_table(
        "invites",
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("made_by", sa.String(128), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("uses_left", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_invites"),
        sa.UniqueConstraint("name", name="uq_invites_name"),
    )
    op.create_table(
        "resets",
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_resets_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_resets"),
    )
    op.create_table(
        "deeds",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("deed", sa.String(16), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("who", sa.String(128), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("door", sa.String(16), nullable=False),
        sa.Column("address", sa.String(128), nullable=False),
        sa.Column("what", sa.String(128), nullable=False),
        sa.Column("whom", sa.Text, nullable=False),
        sa.Column("line", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deeds"),
        sa.UniqueConstraint("deed", name="uq_deeds_deed"),
    )
    op.create_index("ix_deeds_at_id", "deeds", ["at", "id"])


def downgrade() -> None:
    op.drop_table("deeds")
    op.drop_table("resets")
    op.drop_table("invites")
    op.drop_index("ix_accounts_banned", "accounts")
    op.drop_index("ix_accounts_pending", "accounts")
    for name in ("ban_until", "ban_at", "ban_by", "ban_reason", "is_pending"):
        op.drop_column("accounts", name)
