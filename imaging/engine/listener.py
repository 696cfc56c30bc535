"""The door: one listening socket, one thread per association, a limit on how many."""

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from typing import Final

from imaging.engine import pdu
from imaging.engine.association import Archive, Association, last_word

logger = logging.getLogger(__name__)

RECEIVE_BUFFER: Final = 4 * 1024 * 1024


class Listener:
    """Accepts associations until `stop`. `archive_of(address)` makes what stands behind each."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        archive_of: Callable[[str], Archive],
        most: int = 64,
        request_timeout: float = 30,
        idle_timeout: float = 120,
    ) -> None:
        self.archive_of = archive_of
        self.timeouts = (request_timeout, idle_timeout)
        self.places = threading.BoundedSemaphore(most)
        self.refusals = threading.BoundedSemaphore(most)
        # Several receivers may share the port; the kernel spreads the associations.
        self.socket = socket.create_server((host, port), backlog=128, reuse_port=True)
        self.open: set[socket.socket] = set()
        self.stopping = threading.Event()

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def serve(self) -> None:
        """Accept until stopped; one association's failure never reaches another."""
        while not self.stopping.is_set():
            try:
                connection, address = self.socket.accept()
            except OSError as broken:
                # A peer that gave up, or no file number left, ends nothing but this one attempt.
                if not self.stopping.wait(0.1):
                    logger.warning("no association taken: %s", broken)
                continue
            if self.places.acquire(blocking=False):
                threading.Thread(target=self._one, args=(connection, str(address[0])), daemon=True).start()
            elif self.refusals.acquire(blocking=False):
                threading.Thread(target=self._full, args=(connection,), daemon=True).start()
            else:
                connection.close()

    def stop(self) -> None:
        """Take no more, and end what is open; unfinished data sets were never acknowledged."""
        self.stopping.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _full(self, connection: socket.socket) -> None:
        """Tell a peer there is no place; beside the accepting thread, for the peer may be slow to hear it."""
        try:
            with connection:
                last_word(connection, pdu.rejection(pdu.TOO_MANY))
        finally:
            self.refusals.release()

    def _one(self, connection: socket.socket, address: str) -> None:
        self.open.add(connection)
        try:
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
                request_timeout, idle_timeout = self.timeouts
                ended = Association(
                    connection,
                    self.archive_of(address),
                    request_timeout=request_timeout,
                    idle_timeout=idle_timeout,
                ).run()
                logger.info("association from %s: %s", address, ended)
        except Exception:
            logger.exception("association from %s failed", address)
        finally:
            self.open.discard(connection)
            self.places.release()
