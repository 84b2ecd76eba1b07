"""The alerts and the board in ``deploy``, as those who use them rely on them."""

import json
import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from twisted.trial.unittest import SynchronousTestCase

from dev import grafana_board
from tests.harness.prometheus import PROGRAMS, promtool
from voip.server import families
from voip.server.families import Family, Kind

DEPLOY = Path(__file__).resolve().parent.parent / "deploy"
RULES = DEPLOY / "prometheus/voip.rules.yml"
RULES_TEST = DEPLOY / "prometheus/voip.rules.test.yml"
PARTS = {
    Kind.COUNTER: ("",),
    Kind.GAUGE: ("",),
    Kind.HISTOGRAM: ("_bucket", "_count", "_sum"),
}
KNOWN = {
    f"{each.name}{part}"
    for each in vars(families).values()
    if isinstance(each, Family)
    for part in PARTS[each.kind]
}


def unknown_metrics(text: str) -> set[str]:
    """Names that look like metrics of ours and are none."""
    return set(re.findall(r"\bvoip_[a-z_]+", text)) - KNOWN


class AlertTests(SynchronousTestCase):
    """Rules for Prometheus."""

    def test_the_settings_and_the_rules_can_be_used(self) -> None:
        """As Prometheus itself reads them."""
        promtool("check", "config", str(DEPLOY / "prometheus/scrape.yml"))
        promtool("check", "rules", str(RULES))

    def test_each_alert_fires_when_it_should(self) -> None:
        """And none on a day on which all is well."""
        promtool("test", "rules", str(RULES_TEST))
        alerts = re.findall(r"- alert: (\w+)", RULES.read_text())
        tried = re.findall(r'\{alertname="(\w+)"\}', RULES_TEST.read_text())
        self.assertEqual(sorted(tried), sorted(alerts))

    def test_each_alert_says_what_to_do(self) -> None:
        """How bad it is, what it is, and a sentence for who is woken."""
        for alert in RULES.read_text().split("- alert: ")[1:]:
            name = alert.split()[0]
            self.assertRegex(alert, r"severity: (critical|warning)\b", name)
            self.assertRegex(alert, r'\n +summary: "[^"]+\."\n', name)
            self.assertRegex(alert, r'\n +runbook: "(\\"|[^"])+\."', name)

    def test_no_rule_asks_for_what_there_is_not(self) -> None:
        """Every metric in them is one of the server's."""
        self.assertEqual(unknown_metrics(RULES.read_text()), set())
        self.assertEqual(unknown_metrics(RULES_TEST.read_text()), set())


class BoardTests(SynchronousTestCase):
    """The board for Grafana."""

    def setUp(self) -> None:
        self.text = (DEPLOY / "grafana/voip.json").read_text()
        self.board = json.loads(self.text)

    def test_it_is_fresh(self) -> None:
        """It is what it is made from says."""
        self.assertEqual(self.text, grafana_board.page())

    def test_every_metric_is_looked_at(self) -> None:
        """And no other; what has no picture is told elsewhere."""
        seen = set(re.findall(r"\bvoip_[a-z_]+", self.text))
        self.assertEqual(unknown_metrics(self.text), set())
        unseen = {
            each.name
            for each in vars(families).values()
            if isinstance(each, Family)
            and not seen & {f"{each.name}{part}" for part in PARTS[each.kind]}
        }
        self.assertEqual(unseen, set())

    def test_no_panel_lies_over_another(self) -> None:
        """Each has its own place, within the width of the board."""
        taken: set[tuple[int, int]] = set()
        for panel in self.board["panels"]:
            at = panel["gridPos"]
            self.assertLessEqual(at["x"] + at["w"], 24)
            cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
            self.assertEqual(taken & cells, set(), panel["title"])
            taken |= cells

    def test_the_source_is_chosen_on_the_board(self) -> None:
        """No panel names one of its own, and each says what it shows."""
        for panel in self.board["panels"]:
            if panel["type"] != "row":
                self.assertEqual(panel["datasource"]["uid"], "${datasource}")
                self.assertTrue(panel["description"])
                for target in panel["targets"]:
                    self.assertEqual(target["datasource"]["uid"], "${datasource}")


class FetchingTests(SynchronousTestCase):
    """The script that fetches Prometheus for the tests."""

    def fetch(self, folder: Path, path: str) -> subprocess.CompletedProcess[str]:
        """Run it where there are only the programs of ``path``."""
        return subprocess.run(
            ["/bin/sh", str(DEPLOY.parent / "dev/prometheus"), str(folder)],
            env={"PATH": path},
            capture_output=True,
            text=True,
            check=False,
        )

    def test_what_is_there_is_not_fetched_again(self) -> None:
        """It says nothing and needs nothing."""
        done = self.fetch(PROGRAMS, "/nowhere")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_where_it_cannot_be_fetched(self) -> None:
        """One sentence says what to do, as on a system that is not Debian."""
        with TemporaryDirectory() as place:
            programs = Path(place, "programs")
            programs.mkdir()
            (programs / "mkdir").symlink_to("/bin/mkdir")
            done = self.fetch(Path(place, "fetched"), str(programs))
        self.assertEqual(done.returncode, 1)
        self.assertIn("please put them into", done.stderr)
        self.assertEqual(len(done.stderr.splitlines()), 1)
