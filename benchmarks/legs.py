"""Invented legs with their histories, and the statistics page over them, measured; called by `referral_stats.py`."""

import os
import random
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
from django.db import connection, connections
from django.db.models import Model
from django.test import Client

from consortium.choices import OrganisationKind, Role
from consortium.models import Organisation
from emr.chart.services import load_people
from emr.chart.services.loading import Place
from emr.index.models import Patient
from fixtures.people import generator
from kernel import clock, ids
from kernel.actor import Actor
from referral import services
from referral.models import HistoryEntry, Referral
from tests.factories.consortium import make_department, make_organisation, make_staff, sign_in

PAGE, GOAL_MS = "/referrals/stats/", 1000
CODES = ("I21.0", "I63.9", "J18.9", "K35.8", "E11.9", "S72.0", "O80", "J44.1", "N20.0", "I10")
ENDED = {"rejected": ("R01", "no", "wait")}
WAYS = {
    "closed": (
        ("submit", "submitted", 0), ("accept", "accepted", 2), ("schedule", "scheduled", 3), ("arrive", "arrived", 20),
        ("admit", "in_care", 21), ("complete_care", "care_completed", 150), ("acknowledge", "closed", 190),
    ),
    "rejected": (("submit", "submitted", 0), ("reject", "rejected", 3)),
    "cancelled": (("submit", "submitted", 0), ("accept", "accepted", 2), ("withdraw", "cancelled", 9)),
    "down": (
        ("submit", "submitted", 0), ("accept", "accepted", 3), ("arrive", "arrived", 18),
        ("start_rehab", "rehab_active", 20), ("log_visit", "rehab_active", 200), ("finish_plan", "closed", 700),
    ),
}  # fmt: skip
"""How invented legs go: event, state after it, mean hours after the submission."""


def fill(count: int, people: int) -> int:
    """Invented legs with their histories; how many entries."""
    chance, now = random.Random(1), clock.now()  # invented legs, no secret
    head = make_organisation(kind=OrganisationKind.HEAD_HOSPITAL)
    branches = [make_organisation() for _branch in range(12)]
    homes = [Place(one.pk, one.short_name, None, "") for one in (head, *branches)]
    invented = generator.people(people, seed=1, today=clock.today(), visits=False)
    load_people(by=Actor.system("tests"), people=invented, places=homes, resources=False)
    wards = [make_department(head) for _ward in range(12)]
    doctors = [make_staff(Role.BRANCH_DOCTOR, branch) for branch in branches for _doctor in range(3)]
    patients = list(Patient.objects.order_by("pk").values_list("pk", "person_id"))
    legs: list[Referral] = []
    entries: list[HistoryEntry] = []
    for place in range(count):
        way = chance.choices(tuple(WAYS), (55, 8, 7, 30))[0]
        leg = _leg(place, way, chance.choice(CODES))
        leg.patient_id, leg.person_id = chance.choice(patients)
        branch = chance.choice(branches)
        leg.doctor = chance.choice(doctors)
        leg.source, leg.target = (head, branch) if way == "down" else (branch, head)
        ward = chance.choice(wards)
        leg.source_department, leg.department = (ward, None) if way == "down" else (None, ward)
        leg.created_at = leg.submitted_at = leg.ended_at = now - timedelta(days=chance.uniform(0, 730))
        legs.append(leg)
        entries.extend(_history(leg, way, chance))
    _store(legs)
    _store(entries)
    return len(entries)


def _store(rows: Sequence[Model]) -> None:
    """New rows of one model, by JSON: `bulk_create` takes several times as long."""
    fields = rows[0]._meta.concrete_fields
    columns, table = ", ".join(f'"{field.column}"' for field in fields), rows[0]._meta.db_table
    for start in range(0, len(rows), 5000):
        lines = [
            {field.column: getattr(row, field.attname) for field in fields}
            for row in rows[start : start + 5000]
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({columns}) SELECT {columns}"
                f" FROM jsonb_populate_recordset(NULL::{table}, %s::jsonb)",
                [orjson.dumps(lines, default=bytes.hex).decode()],
            )


