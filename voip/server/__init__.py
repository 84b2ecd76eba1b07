"""The Twisted side of the service: listeners, sessions, the relay, the log."""
