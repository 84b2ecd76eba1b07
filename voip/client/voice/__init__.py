"""The voice engine: one interface; it runs in this process or in its own."""
