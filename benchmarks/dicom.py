"""C-STORE, QIDO-RS and WADO-RS: objects per second, milliseconds, CPU of the server. Prints JSON.

    LIANYI_DATA=/somewhere/own .venv/bin/python benchmarks/dicom.py [--images 200] [--studies 500]
    .venv/bin/python benchmarks/dicom.py --peer --ae ORTHANC@127.0.0.1:4242 --pid 123 \\
        --web http://127.0.0.1:8042/dicom-web

Without --peer it prepares a database of its own data folder, starts receiver and web process and measures them.
With --peer it measures whatever answers there. The sender is a raw socket one, so that it costs little itself.
"""

import argparse
import json
import multiprocessing
import os
import platform
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
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


# -- the reader ---------------------------------------------------------------------------------------------------


def asks(target: Target, path: str, rounds: int, accept: str = "*/*") -> dict[str, Any]:
    """One address many times."""
    headers = {"Accept": accept} | ({"Authorization": f"Bearer {target.token}"} if target.token else {})
    taken, size, before = [], 0, 0.0
    for number in range(rounds + 3):
        if number == 3:
            before = cpu(target.pids)
        at = time.perf_counter()
        with urlopen(Request(target.web + path, headers=headers), timeout=120) as answer:  # noqa: S310  http only
            size = len(answer.read())
        taken.append((time.perf_counter() - at) * 1000)
    used = cpu(target.pids) - before
    return {
        "median_ms": round(statistics.median(taken[3:]), 2),
        "p95_ms": round(sorted(taken[3:])[int(rounds * 0.95) - 1], 2),
        "server_cpu_ms": round(used / rounds * 1000, 2),
        "bytes": size,
    }


def index(target: Target, small: Sequence[tuple[str, bytes]]) -> None:
    """Fill the index with small studies."""
    sender = Sender(target)
    for uid, data in small:
        sender.store(uid, data)
    sender.close()


def measured(target: Target, options: argparse.Namespace, accession: str) -> dict[str, Any]:
    batch = {"size": options.size, "accession": accession, "patient": "BENCH-1"}
    root = f"1.2.826.0.1.3680043.10.999.{int(time.time())}"
    one, four = f"{root}.1", f"{root}.4"
    results = {
        "c_store_1": stores(target, list(objects(options.images, study=one, **batch)), 1),
        "c_store_4": stores(target, list(objects(options.images, study=four, **batch)), 4),
    }
    index(
        target,
        [next(objects(1, study=f"{root}.9.{n}", **{**batch, "size": 16})) for n in range(options.studies)],
    )
    time.sleep(8)
    series, instance = f"/studies/{one}/series/{one}.1", f"/studies/{one}/series/{one}.1/instances/{one}.1.1"
    rounds = options.rounds
    return results | {
        "qido_list_50": asks(target, "/studies?limit=50", rounds),
        "qido_hanzi_name": asks(target, f"/studies?PatientName={quote('*桂*')}&limit=50", rounds),
        "qido_accession": asks(target, f"/studies?AccessionNumber={accession}&limit=5", rounds),
        "qido_instances": asks(target, f"{series}/instances", rounds),
        "wado_series_metadata": asks(target, f"{series}/metadata", rounds),
        "wado_frame": asks(
            target, f"{instance}/frames/1", rounds, 'multipart/related; type="application/octet-stream"'
        ),
        "wado_rendered": asks(target, f"{instance}/rendered", rounds, "image/jpeg"),
    }


# -- a house of our own --------------------------------------------------------------------------------------------


@contextmanager
def own_house() -> Iterator[tuple[Target, str]]:
    """Database, receiver and web process of the data folder, with a request the images are matched to."""
    from config.local.places import Places
    from config.local.services import start_postgres, valkey

    places = Places.here().made()
    with ExitStack() as house:
        cluster = start_postgres(places)
        house.callback(cluster.stop)
        redis = valkey(places)
        redis.start()
        house.callback(redis.stop)
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, check=True)
        accession, token = prepared()
        ports = free_ports(2)
        commands = [
            [sys.executable, "manage.py", "dicom_receiver", "--port", str(ports[0])],
            [sys.executable, "-m", "config.local.web", "127.0.0.1", str(ports[1])],
        ]
        children = [subprocess.Popen(one, cwd=ROOT, stdout=subprocess.DEVNULL) for one in commands]
        for child in children:
            house.callback(child.wait)
            house.callback(child.terminate)
        for port in ports:
            await_port(port)
        pids = (*(child.pid for child in children), cluster_pid(cluster.data))
        web = f"http://127.0.0.1:{ports[1]}/dicomweb"
        yield Target("LIANYI", "127.0.0.1", ports[0], web, token, pids), accession


def prepared() -> tuple[str, str]:
    """An application entity, a request and a bearer token; (accession number, token)."""
    import django

    django.setup()
    from consortium import services as consortium
    from kernel import ids
    from kernel.actor import Actor
    from tests.factories.consortium import make_entity, make_organisation
    from tests.factories.imaging import make_request

    tag = ids.uuid7().hex[-8:]
    spread_factory_numbers()
    branch = make_organisation(name=f"测量{tag}")
    from consortium.models import ApplicationEntity

    ApplicationEntity.objects.filter(title="BENCH").delete()
    make_entity("BENCH", branch)
    request = make_request(branch, name="周桂芳")
    by = Actor.system("benchmark")
    made = consortium.register_client(
        by=by, client_id=f"bench-{tag}", name="bench", organisation_id=branch.pk, scopes=("dicomweb/*.*",)
    )
    token = consortium.issue_token(by=by, client_id=made.client.client_id, secret=made.secret)
    from django.db import connections

    connections.close_all()
    return request.accession_number, token.access_token


def spread_factory_numbers() -> None:
    """The factories count from one in each process; a database that is used again needs other numbers."""
    from itertools import count

    from tests.factories import consortium, emr, imaging

    for module in (consortium, emr, imaging):
        module._number = count(int(time.time()) % 10_000_000)


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _one in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def await_port(port: int) -> None:
    for _attempt in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"nothing answers on port {port}")


def cluster_pid(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split()[0])


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=200)
    parser.add_argument("--size", type=int, default=512)
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--peer", action="store_true")
    parser.add_argument("--ae", default="LIANYI@127.0.0.1:11112")
    parser.add_argument("--web", default="http://127.0.0.1:8000/dicomweb")
    parser.add_argument("--token", default="")
    parser.add_argument("--pid", type=int, action="append", default=[])
    options = parser.parse_args()
    if options.peer:
        title, _at, address = options.ae.partition("@")
        host, _colon, port = address.partition(":")
        target = Target(title, host, int(port), options.web, options.token, tuple(options.pid))
        results = measured(target, options, "BENCH")
    else:
        with own_house() as (target, accession):
            results = measured(target, options, accession)
    print(
        json.dumps(
            {"machine": platform.platform(), "cpus": os.cpu_count(), "load": os.getloadavg()[0], **results},
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
