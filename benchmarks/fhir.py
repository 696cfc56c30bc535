#!/usr/bin/env python3
"""What a FHIR request costs: CPU of the server and of PostgreSQL, per kind of request. Prints JSON.

    benchmarks/fhir.py --base http://127.0.0.1:8000/fhir --token TOKEN --server PID[,PID] --database PID
    benchmarks/fhir.py --base … --client-id ID --client-secret SECRET --token-url URL …

Works against any FHIR R4 server on this machine, so that ours and a peer are measured in one run. Standard library
only. CPU is read from /proc by process id, children included; without ids only times are told. One keep-alive
connection by default (`--clients` for more): CPU a request is the figure to compare, wall time depends on the load.
"""

import argparse
import http.client
import json
import os
import random
import statistics
import sys
import threading
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

SYSTEM = "urn:bench:mrn"
LOINC = "http://loinc.org"
CODES = ("718-7", "2345-7", "2160-0", "8867-4", "8480-6")
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Target:
    """The server measured and what was put into it."""

    base: urllib.parse.SplitResult
    headers: dict[str, str]
    seed: random.Random
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    patients: list[tuple[str, str]] = field(default_factory=list)
    observations: list[str] = field(default_factory=list)
    connections: threading.local = field(default_factory=threading.local)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, bytes, str]:
        """(status, body, Location). One connection per thread, kept alive."""
        if not hasattr(self.connections, "open"):
            self.connections.open = http.client.HTTPConnection(
                self.base.hostname or "", self.base.port, timeout=60
            )
        data = json.dumps(body).encode() if body is not None else None
        self.connections.open.request(method, self.base.path + path, data, self.headers)
        answer = self.connections.open.getresponse()
        return answer.status, answer.read(), answer.getheader("Location") or ""

    def patient(self) -> tuple[str, dict[str, Any]]:
        number = f"{self.run}-{self.seed.randrange(10**9)}"
        return number, {
            "resourceType": "Patient",
            "identifier": [{"system": SYSTEM, "value": number}],
            "name": [{"text": "测试甲", "family": "测", "given": ["试甲"]}],
            "gender": self.seed.choice(["male", "female"]),
            "birthDate": f"{self.seed.randint(1930, 2020)}-0{self.seed.randint(1, 9)}-1{self.seed.randint(0, 9)}",
        }

    def observation(self, subject: str) -> dict[str, Any]:
        day = f"20{self.seed.randint(15, 25)}-0{self.seed.randint(1, 9)}-1{self.seed.randint(0, 9)}"
        return {
            "resourceType": "Observation",
            "status": "final",
            "category": [{"coding": [{"system": "urn:category", "code": "laboratory"}]}],
            "code": {"coding": [{"system": LOINC, "code": self.seed.choice(CODES)}]},
            "subject": {"reference": subject},
            "effectiveDateTime": f"{day}T08:00:00+08:00",
            "valueQuantity": {"value": round(self.seed.uniform(5, 20), 1), "unit": "g/dL"},
        }


def new_id(location: str, body: bytes) -> str:
    parts = [part for part in urllib.parse.urlsplit(location).path.split("/") if part]
    if "_history" in parts:
        return parts[parts.index("_history") - 1]
    return parts[-1] if parts else str(json.loads(body)["id"])


def create_patient(target: Target) -> bool:
    number, resource = target.patient()
    status, body, location = target.send("POST", "/Patient", resource)
    if status in {200, 201}:
        target.patients.append((new_id(location, body), number))
    return status in {200, 201}


def create_observation(target: Target) -> bool:
    subject = f"Patient/{target.seed.choice(target.patients)[0]}"
    status, body, location = target.send("POST", "/Observation", target.observation(subject))
    if status in {200, 201}:
        target.observations.append(new_id(location, body))
    return status in {200, 201}


def read_observation(target: Target) -> bool:
    wanted = target.seed.choice(target.observations)
    status, body, _ = target.send("GET", f"/Observation/{wanted}")
    return status == 200 and json.loads(body)["id"] == wanted


def read_patient(target: Target) -> bool:
    wanted, number = target.seed.choice(target.patients)
    status, body, _ = target.send("GET", f"/Patient/{wanted}")
    return status == 200 and number in body.decode()


def search_identifier(target: Target) -> bool:
    wanted, number = target.seed.choice(target.patients)
    status, body, _ = target.send(
        "GET", f"/Patient?identifier={urllib.parse.quote(f'{SYSTEM}|{number}', safe='')}"
    )
    return status == 200 and [entry["resource"]["id"] for entry in json.loads(body).get("entry", [])] == [
        wanted
    ]


