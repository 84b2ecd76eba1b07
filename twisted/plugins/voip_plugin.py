"""Tells twistd that there is a `voip` command.

Twisted imports this for every twistd command, so it imports nothing of ours: ``voip.tap`` is loaded
when `twistd voip` is asked for. There must never be an ``__init__.py`` beside it: it would replace
Twisted's own.
"""

from twisted.application.service import ServiceMaker

voip = ServiceMaker("voip", "voip.tap", "Private calls from your terminal: the server.", "voip")
