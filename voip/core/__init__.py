"""What the service decides, and nothing it does: no I/O, no clock, no wire format."""
