"""The parts of the settings screen: each a list of rows, and what changes them."""
