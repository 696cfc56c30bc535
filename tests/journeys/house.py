"""The whole house for a journey: web, worker, clock, DICOM receiver, insurance centre, each a process of its own."""

import csv
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

from config.local import addresses
from config.local.places import ROOT
from consortium import services as consortium
from consortium.models import Organisation, Staff
from diagnostics import services as diagnostics
from emr.terminology import services as terminology
from emr.terminology.choices import System
from insurance_bridge import services as insurance
from kernel.actor import Actor
from tests import databases
from tests.factories.insurance import Centre
from tests.live import Live

CATALOGUE = ROOT / "fixtures" / "catalogue"
LOADER = Actor.system("demo")
FEES = (
    {"code": "BEDDAY", "name": "床位费", "price": 4000, "fee_class": "A"},
    {"code": "PACER", "name": "临时起搏术", "price": 860000, "fee_class": "A"},
    {"code": "ATROP", "name": "阿托品注射液", "price": 333, "fee_class": "B", "self_pay_ratio": "0.15"},
)


@dataclass(frozen=True)
class House:
    """Where the running processes are to be reached."""

    url: str
    centre: Centre
    dicom_port: int
    keys: dict[str, tuple[str, str]]
    """Password and authenticator secret by username."""


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    """The insurance centre; set up in the environment before the web process starts."""
    with Centre(tmp_path_factory.mktemp("centre")) as running, pytest.MonkeyPatch.context() as patch:
        patch.setenv("INSURANCE_URL", running.url)
        patch.setenv("INSURANCE_SECRET", running.secret("secret"))
        patch.setenv("INSURANCE_LATE_COMMIT", "0")
        yield running


@pytest.fixture(scope="module")
def house(centre: Centre, live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo county's people and catalogues, and everything that runs beside the web process."""
    county = consortium.load_county(by=LOADER, source=ROOT / "fixtures" / "county")
    keys = {one["username"]: (one["password"], one["totp_secret"]) for one in county.staff}
    load_catalogues()
    port = _free_port()
    environment = os.environ | addresses.database_variables(databases.places(), live.database)
    environment |= {"DICOM_PORT": str(port), "DICOM_HOST": "127.0.0.1"}
    environment |= _but_checkpoints(tmp_path_factory.mktemp("house"))
    celery = [sys.executable, "-m", "celery", "-A", "config.celery"]
    worker = ["worker", "-P", "threads", "-c", "2", "--without-gossip", "--without-mingle"]
    commands = [
        [*celery, *worker, "-l", "WARNING"],
        # Without the clock a message to the centre whose answer came too late would never be looked up.
        [*celery, "beat", "-S", "config.beat.OnlyBeat", "-l", "WARNING"],
        [sys.executable, str(ROOT / "manage.py"), "dicom_receiver", "--port", str(port)],
    ]
    running = [subprocess.Popen(command, env=environment, cwd=ROOT) for command in commands]
    try:
        _wait_for(port)
        yield House(live.url, centre, port, keys)
    finally:
        for process in running:
            process.send_signal(signal.SIGTERM)
        for process in running:
            _end(process)


def _but_checkpoints(own: Path) -> dict[str, str]:
    """A data folder of its own with the keys and files of the tests: the clock's checkpoints are over this house's
    audit chain, and in the folder they share every other test's chain would be found cut short."""
    shared = Path(settings.DATA_DIR)
    (shared / "files").mkdir(exist_ok=True)
    (own / "files").symlink_to(shared / "files")
    return {"LIANYI_DATA": str(own), "LIANYI_SECRETS": str(settings.SECRETS_DIR)}


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def load_catalogues() -> None:
    """Diagnoses, exams and a few fees."""
    terminology.load(
        by=LOADER,
        system=System.ICD10,
        concepts=[(row["code"], row["display"]) for row in _rows(CATALOGUE / "icd10.tsv")],
    )
    diagnostics.load_items(by=LOADER, rows=_rows(CATALOGUE / "exam_items.tsv"))
    insurance.load_catalogue(
        by=LOADER, items=[{"initials": row["code"], "unit": "次", **row} for row in FEES]
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def place(name: str) -> Organisation:
    return Organisation.objects.get(short_name=name)


def somebody(role: str, organisation: Organisation, department: str = "") -> Staff:
    """Somebody who holds this post and no other."""
    people = Staff.objects.filter(posts__role=role, posts__organisation=organisation)
    if department:
        people = people.filter(posts__department__code=department)
    for person in people.distinct().order_by("username"):
        if person.posts.count() == 1:
            return person
    found = people.order_by("username").first()
    assert found is not None, f"nobody is {role} at {organisation}"
    return found


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait_for(port: int) -> None:
    for _attempt in range(1200):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the DICOM receiver does not listen")