def search_observations(target: Target) -> bool:
    patient = target.seed.choice(target.patients)[0]
    code = urllib.parse.quote(f"{LOINC}|{target.seed.choice(CODES)}", safe="")
    path = f"/Observation?patient={patient}&code={code}&_sort=-date&_count=20"
    status, body, _ = target.send("GET", path)
    rows = [entry["resource"] for entry in json.loads(body).get("entry", [])] if status == 200 else []
    return status == 200 and all(row["subject"]["reference"].endswith(patient) for row in rows)


def transaction_of_20(target: Target) -> bool:
    person = f"urn:uuid:{uuid.uuid4()}"
    entries = [
        {"fullUrl": person, "resource": target.patient()[1], "request": {"method": "POST", "url": "Patient"}}
    ]
    entries += [
        {"resource": target.observation(person), "request": {"method": "POST", "url": "Observation"}}
        for _ in range(19)
    ]
    path = "" if target.base.path else "/"
    status, body, _ = target.send(
        "POST", path, {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    )
    return status == 200 and len(json.loads(body)["entry"]) == 20


OPERATIONS: dict[str, Callable[[Target], bool]] = {
    "create_patient": create_patient,
    "create_observation": create_observation,
    "read_observation": read_observation,
    "read_patient": read_patient,
    "search_identifier": search_identifier,
    "search_patient_code": search_observations,
    "transaction_of_20": transaction_of_20,
}


def cpu_ms(roots: list[int]) -> float:
    """CPU of the processes and all below them, each once, milliseconds, exited children included."""
    children: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
            spent[int(entry.name)] = sum(map(int, fields[11:15])) * TICK_MS
    counted, waiting = set[int](), list(roots)
    while waiting:
        pid = waiting.pop()
        if pid not in counted:  # a parent and its child may both have been named
            counted.add(pid)
            waiting += children.get(pid, [])
    return sum(spent.get(pid, 0.0) for pid in counted)


def measure(target: Target, name: str, options: argparse.Namespace) -> dict[str, Any]:
    """One operation for `--seconds`, after a warm-up that is not counted."""
    work, times, failed = OPERATIONS[name], [], [0]

    def client(until: float, keep: bool) -> None:
        while time.perf_counter() < until:
            start = time.perf_counter()
            good = work(target)
            if keep:
                times.append((time.perf_counter() - start) * 1000)
                failed[0] += not good

    def phase(seconds: float, keep: bool) -> None:
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=client, args=(until, keep)) for _ in range(options.clients)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    phase(options.seconds / 4, keep=False)
    before = cpu_ms(options.server), cpu_ms(options.database)
    phase(options.seconds, keep=True)
    after = cpu_ms(options.server), cpu_ms(options.database)
    told: dict[str, Any] = {
        "requests": len(times),
        "failed": failed[0],
        "p50_ms": round(statistics.median(times), 2),
    }
    told["p95_ms"] = round(sorted(times)[int(len(times) * 0.95)], 2)
    if options.server:
        told["server_cpu_ms"] = round((after[0] - before[0]) / len(times), 3)
        told["database_cpu_ms"] = round((after[1] - before[1]) / len(times), 3)
        told["cpu_ms"] = round(told["server_cpu_ms"] + told["database_cpu_ms"], 3)
    return told


def token(options: argparse.Namespace) -> str:
    if options.token:
        return str(options.token)
    form = {
        "grant_type": "client_credentials",
        "client_id": options.client_id,
        "client_secret": options.client_secret,
    }
    request = urllib.request.Request(options.token_url, urllib.parse.urlencode(form).encode())  # noqa: S310 - the address is the caller's own
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same address
        return str(json.load(answer)["access_token"])


def pids(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--base", required=True)
    parser.add_argument("--label", default="lianyi")
    parser.add_argument("--token")
    parser.add_argument("--client-id")
    parser.add_argument("--client-secret")
    parser.add_argument("--token-url")
    parser.add_argument("--server", type=pids, default=[])
    parser.add_argument("--database", type=pids, default=[])
    parser.add_argument("--clients", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument(
        "--patients", type=int, default=50, help="made before measuring, with 19 observations each"
    )
    parser.add_argument("--only", default=",".join(OPERATIONS))
    options = parser.parse_args()
    headers = {"Authorization": f"Bearer {token(options)}", "Content-Type": "application/fhir+json"}
    target = Target(urllib.parse.urlsplit(options.base.rstrip("/")), headers, random.Random(1))
    for _ in range(options.patients):
        if not create_patient(target):
            sys.exit("the server takes no patient")
        for _ in range(19):
            create_observation(target)
    told = {
        "label": options.label,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "load_before": os.getloadavg()[0],
        "clients": options.clients,
        "operations": {name: measure(target, name, options) for name in options.only.split(",")},
        "load_after": os.getloadavg()[0],
    }
    print(json.dumps(told, indent=1))
    return int(any(one["failed"] for one in told["operations"].values()))


if __name__ == "__main__":
    sys.exit(main())
