"""The settings of the terminal client: what there is, the file they stand in, their changes."""
