"""One association on one socket: negotiate, receive data sets as they stream in, answer (PS3.8 §7, PS3.4 B).

Knows nothing of files, tables or people: `Archive` says who may come in and takes the bytes.
"""

import contextlib
import socket
import struct
import time
from collections.abc import Mapping
from typing import Final, Protocol

from imaging.engine import dimse, pdu, syntaxes
from imaging.engine.pdu import Proposal, ProtocolError, Rejection
from imaging.engine.scan import UID

MAX_PDU: Final = 131_072
REQUEST_LIMIT: Final = 262_144
COMMAND_LIMIT: Final = 4_096
BUFFER: Final = 2 * (MAX_PDU + 6)
LINGER_SECONDS: Final = 5
WITHOUT_DATA: Final = {dimse.C_ECHO_RQ: dimse.DONE, dimse.C_STORE_RQ: dimse.NO_OBJECT}
"""What a command without a data set is answered."""


class Sink(Protocol):
    """Where one data set goes. `write` raises OSError when there is no room, `dimse.TooLarge` for too long an object;
    nothing is kept before `finish`."""

    def write(self, data: memoryview, /) -> None: ...
    def finish(self) -> dimse.Answer: ...
    def discard(self) -> None: ...


class Archive(Protocol):
    """What stands behind the receiver. One per association."""

    def admit(self, proposal: Proposal) -> Rejection | None: ...
    def begin(self, *, sop_class: str, sop_uid: str, transfer_syntax: str) -> Sink: ...
    def end(self) -> None: ...


