"""`make bench-people`: phone books, search and presence as accounts and contacts grow.

A real server with thousands of accounts; a thousand people are online on connections of their own,
each with a phone book. Times are those of one client on loopback; the server's CPU is what its
process used, over the presence changes that were made one by one. Prints one JSON object as its
last line.
"""

import argparse
import json
import resource
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import psutil

from tests.harness.crowd import crowd, fill, member
from tests.harness.node import Node
from tests.server.someone import Someone
from tests.system.plain_client import PlainClient
from voip.core.ids import Username
from voip.core.messages import AuthOk, Hello, Ping
from voip.core.people import Presence
from voip.core.people_messages import (
    ContactPage,
    HistoryPage,
    ListContacts,
    ListHistory,
    ListUsers,
    SetPresence,
    UserPage,
    UserScope,
)
from voip.server.data_dir import DATABASE
from voip.store.interface import NewAccount

ACCOUNTS: Final = 10_000
FEW_ACCOUNTS: Final = 2_000
CONTACTS: Final = 1_000
ONLINE: Final = 1_000
WATCHED_BY: Final = (10, 100, 1_000)
CHANGES: Final = 18
"""As many as an account may make at once."""
APART_SECONDS: Final = 0.3
"""Longer than changes are collected, so that each is told by itself."""
TURNS: Final = 15
"""Four searches of so many pages are what an account may ask for at once."""
OPEN_FILES: Final = 4096


def account_of(person: Someone) -> NewAccount:
    """An account that its owner can log in to."""
    wanted = person.register(person.username.title())
    return NewAccount(person.username, wanted.nick, wanted.verifier, wanted.keys)


def watched(count: int) -> Someone:
    """The person who stands in so many phone books."""
    return Someone(Username(f"watched{count}"))


class Town:
    """A server with its people, and the connections of those who are online."""

    def __init__(self, home: Path, accounts: int, online: int) -> None:
        self._data_dir = home / "server"
        Node(self._data_dir).stop()
        self.reader = Someone(Username("reader"))
        self._people = [Someone(Username(f"online{number:04}")) for number in range(online)]
        stars = [watched(count) for count in WATCHED_BY]
        named = [self.reader, *self._people, *stars]
        books: dict[Username, Sequence[Username]] = {
            person.username: [
                star.username
                for star, count in zip(stars, WATCHED_BY, strict=True)
                if number < count
            ]
            for number, person in enumerate(self._people)
        }
        books[self.reader.username] = [member(number) for number in range(CONTACTS)]
        strangers = crowd(accounts - len(named))
        fill(
            self._data_dir / DATABASE,
            [*strangers, *(account_of(person) for person in named)],
            books,
        )
        self.node = Node(self._data_dir)
        self._connections = [
            self.log_in(person, number) for number, person in enumerate(self._people)
        ]

    def log_in(self, person: Someone, number: int) -> PlainClient:
        """A connection of somebody's, from an address of its own."""
        source = f"127.1.{number // 250}.{number % 250 + 1}"
        client = PlainClient(self.node.address, source)
        client.log_in(person)
        return client

    def keep_awake(self) -> None:
        """Read what the server said, and say that one is there."""
        for client in self._connections:
            client.ask(Ping())

    def end(self) -> None:
        for client in self._connections:
            client.close()
        self.node.stop()

    def first_screen_ms(self) -> float:
        """From an open connection to the whole phone book and the newest past calls."""
        with self.log_in(self.reader, len(self._people)):
            pass  # the device is known from now on
        return _median_ms(self._first_screen)

    def _first_screen(self) -> float:
        with PlainClient(self.node.address, "127.2.0.1") as client:
            began = time.perf_counter()
            client.ask(Hello(1, 1, "bench"))
            opened = client.ask(self.reader.known_device(client.exporter))
            assert isinstance(opened, AuthOk), opened
            contacts, cursor = 0, ""
            while contacts == 0 or cursor:
                page = client.ask(ListContacts(cursor))
                assert isinstance(page, ContactPage), page
                contacts, cursor = contacts + len(page.contacts), page.next_cursor
            assert isinstance(client.ask(ListHistory()), HistoryPage)
            took = time.perf_counter() - began
        assert contacts == CONTACTS, contacts
        return took

    def search_ms(self, query: str, scope: UserScope) -> float:
        """One page of a search."""
        with self.log_in(watched(WATCHED_BY[0]), len(self._people) + 1) as client:

            def search() -> float:
                began = time.perf_counter()
                assert isinstance(client.ask(ListUsers(query, scope=scope)), UserPage)
                return time.perf_counter() - began

            return _median_ms(search)

    def change_cpu_ms(self, watchers: int) -> float:
        """The server's CPU for one presence change of somebody in so many books."""
        with self.log_in(watched(watchers), len(self._people) + 2) as client:
            time.sleep(1.0)  # until the login is told
            self.keep_awake()
            before = _cpu(self.node.process)
            for number in range(CHANGES):
                presence = Presence.AWAY if number % 2 else Presence.BUSY
                client.ask(SetPresence(presence))
                time.sleep(APART_SECONDS)
            used = _cpu(self.node.process) - before
        self.keep_awake()
        return round(1000 * used / CHANGES, 3)


def _median_ms(once: Callable[[], float]) -> float:
    return round(1000 * median(once() for _ in range(TURNS)), 2)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def measure(accounts: int, online: int) -> dict[str, object]:
    """Every figure of a server with so many accounts."""
    with TemporaryDirectory(prefix="voip-bench-") as folder:
        town = Town(Path(folder), accounts, online)
        try:
            changes = {str(count): town.change_cpu_ms(count) for count in WATCHED_BY}
            town.keep_awake()
            return {
                "accounts": accounts,
                "online": online,
                "first_screen_ms": town.first_screen_ms(),
                "search_everyone_ms": town.search_ms("pers", UserScope.EVERYONE),
                "search_everyone_few_ms": town.search_ms("00123", UserScope.EVERYONE),
                "list_everyone_ms": town.search_ms("", UserScope.EVERYONE),
                "search_online_ms": town.search_ms("online01", UserScope.ONLINE),
                "change_cpu_ms_by_contacts_online": changes,
                "server_rss_mb": round(town.node.process.memory_info().rss / 1e6, 1),
            }
        finally:
            town.end()


def main() -> None:
    """Measure a small town and a large one, and print both with their ratios."""
    options = argparse.ArgumentParser(prog="bench.people", description="phone books and presence")
    options.add_argument("--accounts", type=int, default=ACCOUNTS)
    options.add_argument("--online", type=int, default=ONLINE)
    given = options.parse_args()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(OPEN_FILES, most), most))
    small = measure(FEW_ACCOUNTS, given.online)
    large = measure(given.accounts, given.online)
    print(json.dumps({"contacts": CONTACTS, "few": small, "many": large}))


if __name__ == "__main__":
    main()
