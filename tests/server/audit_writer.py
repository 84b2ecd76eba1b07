"""A process of its own that writes numbered lines to an audit, and says which are safe.

``python -m tests.server.audit_writer DIRECTORY ROTATE_BYTES``: it writes until it is killed, or
until its standard input ends.
"""

import os
import select
import sys
from itertools import count
from pathlib import Path

from voip.server.audit_file import AuditFile

LINE_BYTES = 100


def main() -> None:
    """Write, several lines at a time, and print the number of the last that is safe."""
    directory, rotate_bytes = sys.argv[1:]
    file = AuditFile(Path(directory), lambda: 1_700_000_000, int(rotate_bytes))
    for number in count(0, 3):
        lines = [f"{each:08}".ljust(LINE_BYTES - 1, ".") for each in range(number, number + 3)]
        file.append("".join(f"{line}\n" for line in lines).encode())
        os.write(1, f"{number + 2}\n".encode())
        if select.select([0], [], [], 0)[0]:
            return


if __name__ == "__main__":
    main()
