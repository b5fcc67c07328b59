"""A TCP link to a server on which each answer takes its time, and which can be cut."""

import queue
import socket
import threading
import time
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

Late = queue.Queue[tuple[float, bytes]]  # when it is due, and what came


class SlowLink:
    """Listens on a port of its own and passes everything on; what comes back arrives `delay` seconds later."""

    def __init__(self, url: str, delay: float) -> None:
        self._to, self._delay = urlsplit(url), delay
        self._ends: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        """The same address by way of this link."""
        host = f"{self._to.username}:{self._to.password}@127.0.0.1:{self._listener.getsockname()[1]}"
        return urlunsplit(self._to._replace(netloc=host))

    def close(self) -> None:
        """Take no further connections, and lose those that are open."""
        self._listener.close()
        self.cut()

    def cut(self) -> None:
        """Lose every connection that is open now, as a broker does that heard no heartbeat."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection((self._to.hostname, self._to.port))
            self._ends += [near, far]
            late: Late = queue.Queue()
            for work, *given in ((_pass, near, far.sendall), (_pass, far, self._keep(late)), (_give, late, near)):
                threading.Thread(target=work, args=given, daemon=True).start()

    def _keep(self, late: Late):
        return lambda read: late.put((time.monotonic() + self._delay, read))


def _pass(source: socket.socket, on) -> None:
    try:
        while read := source.recv(65536):
            on(read)
    except OSError:
        return


def _give(late: Late, near: socket.socket) -> None:
    while True:
        due, read = late.get()
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            near.sendall(read)
        except OSError:
            return
