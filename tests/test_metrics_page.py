"""The page of the server's metrics."""

from pathlib import Path

from twisted.trial.unittest import SynchronousTestCase

from dev.metrics_page import page
from voip.server import families
from voip.server.families import Family

PAGE = Path(__file__).resolve().parent.parent / "docs/metrics.md"


class MetricsPageTests(SynchronousTestCase):
    """Documentation that cannot grow stale."""

    def test_the_page_is_fresh(self) -> None:
        """docs/metrics.md is what the metrics make it."""
        self.assertEqual(PAGE.read_text(), page())

    def test_every_metric_stands_there_once(self) -> None:
        """With its kind and its labels."""
        for each in vars(families).values():
            if isinstance(each, Family):
                labels = ", ".join(f"`{label}`" for label in each.labels)
                self.assertEqual(page().count(f"| `{each.name}` | {each.kind.value} | {labels}"), 1)
