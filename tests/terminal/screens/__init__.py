"""Tests of the screens and boxes, each through the real main loop."""
