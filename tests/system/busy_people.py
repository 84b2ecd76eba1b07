"""People who keep a server busy until it dies under them, each in a thread with a real client.

What they ask for and what is acknowledged they write into a ledger. They end by themselves when
their connection does.
"""

import json
import socket
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from random import Random
from threading import Event, Thread

from OpenSSL import SSL

from tests.system.ledger import NICK, Ledger, person
from tests.system.plain_client import DEADLINE_SECONDS, PlainClient
from voip.config import ADMIN_SOCKET
from voip.core.contacts import Contact
from voip.core.errors import ErrorCode, Refusal
from voip.core.ids import Username
from voip.core.messages import Done, Hello, RegisterOk
from voip.core.people_messages import DeleteContact, PutContact

NAMES = [Username(f"friend-{number}") for number in range(12)]


class Busy:
    """Somebody at work. ``is_at_it`` is set by the first thing that was acknowledged."""

    def __init__(self, work: Callable[[], None]) -> None:
        self.is_at_it = Event()
        self._failed: BaseException | None = None
        self._thread = Thread(target=self._run, args=(work,))

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """Wait for the end; raises what went wrong, other than the end of the connection."""
        self._thread.join()
        if self._failed is not None:
            raise self._failed

    def _run(self, work: Callable[[], None]) -> None:
        try:
            with suppress(ConnectionError, SSL.Error):
                work()
        except BaseException as error:  # noqa: BLE001 - told in the test's own thread
            self._failed = error
        self.is_at_it.set()


class Registrar(Busy):
    """Registers one person after the other; ``numbers`` are those that nobody else takes."""

    def __init__(self, address: str, ledger: Ledger, numbers: Callable[[], int]) -> None:
        def work() -> None:
            with PlainClient(address) as client:
                client.ask(Hello(1, 1, "test"))
                while True:
                    number = numbers()
                    ledger.asked.add(number)
                    answer = client.ask(person(number).register(NICK))
                    assert isinstance(answer, RegisterOk), answer
                    ledger.registered.add(number)
                    self.is_at_it.set()

        super().__init__(work)


class Scribe(Busy):
    """Writes into the owner's phone book, and strikes out."""

    def __init__(self, address: str, ledger: Ledger, random: Random) -> None:
        def work() -> None:
            with PlainClient(address) as client:
                client.log_in(ledger.owner)
                for number in count():
                    name = random.choice(NAMES)
                    contact = None
                    if random.random() < 0.7:
                        contact = Contact(
                            name, f"No. {number}", random.random() < 0.5, "?" * number
                        )
                    ledger.asked_entry = {name: contact}
                    answer = client.ask(
                        DeleteContact(name) if contact is None else PutContact(contact)
                    )
                    if isinstance(answer, Refusal) and answer.code is ErrorCode.RATE_LIMITED:
                        continue
                    assert isinstance(answer, Done), answer
                    ledger.book[name] = contact
                    self.is_at_it.set()

        super().__init__(work)


class Archivist(Busy):
    """Lets the server make one back-up after the other, as ``voipctl`` does, and knows who was
    there before each."""

    def __init__(self, data_dir: Path, folder: Path, ledger: Ledger) -> None:
        self.begun: dict[Path, set[int]] = {}
        self.done: set[Path] = set()

        def work() -> None:
            with socket.socket(socket.AF_UNIX) as door, door.makefile("rb") as answers:
                door.settimeout(DEADLINE_SECONDS)
                door.connect(str(data_dir / ADMIN_SOCKET))
                for number in count():
                    file = folder / f"{number}.tar"
                    self.begun[file] = set(ledger.registered)
                    asked = {"line": f"backup {file}", "json": True, "yes": True, "width": 80}
                    door.sendall(json.dumps(asked).encode() + b"\n")
                    answer = answers.readline()
                    if not answer.endswith(b"\n"):
                        return
                    assert json.loads(answer)["exit"] == 0, answer
                    self.done.add(file)
                    self.is_at_it.set()

        super().__init__(work)
