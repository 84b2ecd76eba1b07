"""How a line of an operator went, as a script sees it.

Apart from the desk, so that ``voipctl`` starts without loading the server.
"""

from enum import IntEnum, unique


@unique
class Exit(IntEnum):
    """An exit code."""

    DONE = 0
    REFUSED = 1  # it was understood, and cannot be done
    USAGE = 2  # no such command, wrong parameters, or it needs --yes
    NOT_RECORDED = 3  # the audit cannot be written
    UNREACHABLE = 4  # told by voipctl, where no server answers
