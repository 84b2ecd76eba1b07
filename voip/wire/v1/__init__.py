"""The control protocol, version 1, as made by proto/generate.py: never edited by hand."""
