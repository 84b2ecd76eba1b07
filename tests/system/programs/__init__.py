"""Programs that system tests start: real clients on the real reactor, told by what they print."""
