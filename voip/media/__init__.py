"""Sound as data: Opus, SFrame, jitter buffer, mixing. No devices, no sockets."""
