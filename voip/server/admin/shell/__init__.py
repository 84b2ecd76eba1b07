"""The shell an operator types into: the line being edited, its history, what comes of a line.

It does not know what carries it, SSH or the admin socket. Importing its ``terminal`` and ``shell``
imports Conch, and Conch imports the reactor.
"""
