"""Tests of voip_terminal.settings."""
