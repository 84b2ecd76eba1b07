"""Alembic's entry: runs the steps on the connection that ``voip.store.migrate`` hands in."""

from alembic import context

from voip.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
