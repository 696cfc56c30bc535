"""The triage board of 500 open legs: milliseconds (p50, p95), statements and bytes of the list and of the page.

    LIANYI_DATA=… .venv/bin/python benchmarks/referral_board.py [--legs 500] [--rounds 60]

Runs on the demo county (`script/server` must be up, or DATABASE_URL and REDIS_URL name one), in a transaction that is
taken back. The page is the whole way of a request in this process: session, post, policy, audit entry, templates; the
network is not in it. Prints JSON.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection, transaction
from django.test import Client

from consortium.choices import Role
from consortium.models import Department, Organisation, Post
from emr.index.models import Patient
from kernel import clock, ids
from referral import selectors
from referral.models import Referral
from referral.selectors.desk.triage import Heap
from tests.factories.consortium import actor_of, sign_in

BOARD, GOAL_MS = "/referrals/triage/", 120
STATES = ("submitted",) * 6 + ("info_requested", "accepted", "arrived", "in_care")


def fill(count: int, desk: Post) -> None:
    """Open legs of the county's patients to the desk's hospital; legs that stand are closed first."""
    chance, now = random.Random(1), clock.now()  # invented legs, no secret
    Referral.objects.update(status="entered_in_error")
    wards = list(Department.objects.filter(organisation=desk.organisation).order_by("pk"))
    branches = list(Organisation.objects.filter(kind="branch").order_by("pk"))
    patients = list(Patient.objects.order_by("pk")[:count])
    Referral.objects.bulk_create(
        Referral(
            id=ids.uuid7(),
            number=f"BM{place:010d}",
            patient=patients[place % len(patients)],
            person_id=patients[place % len(patients)].person_id,
            direction="up",
            source=branches[place % len(branches)],
            target_id=desk.organisation_id,
            department=wards[(place // len(patients) + place) % len(wards)],
            doctor_id=desk.staff_id,
            status=chance.choice(STATES),
            priority=chance.choice(("emergency", "urgent", "routine", "routine")),
            diagnosis="完全性房室传导阻滞",
            reason="头晕黑蒙 2 小时",
            consent="patient",
            asked=["心电图"],
            arrived_at=now - timedelta(hours=chance.randint(1, 40)),
            created_at=now,
            submitted_at=now,
            due_at=now + timedelta(minutes=chance.randint(-60, 1440)),
        )
        for place in range(count)
    )


def measured(call: Callable[[], Any], rounds: int) -> dict[str, Any]:
    """Milliseconds of one call, and its statements. The least and the CPU say what it costs on a machine of its own."""
    asked: list[str] = []

    def counted(execute: Any, sql: str, *more: Any) -> Any:
        asked.append(sql)
        return execute(sql, *more)

    call()
    with connection.execute_wrapper(counted):
        call()
    spans, cpu = [], time.process_time()
    for _round in range(rounds):
        start = time.perf_counter()
        call()
        spans.append((time.perf_counter() - start) * 1000)
    cpu = (time.process_time() - cpu) * 1000 / rounds
    spans.sort()
    p50, p95 = spans[len(spans) // 2], spans[int(len(spans) * 0.95) - 1]
    return {
        "least_ms": round(spans[0], 1),
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
        "cpu_of_this_process_ms": round(cpu, 1),
        "statements": len(asked),
    }


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--legs", type=int, default=500)
    words.add_argument("--rounds", type=int, default=60)
    said = words.parse_args()
    with transaction.atomic():
        desk = Post.objects.filter(role=Role.COORDINATOR).select_related("staff").order_by("pk")[0]
        fill(said.legs, desk)
        by, browser = actor_of(desk.staff, Role.COORDINATOR), Client(SERVER_NAME="localhost")
        sign_in(browser, desk.staff, Role.COORDINATOR)
        found = selectors.triage(by=by, heap=Heap())
        fragment = {"HX-Request": "true", "HX-Target": "board"}
        told = {
            "selector": measured(lambda: selectors.triage(by=by, heap=Heap()), said.rounds),
            "page": measured(lambda: browser.get(BOARD), said.rounds),
            "refresh": measured(lambda: browser.get(BOARD, headers=fragment), said.rounds),
            "with_pane": measured(
                lambda: browser.get(f"{BOARD}?row={found.rows[0].referral.pk}"), said.rounds
            ),
        }
        told["page"]["kilobytes_gz"] = round(
            len(browser.get(BOARD, headers={"Accept-Encoding": "gzip"}).content) / 1024, 1
        )
        transaction.set_rollback(True)
    answer = {
        "at": clock.now().isoformat(timespec="seconds"),
        "load": os.getloadavg(),
        "legs": said.legs,
        "waiting": found.number,
        "goal_p95_ms": GOAL_MS,
        "measured": told,
    }
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
