"""Figures with a method: each prints one JSON object as its last line."""
