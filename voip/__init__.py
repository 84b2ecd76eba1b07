"""voip: private calls from a terminal. The server, the client core and the voice engine."""
