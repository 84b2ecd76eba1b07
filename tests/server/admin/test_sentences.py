"""Numbers and times in sentences."""

from twisted.trial.unittest import SynchronousTestCase

from voip.server.admin.sentences import counted, lasting, listed, moment


class SentencesTests(SynchronousTestCase):
    """Each reads as a person would say it."""

    def test_counts(self) -> None:
        """One is one, all else are several; thousands are parted."""
        self.assertEqual(counted(1, "device"), "1 device")
        self.assertEqual(counted(0, "device"), "0 devices")
        self.assertEqual(counted(12_345, "person", "people"), "12,345 people")

    def test_moments(self) -> None:
        """To the minute, and of which time zone."""
        self.assertEqual(moment(1_700_000_000), "2023-11-14 22:13 UTC")

    def test_how_long(self) -> None:
        """By the two largest units."""
        spans = {0.2: "0 s", 42.0: "42 s", 185.0: "3 min 5 s", 7620.0: "2 h 7 min"}
        spans |= {3600.0: "1 h", 97_200.0: "1 d 3 h", 86_461.0: "1 d 1 min"}
        for seconds, said in spans.items():
            self.assertEqual(lasting(seconds), said)

    def test_lists(self) -> None:
        """Of many names the first, and how many more."""
        self.assertEqual(listed([]), "")
        self.assertEqual(listed(["ann"]), "ann")
        self.assertEqual(listed(["ann", "bob"]), "ann and bob")
        self.assertEqual(listed(["ann", "bob", "cat"]), "ann, bob and cat")
        self.assertEqual(listed(list("abcdefg")), "a, b, c, d and 3 more")
