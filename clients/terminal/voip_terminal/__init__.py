"""The terminal faces of the client: the full-screen one and the JSON one."""
