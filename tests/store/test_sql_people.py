"""Phone books, past calls and names in a database file."""

from twisted.trial.unittest import SynchronousTestCase

from tests.store.people_promises import PeoplePromises
from tests.store.stores import a_sql_store


class SqlPeopleTests(PeoplePromises, SynchronousTestCase):
    """Keeps every promise."""

    def setUp(self) -> None:
        self.store, self.path = a_sql_store(self.addCleanup)
