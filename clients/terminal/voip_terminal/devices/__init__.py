"""Real sound devices, reached through PyAudio; only the voice engine's process imports them."""
