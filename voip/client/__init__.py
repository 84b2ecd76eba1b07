"""A client without a screen: session, keys, calls, voice. Its faces are elsewhere."""
