"""C-STORE, QIDO-RS and WADO-RS: objects per second, milliseconds, CPU of the server. Prints JSON.

    LIANYI_DATA=/somewhere/own .venv/bin/python benchmarks/dicom.py [--images 200] [--studies 500]
    .venv/bin/python benchmarks/dicom.py --peer --ae ORTHANC@127.0.0.1:4242 --pid 123 \\
        --web http://127.0.0.1:8042/dicom-web

Without --peer it prepares a database of its own data folder, starts receiver and web process and measures them.
With --peer it measures whatever answers there. The sender is a raw socket one, so that it costs little itself.
"""

import argparse
import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from benchmarks.dicom_sender import CT, EXPLICIT, Sender, Target, cpu, objects, stores

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


def stow(target: Target, batch: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    """Store whole files over STOW-RS, one request each."""
    from imaging.engine import part10

    failed, taken, before = 0, [], cpu(target.pids)
    for uid, data in batch:
        file = part10.head(sop_class=CT, sop_uid=uid, transfer_syntax=EXPLICIT, source="BENCH") + data
        body = b"--b\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n--b--\r\n"
        headers = {
            "Content-Type": 'multipart/related; type="application/dicom"; boundary=b',
            "Accept": "application/dicom+json",
        } | ({"Authorization": f"Bearer {target.token}"} if target.token else {})
        at = time.perf_counter()
        with urlopen(Request(target.web + "/studies", body, headers), timeout=120) as answer:  # noqa: S310  http only
            failed += answer.status != 200
            answer.read()
        taken.append(time.perf_counter() - at)
    used = cpu(target.pids) - before
    return {
        "images": len(batch),
        "failed": failed,
        "images_per_second": round(len(batch) / sum(taken), 1),
        "median_ms": round(statistics.median(taken) * 1000, 2),
        "server_cpu_ms": round(used / len(batch) * 1000, 2),
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
        "stow": stow(target, list(objects(options.images, study=f"{root}.5", **batch))),
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
    for _attempt in range(1200):
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