def _leg(place: int, way: str, code: str) -> Referral:
    code_of, text, instead = ENDED.get(way, ("", "", ""))
    return Referral(
        id=ids.uuid7(), number=f"BM{place:010d}", direction="down" if way == "down" else "up",
        status="closed" if way == "down" else way, diagnosis_code=code, diagnosis="病", reason="因", consent="patient",
        reject_code=code_of, reject_text=text, instead=instead,
    )  # fmt: skip


def _history(leg: Referral, way: str, chance: random.Random) -> list[HistoryEntry]:
    before, moment, told = "draft", leg.submitted_at, []
    for version, (event, after, hours) in enumerate(WAYS[way], 2):
        at = moment + timedelta(hours=hours * chance.uniform(0.3, 2))
        told.append(
            HistoryEntry(
                referral=leg, version=version, event=event, before=before, after=after, happened_at=at
            )
        )
        before = after
    return told


def measured(call: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Milliseconds of one call, wall and CPU. Raises SystemExit where it is no page."""
    if (status := call().status_code) != 200:
        raise SystemExit(f"the page answers {status}")
    spans, here, there = list[float](), list[float](), list[float]()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = Path(f"/proc/{cursor.fetchone()[0]}/schedstat")
    for _round in range(rounds):
        start, process, database = time.perf_counter(), time.process_time(), _used(backend)
        call()
        spans.append((time.perf_counter() - start) * 1000)
        here.append((time.process_time() - process) * 1000)
        there.append(_used(backend) - database)
    spans.sort()
    p50, p95 = spans[len(spans) // 2], spans[int(len(spans) * 0.95) - 1]
    return {
        "p50_ms": round(p50, 1), "p95_ms": round(p95, 1), "process_cpu_ms": round(statistics.median(here), 1),
        "database_cpu_ms": round(statistics.median(there), 1), "load": os.getloadavg()[0],
    }  # fmt: skip


def _used(backend: Path) -> float:
    """Milliseconds of CPU of the database session; of its parallel workers nothing."""
    return int(backend.read_text().split()[0]) / 1e6


def run(legs: int, people: int, rounds: int, *, compare: bool) -> dict[str, Any]:
    """Everything, on the present database."""
    start = time.perf_counter()
    entries = fill(legs, people)
    filled = time.perf_counter() - start
    start = time.perf_counter()
    services.recount(by=Actor.system("referral"))
    recounted = time.perf_counter() - start
    with connections["owner"].cursor() as cursor:
        for table in ("tally", "referral", "historyentry"):
            cursor.execute(f"VACUUM ANALYZE referral_{table}")
    browser = Client(SERVER_NAME="localhost")
    sign_in(browser, make_staff(Role.STATISTICIAN, Organisation.objects.order_by("pk")[0]))
    asked = {
        "year": "?period=year", "month": "?period=month", "doctors_of_a_year": "?period=year&group=doctor",
        "diseases_of_a_year": "?period=year&group=block&sort=answer",
    }  # fmt: skip
    told = {
        name: measured(lambda query=query: browser.get(PAGE + query), rounds) for name, query in asked.items()
    }
    told["rows"] = measured(lambda: browser.get(f"{PAGE}closure/rows/?period=year&of=whole"), rounds)
    start = time.perf_counter()
    differences = len(services.compare(by=Actor.system("referral"))) if compare else None
    return {
        "at": clock.now().isoformat(timespec="seconds"), "load": os.getloadavg(), "legs": legs,
        "people": people, "entries": entries,
        "goal_p95_ms": GOAL_MS, "filled_s": round(filled, 1), "recounted_s": round(recounted, 1),
        "compared_s": round(time.perf_counter() - start, 1), "differences": differences, "measured": told,
    }  # fmt: skip
