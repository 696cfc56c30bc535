"""One of two web processes is killed under load: nothing that was acknowledged is lost, nothing is there twice."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from config.local import addresses
from config.local.places import ROOT
from emr.repository.models import Resource
from emr.repository.sealing import open_
from tests import databases
from tests.emr.repository.conftest import Fhir
from tests.emr.repository.rows import make_client, make_patient, make_place, observation

WRITERS, EACH = 4, 25
SYSTEM = "urn:lianyi:test"


@dataclass
class Node:
    """One web process."""

    port: int
    process: subprocess.Popen[bytes]

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def started(database: str) -> Node:
    environment = os.environ | addresses.database_variables(databases.places(), database)
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "config.local.web", "127.0.0.1", str(port)]
    return Node(port, subprocess.Popen(command, env=environment, cwd=ROOT))


@pytest.fixture
def nodes(race_db) -> Iterator[list[Node]]:
    both = [started(race_db.name) for _ in range(2)]
    try:
        for node in both:
            deadline = time.monotonic() + 150
            while ask(node, "GET", "/fhir/metadata", b"", {}) != 200:
                assert node.process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.2)
        yield both
    finally:
        for node in both:
            if node.process.poll() is None:
                node.kill()


def ask(node: Node, method: str, path: str, body: bytes, headers: dict[str, str]) -> int:
    """The status, 0 where the line broke: nobody knows then what became of it."""
    line = http.client.HTTPConnection("127.0.0.1", node.port, timeout=20)
    try:
        line.request(method, path, body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


@dataclass
class Load:
    """Writers that send each order to one node after the other until one acknowledges it."""

    nodes: list[Node]
    patient: str
    headers: dict[str, str]
    acknowledged: list[str] = field(default_factory=list)
    broken: int = 0

    def write(self, first: int) -> None:
        for place in range(EACH):
            key = f"{first}-{place}-{uuid4().hex[:8]}"
            body = observation(self.patient, identifier=[{"system": SYSTEM, "value": key}])
            headers = {**self.headers, "If-None-Exist": f"identifier={SYSTEM}|{key}"}
            for attempt in range(20):
                node = self.nodes[(first + attempt) % 2]
                status = ask(node, "POST", "/fhir/Observation", json.dumps(body).encode(), headers)
                if status in (200, 201):
                    self.acknowledged.append(key)
                    break
                assert status in (0, 503)
                self.broken += 1


def stored() -> Counter[str]:
    rows = Resource.objects.filter(kind="Observation", deleted=False)
    bodies = [json.loads(open_(row.kind, row.id, row.label, bytes(row.content))) for row in rows]
    return Counter(one["value"] for body in bodies for one in body.get("identifier", []))


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_killed_node_loses_nothing_it_acknowledged(nodes):
    place = make_place()
    fhir = Fhir(place)
    patient = make_patient(make_client(place))
    token = fhir.headers["HTTP_AUTHORIZATION"]
    load = Load(nodes, str(patient.pk), {"Authorization": token, "Content-Type": "application/fhir+json"})
    threads = [threading.Thread(target=load.write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    while len(load.acknowledged) < WRITERS * EACH // 4:
        time.sleep(0.01)
    nodes[0].kill()
    for thread in threads:
        thread.join(200)
    found = stored()
    assert load.broken > 0
    assert len(load.acknowledged) == WRITERS * EACH
    assert [key for key in load.acknowledged if found[key] != 1] == []
