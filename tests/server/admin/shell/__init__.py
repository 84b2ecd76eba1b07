"""Tests of the shell an operator types into."""
