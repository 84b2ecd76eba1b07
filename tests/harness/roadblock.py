"""A road to a server that can be closed: TCP passes, UDP only as long as it may.

It listens on another loopback address with the server's port number, as a client sends both kinds
to the address it connected to. It reads nothing of what passes; threads carry it.
"""

import contextlib
import selectors
import socket
from threading import Thread
from types import TracebackType
from typing import Self

MOST_BYTES = 65_536
LOOK_SECONDS = 0.1

Address = tuple[str, int]


class Roadblock:
    """``address`` is where clients reach the server by this road."""

    def __init__(self, server: str, host: str = "127.0.0.2") -> None:
        near, _, port = server.rpartition(":")
        self._server: Address = (near, int(port))
        self.address = f"{host}:{port}"
        self.is_udp_open = True
        self.udp_passed = 0
        self._is_over = False
        self._tcp = socket.create_server((host, int(port)))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind((host, int(port)))
        self._open: list[socket.socket] = [self._tcp, self._udp]
        self._threads: list[Thread] = []
        for work in (self._accept, self._carry_datagrams):
            self._start(Thread(target=work))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._is_over = True
        for each in tuple(self._open):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        for thread in tuple(self._threads):
            thread.join()
        for each in self._open:
            each.close()

    def _start(self, thread: Thread) -> None:
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._is_over:
            try:
                client, _ = self._tcp.accept()
            except OSError:
                return
            server = socket.create_connection(self._server)
            self._open += [client, server]
            for ends in ((client, server), (server, client)):
                self._start(Thread(target=self._carry, args=ends))

    @staticmethod
    def _carry(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(MOST_BYTES):
                target.sendall(data)
        for each in (source, target):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _carry_datagrams(self) -> None:
        """One socket towards the server for each client, as a NAT has one port."""
        outside: dict[Address, socket.socket] = {}
        with selectors.DefaultSelector() as selector:
            selector.register(self._udp, selectors.EVENT_READ, None)
            while not self._is_over:
                for key, _ in selector.select(LOOK_SECONDS):
                    if key.data is not None:
                        self._pass(outside[key.data], self._udp, key.data)
                        continue
                    data, client = self._udp.recvfrom(MOST_BYTES)
                    if client not in outside and data:
                        outside[client] = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                        self._open.append(outside[client])
                        outside[client].bind(("127.0.0.1", 0))
                        selector.register(outside[client], selectors.EVENT_READ, client)
                    if data and self.is_udp_open:
                        self.udp_passed += 1
                        outside[client].sendto(data, self._server)

    def _pass(self, source: socket.socket, target: socket.socket, client: Address) -> None:
        data = source.recv(MOST_BYTES)
        if data and self.is_udp_open:
            self.udp_passed += 1
            target.sendto(data, client)
