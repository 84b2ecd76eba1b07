"""Accounts and their devices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("username", sa.String(32), nullable=False),
        sa.Column("nick", sa.String(200), nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("kdf_memory_kib", sa.Integer),
        sa.Column("kdf_passes", sa.Integer),
        sa.Column("kdf_lanes", sa.Integer),
        sa.Column("stored_key", sa.LargeBinary),
        sa.Column("server_key", sa.LargeBinary),
        sa.Column("account_public", sa.LargeBinary, nullable=False),
        sa.Column("account_sealed", sa.LargeBinary, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("username", name="uq_accounts_username"),
    )
    op.create_table(
        "devices",
        sa.Column("account_id", sa.Integer, nullable=False),
        sa.Column("device", sa.LargeBinary(32), nullable=False),
        sa.Column("public", sa.LargeBinary, nullable=False),
        sa.Column("certificate", sa.LargeBinary, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_devices_account_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "device", name="pk_devices"),
    )


def downgrade() -> None:
    op.drop_table("devices")
    op.drop_table("accounts")
