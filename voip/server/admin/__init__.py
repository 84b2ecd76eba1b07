"""The operator's side: the commands, and the doors by which they are given."""
