"""The audit chain: transactions per second with one and with sixteen writers, rows per second verified.

    .venv/bin/python benchmarks/audit.py [--writers 16] [--seconds 5] [--rows 100000]

Runs on the database the settings name (the embedded one, or DATABASE_URL …) and leaves its entries there: use
a database made for it. Prints JSON.
"""

import argparse
import json
import multiprocessing
import os
import platform
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.db import connections, transaction

from kernel import audit
from kernel.actor import Actor
from kernel.chain import verifying

BY = Actor.system("benchmark")
HELD = 0.010
"""Seconds a held transaction goes on after its record: with one head for all, that is how long the next one waits."""


def write_for(seconds: float, held: float) -> int:
    """Transactions of one record each, one after the other; how many were committed.

    Each goes on for `held` seconds after its record, waiting as a verb waits for its files and its disk.
    """
    done, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        with transaction.atomic():
            audit.record(by=BY, action="benchmark.written", detail={"number": done})
            if held:
                time.sleep(held)
        done += 1
    connections.close_all()
    return done


def writes(writers: int, seconds: float, held: float = 0.0) -> float:
    """Committed transactions per second with this many processes that write at once."""
    connections.close_all()
    with multiprocessing.get_context("fork").Pool(writers) as pool:
        return sum(pool.starmap(write_for, [(seconds, held)] * writers, chunksize=1)) / seconds


def fill(rows: int) -> float:
    """Write `rows` records in transactions of 500; seconds of wall time for one record."""
    start = time.perf_counter()
    for _ in range(rows // 500):
        with transaction.atomic():
            for number in range(500):
                audit.record(by=BY, action="benchmark.filled", detail={"number": number})
    return (time.perf_counter() - start) / max(rows, 1)


def verified() -> dict[str, Any]:
    """Rows read, rows per second, and whether the chain is sound."""
    start = time.perf_counter()
    result = verifying.verify()
    seconds = time.perf_counter() - start
    return {"rows": result.rows, "rows_per_second": round(result.rows / seconds), "sound": result.sound}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    one, many = writes(1, given.seconds), writes(given.writers, given.seconds)
    held_one, held_many = (writes(each, given.seconds, HELD) for each in (1, given.writers))
    record = fill(given.rows)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE kernel_auditentry")
    answer = {
        "what": "audit chain",
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "writers": given.writers,
        "tx_per_second_one_writer": round(one),
        "tx_per_second_all_writers": round(many),
        "tx_per_second_one_writer_held": round(held_one),
        "tx_per_second_all_writers_held": round(held_many),
        "all_to_one_held": round(held_many / held_one, 1),
        "ms_per_record_in_a_long_transaction": round(record * 1000, 3),
        "verify": verified(),
    }
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
