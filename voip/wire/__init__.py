"""Bytes and back: frames, messages, sealed datagrams. No sockets."""
