"""How large the audit record is beside the clinical data. Prints JSON.

    LIANYI_DATA=… .venv/bin/python benchmarks/audit_size.py [--visits 300]

Without `--visits` it only reads. With it, so many ordinary visits are played first on the present database (one made
for it) and what each side grew by is told as well: the desk looks the patient up, the doctor opens the record, writes
the note with vital signs, two diagnoses and two medicines, signs a prescription; two colleagues open the record later,
and six lists are shown on the way.

Bytes of a table are all it takes on disk, its indexes and what lies beside it included. Clinical are the tables of
what is known of patients (records, referrals, exams, pictures, recordings) and the stored files; the audit record is
its partitions. `rows_by_action` says what writes the most of it.
"""

import argparse
import json
import os
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.apps import apps
from django.db import connection

from consortium import selectors as consortium
from consortium.choices import OrganisationKind, Role
from consortium.models import Post
from emr.access import services as access
from emr.chart import services as chart
from emr.index import services as index
from emr.index.models import Patient
from emr.prescriptions import services as prescriptions
from emr.prescriptions.engine.sheet import Line
from emr.prescriptions.selectors import record
from kernel import audit
from kernel.actor import Actor

CLINICAL = ("emr", "diagnostics", "imaging", "ecg", "referral")
AUDIT = "kernel_auditentry"
SIZES = """
SELECT t.name, coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint,
       coalesce(sum(pg_relation_size(c.oid)), 0)::bigint
FROM unnest(%s::text[]) AS t(name)
LEFT JOIN LATERAL (
    SELECT to_regclass(t.name)::oid AS oid
    UNION ALL SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(t.name)
) c ON true
GROUP BY t.name
"""


def sizes(tables: list[str]) -> dict[str, tuple[int, int]]:
    """Bytes of each table, its partitions included: with indexes, and without."""
    with connection.cursor() as cursor:
        cursor.execute(SIZES, [tables])
        return {name: (whole, bare) for name, whole, bare in cursor.fetchall()}


def files() -> int:
    """Bytes of the stored files, as the table of files counts them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(size), 0)::bigint FROM kernel_storedfile")
        (found,) = cursor.fetchone()
    return int(found)


def actions() -> dict[str, Any]:
    """How many entries there are, and of which actions the most."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT action, count(*) FROM {AUDIT} GROUP BY 1 ORDER BY 2 DESC LIMIT 12"
        )  # a constant
        most = dict(cursor.fetchall())
        cursor.execute(f"SELECT count(*) FROM {AUDIT}")  # a constant
        (rows,) = cursor.fetchone()
    return {"rows": rows, "rows_by_action": most}


def doctors() -> list[Actor]:
    """The doctors of a branch, each with a session of her own."""
    rows = Post.objects.filter(role=Role.BRANCH_DOCTOR, organisation__kind=OrganisationKind.BRANCH)
    first = rows.order_by("organisation__name", "pk").first()
    assert first is not None
    posts = rows.filter(organisation=first.organisation_id).select_related("staff").order_by("pk")
    return [consortium.actor_of(post, session=uuid4().hex, address="10.1.2.3") for post in posts]


MEDICINES = (
    Line("氨氯地平片", Decimal(5), "mg", "qd", "1", 7, 1, "盒", "5mg×7片"),
    Line("二甲双胍片", Decimal("0.5"), "g", "tid", "1", 7, 1, "瓶", "0.25g×60片"),
)
LISTS = (
    "emr:patients",
    "portal:home",
    "referral:board",
    "diagnostics:orders",
    "emr:encounter",
    "emr:prescriptions",
)


def play(visits: int) -> int:
    """Ordinary visits, one after the other; how many."""
    staff = doctors()
    place = staff[0].place
    rows = Patient.objects.filter(organisation=place, person__deceased_at__isnull=True).order_by("pk")
    for number, patient in enumerate(rows[:visits]):
        _visit(staff, number, patient.pk, patient.local_number)
    return min(visits, rows.count())


def _visit(staff: list[Actor], number: int, patient_id: UUID, local_number: str) -> None:
    by = another_session(staff[number % len(staff)])
    index.search(by=by, text=local_number)
    access.open_record(by=by, patient_id=patient_id)
    visit = UUID(
        chart.record_encounter(
            by=by,
            key=uuid4().hex,
            patient_id=patient_id,
            complaint="血压、血糖随访，无不适",
            history="近一月规律服药，无头晕、心悸，饮食睡眠可，大小便正常。",
            plan="继续原方案，低盐低糖饮食，2 周后复查",
            diagnoses=[("I10", "", "confirmed"), ("E11.9", "", "confirmed")],
            vitals={"systolic": Decimal(138), "diastolic": Decimal(84), "pulse": Decimal(72)},
            medicines=[("氨氯地平片", "5 mg 每日 1 次"), ("二甲双胍片", "0.5 g 每日 3 次")],
        )
    )
    chosen = [one.id for one in record.visit(by=by, encounter_id=visit).diagnoses]
    try:
        prescriptions.sign(by=by, key="", encounter_id=visit, lines=MEDICINES, diagnoses=chosen)
    except prescriptions.Warned as told:
        seen = [one.key for one in told.warnings]
        prescriptions.sign(
            by=by, key="", encounter_id=visit, lines=MEDICINES, diagnoses=chosen, seen=seen, override="随访"
        )
    for page in LISTS:
        audit.record_shown(by=by, page=page, words={})
    for other in staff[:2]:
        access.open_record(by=another_session(other), patient_id=patient_id)


def another_session(by: Actor) -> Actor:
    """The same person in another session: each opening is an entry of its own."""
    return replace(by, session=uuid4().hex)


def measured() -> dict[str, Any]:
    """Bytes of both sides now."""
    tables = [model._meta.db_table for name in CLINICAL for model in apps.get_app_config(name).get_models()]
    known = sizes([*tables, AUDIT, "emr_resource", "emr_resource_history"])
    audited, bare = known.pop(AUDIT)
    largest = sorted(known.items(), key=lambda one: one[1][0], reverse=True)[:8]
    return {
        "audit": audited,
        "audit_without_indexes": bare,
        "clinical": sum(whole for whole, _bare in known.values()),
        "files": files(),
        "largest_clinical_mb": {name: round(whole / 1e6, 1) for name, (whole, _bare) in largest},
    }


def main() -> None:
    """Play, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=0)
    visits = parser.parse_args().visits
    before = measured() if visits else {}
    rows = actions()["rows"] if visits else 0
    played = play(visits) if visits else 0
    now, entries = measured(), actions()
    told: dict[str, Any] = {
        **{
            f"{name}_mb": round(now[name] / 1e6, 1)
            for name in ("audit", "audit_without_indexes", "clinical", "files")
        },
        "audit_to_clinical_tables": round(now["audit"] / now["clinical"], 3),
        "audit_to_all": round(now["audit"] / (now["clinical"] + now["files"]), 3),
        "patients": Patient.objects.count(),
        "largest_clinical_mb": now["largest_clinical_mb"],
        **entries,
    }
    if played:
        grown = {name: (now[name] - before[name]) / played for name in ("audit", "clinical")}
        told["per_visit"] = {
            "visits": played,
            "entries": round((entries["rows"] - rows) / played, 1),
            "audit_kb": round(grown["audit"] / 1e3, 1),
            "clinical_kb": round(grown["clinical"] / 1e3, 1),
            "audit_to_clinical": round(grown["audit"] / grown["clinical"], 3),
        }
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
