"""How large the audit record is beside the clinical data. Reads only; prints JSON.

    LIANYI_DATA=… .venv/bin/python benchmarks/audit_size.py

Bytes of a table are all it takes on disk, its indexes and what lies beside it included. Clinical are the tables of
what is known of patients (records, referrals, exams, pictures, recordings) and the stored files; the audit record is
its partitions. `rows_by_action` says what writes the most of it.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.apps import apps
from django.db import connection

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


def main() -> None:
    """Measure and print."""
    tables = [model._meta.db_table for name in CLINICAL for model in apps.get_app_config(name).get_models()]
    known = sizes([*tables, AUDIT, "emr_resource", "emr_resource_history"])
    audit, bare = known.pop(AUDIT)
    clinical, stored = sum(whole for whole, _bare in known.values()), files()
    largest = sorted(known.items(), key=lambda one: one[1][0], reverse=True)[:8]
    told = {
        "audit_mb": round(audit / 1e6, 1),
        "audit_without_indexes_mb": round(bare / 1e6, 1),
        "clinical_tables_mb": round(clinical / 1e6, 1),
        "clinical_files_mb": round(stored / 1e6, 1),
        "audit_to_clinical_tables": round(audit / clinical, 3),
        "audit_to_all": round(audit / (clinical + stored), 3),
        "patients": apps.get_model("emr", "Patient").objects.count(),
        "largest_clinical_mb": {name: round(whole / 1e6, 1) for name, (whole, _bare) in largest},
        **actions(),
    }
    print(json.dumps(told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
