"""One step of a referral leg, all in: CPU milliseconds, statements, wall milliseconds, verb by verb.

    LIANYI_DATA=… .venv/bin/python benchmarks/referral_transition.py [--legs 40]

Runs on the demo county (`script/server` must be up, or DATABASE_URL and REDIS_URL name one), in a transaction that is
taken back. All in: policy and row lock, the table, the row, history, FHIR resources, access grounds, audit, outbox.
CPU is this process's; the database's own and the handlers that follow are not in it. Prints JSON; goal 25 ms.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connection, transaction  # noqa: E402 - models need the settings
from django.test.utils import CaptureQueriesContext  # noqa: E402 - models need the settings

from consortium.choices import Role  # noqa: E402 - models need the settings
from consortium.models import Department, Organisation, Post  # noqa: E402 - models need the settings
from emr.index.models import Patient  # noqa: E402 - models need the settings
from kernel.actor import Actor  # noqa: E402 - models need the settings
from referral import services  # noqa: E402 - models need the settings
from tests.factories.consortium import actor_of  # noqa: E402 - models need the settings

GOAL_MS = 25


def post(role: str, organisation: Organisation) -> Actor:
    """Somebody of the demo county in this post."""
    found = Post.objects.filter(role=role, organisation=organisation).select_related("staff").order_by("pk")
    return actor_of(found[0].staff, role)


def walk(patient: Patient, ward: Department, measured: Callable[..., Any]) -> None:
    """Up with everything measured that moves the leg: submit, accept, set out, arrive, admit, reply, read."""
    branch, head = patient.organisation, ward.organisation
    doctor = post(Role.BRANCH_DOCTOR, branch)
    leg = services.draft(
        by=doctor,
        key="",
        patient_id=patient.pk,
        target_id=head.pk,
        department_id=ward.pk,
        priority="urgent",
        diagnosis="完全性房室传导阻滞",
        reason="头晕黑蒙 2 小时",
        consent="patient",
    )
    desk, door = post(Role.COORDINATOR, head), post(Role.RECEPTION, head)
    carer = post(Role.SPECIALIST, head)
    for verb, by, said in (
        (services.submit, doctor, {}),
        (services.accept, desk, {"department_id": ward.pk}),
        (services.start_transfer, doctor, {"eta_minutes": 40}),
        (services.arrive, door, {"identity_checked": True}),
        (services.admit, carer, {"complaint": "头晕"}),
        (services.complete_care, carer, {"outcome": "好转", "advice": "一周后复诊"}),
        (services.acknowledge, doctor, {}),
    ):
        leg = measured(verb, by=by, referral_id=leg.pk, version=leg.version, key="", **said)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--legs", type=int, default=40)
    count = asked.parse_args().legs
    cpu: dict[str, list[float]] = defaultdict(list)
    wall: dict[str, list[float]] = defaultdict(list)
    statements: dict[str, int] = {}

    def measured(verb: Callable[..., Any], **order: Any) -> Any:
        name = verb.__name__
        if name not in statements:
            with CaptureQueriesContext(connection) as seen:
                done = verb(**order)
            statements[name] = len(seen)
            return done
        start, begun = time.process_time(), time.perf_counter()
        done = verb(**order)
        cpu[name].append((time.process_time() - start) * 1000)
        wall[name].append((time.perf_counter() - begun) * 1000)
        return done

    with transaction.atomic():
        ward = Department.objects.filter(organisation__kind="head_hospital", beds__isnull=False).order_by(
            "pk"
        )[0]
        taken = Patient.objects.filter(organisation__kind="branch").exclude(referrals__isnull=False)
        for patient in taken.select_related("organisation").order_by("pk")[: count + 1]:
            walk(patient, ward, measured)
        transaction.set_rollback(True)
    verbs = {
        name: {
            "cpu_p50_ms": round(statistics.median(cpu[name]), 1),
            "cpu_p95_ms": round(sorted(cpu[name])[int(len(cpu[name]) * 0.95) - 1], 1),
            "wall_p50_ms": round(statistics.median(wall[name]), 1),
            "statements": statements[name],
            "within": statistics.median(cpu[name]) <= GOAL_MS,
        }
        for name in cpu
    }
    print(json.dumps({"goal_cpu_ms": GOAL_MS, "legs": count, "verbs": verbs}, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
