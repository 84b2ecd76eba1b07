"""The steps by which the database grows; run by ``voip.store.migrate``."""
