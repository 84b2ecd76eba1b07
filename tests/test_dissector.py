"""The dissector in docs/ knows the datagram as the code does."""

import re
from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from voip.config import DEFAULT_PORT
from voip.core.ids import Cid
from voip.wire.datagram import HEADER_LENGTH, TAG_LENGTH, MediaKeys, Sealer, Suite

SCRIPT = (Path(__file__).parent.parent / "docs" / "voip.lua").read_text(encoding="utf-8")


class DissectorTests(SynchronousTestCase):
    """What the script holds as numbers."""

    def test_it_finds_the_parts_where_they_are(self) -> None:
        """Lengths, type and port are those of the code."""
        lengths = re.search(r"HEADER_BYTES, TAG_BYTES = (\d+), (\d+)", SCRIPT)
        types = re.search(r"TYPE, OTHER_PHASE = 0x(\d+), 0x(\d+)", SCRIPT)
        assert lengths is not None
        assert types is not None
        self.assertEqual(tuple(map(int, lengths.groups())), (HEADER_LENGTH, TAG_LENGTH))
        keys = MediaKeys.generate(Suite.AES_128_GCM, bytes)
        self.assertEqual(Sealer(Cid(1), keys).seal(b"")[0], int(types[1], 16))
        self.assertIn(f'Pref.uint("UDP port", {DEFAULT_PORT},', SCRIPT)