class Association:
    """Runs one association until release, abort, silence or a broken protocol."""

    def __init__(
        self, connection: socket.socket, archive: Archive, *, request_timeout: float, idle_timeout: float
    ) -> None:
        self.connection, self.archive = connection, archive
        self.request_timeout, self.idle_timeout = request_timeout, idle_timeout
        self.buffer = bytearray(BUFFER)
        self.view = memoryview(self.buffer)
        self.start = self.stop = 0
        self.peer_max = 0
        self.contexts: Mapping[int, tuple[str, str]] = {}
        self.pending = bytearray()
        self.command: dimse.Command | None = None
        self.context = 0
        self.sink: Sink | None = None
        self.failed: dimse.Answer | None = None

    def run(self) -> str:
        """Serve the peer; how it ended: released, rejected, aborted, closed, timeout or protocol."""
        try:
            return self._serve()
        except ProtocolError:
            last_word(self.connection, pdu.abort(2))
            return "protocol"
        except TimeoutError:
            last_word(self.connection, pdu.abort(0))
            return "timeout"
        except (ConnectionError, BrokenPipeError):
            return "closed"
        finally:
            if self.sink is not None:
                self.sink.discard()
            self.archive.end()

    def _serve(self) -> str:
        self.connection.settimeout(self.request_timeout)
        if not self._negotiate():
            return "rejected"
        self.connection.settimeout(self.idle_timeout)
        while True:
            kind, length = self._head(MAX_PDU)
            body = self._body(length)
            if kind == pdu.P_DATA:
                self._data(body)
            elif kind == pdu.RELEASE_RQ:
                self.connection.sendall(pdu.released())
                return "released"
            elif kind == pdu.ABORT:
                return "aborted"
            else:
                raise ProtocolError("unexpected PDU")

    def _negotiate(self) -> bool:
        kind, length = self._head(REQUEST_LIMIT)
        if kind != pdu.ASSOCIATE_RQ:
            raise ProtocolError("the association is not requested first")
        proposal = pdu.proposal(bytes(self._body(length)))
        refused = self.archive.admit(proposal)
        if refused is not None:
            last_word(self.connection, pdu.rejection(refused))
            return False
        answers = {number: _answer(*context) for number, context in proposal.contexts.items()}
        self.contexts = {
            number: (proposal.contexts[number][0], syntax)
            for number, (result, syntax) in answers.items()
            if result == pdu.ACCEPTED
        }
        self.peer_max = proposal.max_pdu
        self.connection.sendall(pdu.acceptance(proposal, answers, max_pdu=MAX_PDU))
        return True

    def _head(self, limit: int) -> tuple[int, int]:
        self._need(6)
        kind, length = struct.unpack_from(">BxI", self.buffer, self.start)
        if length > limit or length > BUFFER - 6:
            raise ProtocolError("a PDU longer than agreed")
        self.start += 6
        return kind, length

    def _body(self, length: int) -> memoryview:
        self._need(length)
        body = self.view[self.start : self.start + length]
        self.start += length
        return body

    def _need(self, count: int) -> None:
        """Have `count` bytes after `start`; moves what is left to the front when the buffer's end is near."""
        if self.start == self.stop:
            self.start = self.stop = 0
        if self.start + count > BUFFER:
            left = self.stop - self.start
            self.buffer[:left] = bytes(self.view[self.start : self.stop])
            self.start, self.stop = 0, left
        while self.stop - self.start < count:
            got = self.connection.recv_into(self.view[self.stop :])
            if not got:
                raise ConnectionError("closed by the peer")
            self.stop += got

    def _data(self, body: memoryview) -> None:
        position = 0
        while position < len(body):
            if position + 6 > len(body):
                raise ProtocolError("a data value without its head")
            length, context, flags = struct.unpack_from(">IBB", body, position)
            end = position + 4 + length
            if length < 2 or end > len(body) or context not in self.contexts:
                raise ProtocolError("a data value outside its PDU or its contexts")
            fragment = body[position + 6 : end]
            if flags & 1:
                self._command(fragment, context, last=bool(flags & 2))
            else:
                self._data_set(fragment, context, last=bool(flags & 2))
            position = end

    def _command(self, fragment: memoryview, context: int, *, last: bool) -> None:
        self.pending += fragment
        if self.command is not None or len(self.pending) > COMMAND_LIMIT:
            raise ProtocolError("a command in the wrong place or too long")
        if not last:
            return
        self.command, self.context = dimse.command(bytes(self.pending)), context
        self.pending.clear()
        if self.command.field == dimse.C_STORE_RQ and self.command.has_data:
            self._begin(self.command)
        elif not self.command.has_data:
            self._answer(WITHOUT_DATA.get(self.command.field, dimse.NOT_SERVED))
        else:
            self.failed = dimse.NOT_SERVED

    def _begin(self, command: dimse.Command) -> None:
        abstract, syntax = self.contexts[self.context]
        if command.sop_class != abstract:
            self.failed = dimse.OTHER_CLASS
        elif not UID.fullmatch(command.sop_uid) or len(command.sop_uid) > 64:
            self.failed = dimse.NO_UID
        else:
            self._into_sink(command.sop_class, command.sop_uid, syntax)

    def _into_sink(self, sop_class: str, sop_uid: str, syntax: str) -> None:
        try:
            self.sink = self.archive.begin(sop_class=sop_class, sop_uid=sop_uid, transfer_syntax=syntax)
        except OSError as error:
            self.failed = _no_room(error)

    def _data_set(self, fragment: memoryview, context: int, *, last: bool) -> None:
        if self.command is None or context != self.context:
            raise ProtocolError("a data set without its command")
        if self.sink is not None:
            try:
                self.sink.write(fragment)
            except OSError as error:
                self.sink.discard()
                self.sink, self.failed = None, _no_room(error)
        if last:
            self._finish()

    def _finish(self) -> None:
        answer, sink = self.failed or dimse.NOT_NOW, self.sink
        self.sink = None
        if sink is not None:
            answer = sink.finish()
        self._answer(answer)

    def _answer(self, answer: dimse.Answer) -> None:
        command, self.command, self.failed = self.command, None, None
        if command is not None:
            self.connection.sendall(
                pdu.message(self.context, dimse.response(command, answer), limit=self.peer_max)
            )


def last_word(connection: socket.socket, data: bytes) -> None:
    """Say it, then wait for the peer to close (PS3.8 §9.2, Sta13), at most `LINGER_SECONDS`.

    A socket closed over unread bytes is reset, and a reset overtakes the last word.
    """
    end = time.monotonic() + LINGER_SECONDS
    with contextlib.suppress(OSError):
        connection.settimeout(LINGER_SECONDS)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while (left := end - time.monotonic()) > 0:
            connection.settimeout(left)
            if not connection.recv(65_536):
                return


def _no_room(error: OSError) -> dimse.Answer:
    return dimse.TOO_LARGE if isinstance(error, dimse.TooLarge) else dimse.NO_ROOM


def _answer(abstract: str, transfers: list[str]) -> tuple[int, str]:
    if abstract != syntaxes.VERIFICATION and not syntaxes.is_storage(abstract):
        return pdu.ABSTRACT_REFUSED, syntaxes.IMPLICIT_LE
    chosen = syntaxes.choose(transfers)
    return (pdu.ACCEPTED, chosen) if chosen else (pdu.TRANSFER_REFUSED, syntaxes.IMPLICIT_LE)
