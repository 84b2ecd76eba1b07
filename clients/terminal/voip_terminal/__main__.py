"""``python -m voip_terminal``: the program ``voip`` where it is not installed."""

import sys

from voip_terminal.app import main

sys.exit(main())
