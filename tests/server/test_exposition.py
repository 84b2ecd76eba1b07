"""The figures as Prometheus reads them."""

from twisted.trial.unittest import SynchronousTestCase

from tests.server.offices import Office, invite
from tests.server.someone import ANN, BOB, Someone
from tests.server.watched_parts import watched
from voip.core.ids import Username
from voip.server import families
from voip.server.exposition import Exposition
from voip.server.families import Family
from voip.store.observed import Work
from voip.store.operator import StoreFigures

KEPT = StoreFigures(accounts=5, pending=1, banned=2, database_bytes=4096)
FAMILIES = [each for each in vars(families).values() if isinstance(each, Family)]


class ExpositionTests(SynchronousTestCase):
    """A server that is watched."""

    def setUp(self) -> None:
        self.office = Office()
        self.watched = watched(self.office)
        self.exposition = Exposition(self.watched)

    def text(self, accept: str = "") -> str:
        body, _ = self.exposition.text(KEPT, accept)
        return body.decode()

    def values(self) -> dict[str, float]:
        """Each sample by its name with labels."""
        samples = (line.rpartition(" ") for line in self.text().splitlines() if line[0] != "#")
        return {name: float(value) for name, _, value in samples}

    def test_every_metric_is_there(self) -> None:
        """Each family once, with its meaning and kind; and no other of ours."""
        lines = self.text().splitlines()
        helps = [line.split()[2] for line in lines if line.startswith("# HELP voip_")]
        self.assertEqual(sorted(helps), sorted(family.name for family in FAMILIES))
        for family in FAMILIES:
            self.assertIn(f"# TYPE {family.name} {family.kind.value}", lines)

    def test_people_and_their_calls(self) -> None:
        """Sessions and calls as they are now."""
        self.office.register(ANN, BOB)
        ann, bob = self.office.login(ANN), self.office.login(BOB)
        ann.ask(invite(BOB))
        bob.conversation.lost()
        values = self.values()
        self.assertEqual(values['voip_sessions{state="connected"}'], 1)
        self.assertEqual(values['voip_sessions{state="away"}'], 1)
        self.assertEqual(values["voip_accounts_online"], 2)
        self.assertEqual(values['voip_calls{kind="pair",state="ringing"}'], 1)
        self.assertEqual(values['voip_calls{kind="pair",state="talking"}'], 0)
        self.assertEqual(values['voip_requests_total{request="auth_finish"}'], 2)
        self.assertEqual(values['voip_logins_total{result="ok",step="device"}'], 2)

    def test_nobody_is_named(self) -> None:
        """Neither by name nor by address."""
        zaphod = Someone(Username("zaphod"), device_name="cube")
        self.office.register(zaphod)
        self.office.login(zaphod)
        text = self.text()
        for secret in ("zaphod", "Some One", "cube", "192.0.2"):
            self.assertNotIn(secret, text)

    def test_how_the_database_does(self) -> None:
        """What it keeps, and how long queries take."""
        meter = self.watched.store_meter
        meter.asked(Work.WRITE)
        meter.asked(Work.WRITE)
        meter.answered(Work.WRITE, 0.003, 0.3, is_failed=True)
        values = self.values()
        self.assertEqual(values["voip_accounts"], 5)
        self.assertEqual(values["voip_database_bytes"], 4096)
        self.assertEqual(values['voip_store_queue{work="write"}'], 1)
        self.assertEqual(values['voip_store_failures_total{work="write"}'], 1)
        self.assertEqual(values['voip_store_seconds_bucket{le="0.2",work="write"}'], 0)
        self.assertEqual(values['voip_store_seconds_bucket{le="0.5",work="write"}'], 1)
        self.assertEqual(values['voip_store_seconds_sum{work="write"}'], 0.3)
        self.assertEqual(values['voip_store_wait_seconds_bucket{le="0.005",work="write"}'], 1)

    def test_the_machine(self) -> None:
        """The process, and the disk its data is on."""
        values = self.values()
        self.assertGreater(values["process_resident_memory_bytes"], 1e6)
        self.assertGreater(values["voip_data_dir_size_bytes"], values["voip_data_dir_free_bytes"])
        self.assertEqual(values["voip_audit_writable"], 1)
        self.watched.meters.audit.failed()
        self.assertEqual(self.values()["voip_audit_writable"], 0)

    def test_the_newer_format(self) -> None:
        """A scraper that reads OpenMetrics gets it."""
        accept = "application/openmetrics-text; version=1.0.0"
        body, content_type = self.exposition.text(None, accept)
        self.assertIn("openmetrics-text", content_type)
        self.assertTrue(body.endswith(b"# EOF\n"))
