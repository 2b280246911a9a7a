"""A way to a server that is cut in the middle: a proxy on the loopback that hangs up after some bytes."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import cast


class Way(socketserver.ThreadingTCPServer):
    """Passes connections on to `port`. Where `budget` is a number, the connection that uses it up is cut.

    `times` says how many connections are cut so before the way holds; `cuts` how many were.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, budget: int, times: int) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.target, self.budget, self.times, self.cuts = port, budget, times, 0
        self._left = budget
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def passes(self, count: int) -> bool:
        """Whether `count` more bytes may pass towards the server; where not, this connection is cut."""
        with self._lock:
            if self.cuts >= self.times:
                return True
            self._left -= count
            if self._left >= 0:
                return True
            self.cuts += 1
            self._left = self.budget
            return False


class _Connection(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        way = cast(Way, self.server)
        with socket.create_connection(("127.0.0.1", way.target)) as server:
            back = threading.Thread(target=_pass, args=(server, self.request), daemon=True)
            back.start()
            with suppress(OSError):
                while (content := self.request.recv(1 << 14)) and way.passes(len(content)):
                    server.sendall(content)
            for end in (server, self.request):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join(5)


def _pass(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(1 << 14):
            sink.sendall(content)
        sink.shutdown(socket.SHUT_WR)


@contextmanager
def way_to(address: str, budget: int, times: int) -> Iterator[Way]:
    """A way to the server at `address` that is cut `times` times, each after `budget` bytes towards it."""
    way = Way(int(address.rstrip("/").rpartition(":")[2]), budget, times)
    thread = threading.Thread(target=way.serve_forever, daemon=True)
    thread.start()
    try:
        yield way
    finally:
        way.shutdown()
        way.server_close()
        thread.join(5)
