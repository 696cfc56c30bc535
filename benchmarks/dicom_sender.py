"""The sending side of `benchmarks/dicom.py`: who is measured, CPU by process id, raw associations that store."""

import multiprocessing
import os
import socket
import statistics
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TICK = os.sysconf("SC_CLK_TCK")
CT, EXPLICIT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"


@dataclass(frozen=True)
class Target:
    """Who is measured."""

    title: str
    host: str
    port: int
    web: str
    token: str
    pids: tuple[int, ...]


def cpu(pids: Sequence[int]) -> float:
    """CPU seconds of these processes and everything below them."""
    below: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(path.parent.name))
    total, waiting = 0.0, list(pids)
    while waiting:
        pid = waiting.pop()
        waiting += below.get(pid, [])
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += (int(fields[11]) + int(fields[12])) / TICK
    return total


# -- the sender --------------------------------------------------------------------------------------------------


def item(kind: int, value: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(value)) + value


def element(number: int, value: bytes) -> bytes:
    value += b"\0" * (len(value) % 2)
    return struct.pack("<HHI", 0, number, len(value)) + value


class Sender:
    """One association that stores CT objects one after the other."""

    def __init__(self, target: Target) -> None:
        self.socket = socket.create_connection((target.host, target.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        context = item(0x20, bytes((1, 0, 0, 0)) + item(0x30, CT.encode()) + item(0x40, EXPLICIT.encode()))
        user = item(0x50, item(0x51, struct.pack(">I", 0)) + item(0x52, b"1.2.826.0.1.3680043.10.999.2"))
        body = struct.pack(">HH", 1, 0) + target.title.encode().ljust(16) + b"BENCH".ljust(16) + bytes(32)
        body += item(0x10, b"1.2.840.10008.3.1.1.1") + context + user
        self.socket.sendall(struct.pack(">BBI", 1, 0, len(body)) + body)
        kind, answer = self.pdu()
        if kind != 2:
            raise SystemExit(f"the association was refused: {answer.hex()}")
        at = answer.find(b"\x51\x00\x00\x04")
        self.room = min(struct.unpack_from(">I", answer, at + 4)[0] or 1 << 20, 1 << 20) - 6

    def pdu(self) -> tuple[int, bytes]:
        head = self.exactly(6)
        return head[0], self.exactly(struct.unpack(">I", head[2:])[0])

    def exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self.socket.recv(count - len(data))
            if not piece:
                raise SystemExit("the server closed the association")
            data += piece
        return data

    def store(self, uid: str, data: bytes) -> int:
        """Send one data set; its status."""
        command = element(2, CT.encode()) + element(0x100, b"\1\0") + element(0x110, b"\1\0")
        command += element(0x700, b"\0\0") + element(0x800, b"\1\0") + element(0x1000, uid.encode())
        command = element(0, struct.pack("<I", len(command))) + command
        out = [struct.pack(">BBIIBB", 4, 0, len(command) + 6, len(command) + 2, 1, 3) + command]
        for at in range(0, len(data), self.room):
            piece = data[at : at + self.room]
            last = 2 if at + self.room >= len(data) else 0
            out.append(struct.pack(">BBIIBB", 4, 0, len(piece) + 6, len(piece) + 2, 1, last) + piece)
        self.socket.sendall(b"".join(out))
        _kind, answer = self.pdu()
        at = answer.find(struct.pack("<HHI", 0, 0x900, 2))
        return int(struct.unpack_from("<H", answer, at + 8)[0])

    def close(self) -> None:
        self.socket.sendall(struct.pack(">BBII", 5, 0, 4, 0))
        self.pdu()
        self.socket.close()


def objects(
    count: int, *, size: int, study: str, accession: str, patient: str, first: int = 0
) -> Iterator[tuple[str, bytes]]:
    """CT slices of one study as (SOP Instance UID, data set)."""
    from imaging.engine import part10
    from tests.factories.imaging import chest, file_bytes, make_dataset

    for number in range(count):
        dataset = make_dataset(
            StudyInstanceUID=study, SeriesInstanceUID=f"{study}.1", SOPInstanceUID=f"{study}.1.{first + number}",
            AccessionNumber=accession, PatientID=patient, PatientName="Zhou^GuiFang=周^桂芳", Rows=size, Columns=size,
            InstanceNumber=first + number, pixels=chest(number % 20, 20, size),
        )  # fmt: skip
        whole = file_bytes(dataset)
        yield f"{study}.1.{first + number}", whole[part10.meta(whole).offset :]


def send(target: Target, batch: Sequence[tuple[str, bytes]], start: Any, out: Any) -> None:
    sender = Sender(target)
    start.wait()
    began, taken, failed = time.perf_counter(), [], 0
    for uid, data in batch:
        at = time.perf_counter()
        failed += sender.store(uid, data) != 0
        taken.append((time.perf_counter() - at) * 1000)
    ended = time.perf_counter()
    sender.close()
    out.put((began, ended, taken, failed))


def stores(target: Target, batch: Sequence[tuple[str, bytes]], associations: int) -> dict[str, Any]:
    """Store a batch over so many associations at once."""
    fork = multiprocessing.get_context("fork")
    start, out = fork.Barrier(associations + 1), fork.Queue()
    senders = [
        fork.Process(target=send, args=(target, batch[n::associations], start, out))
        for n in range(associations)
    ]
    for one in senders:
        one.start()
    before = cpu(target.pids)
    start.wait()
    answers = [out.get() for _one in senders]
    used = cpu(target.pids) - before
    for one in senders:
        one.join()
    wall = max(answer[1] for answer in answers) - min(answer[0] for answer in answers)
    return {
        "associations": associations,
        "images": len(batch),
        "failed": sum(answer[3] for answer in answers),
        "images_per_second": round(len(batch) / wall, 1),
        "median_ms": round(statistics.median(one for answer in answers for one in answer[2]), 2),
        "server_cpu_ms": round(used / len(batch) * 1000, 2),
    }
