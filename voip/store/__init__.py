"""Accounts and what belongs to them: one interface, kept in memory or in a database."""
