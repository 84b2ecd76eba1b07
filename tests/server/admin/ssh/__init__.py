"""Tests of the admin shell's SSH door."""
