"""Patient list, search and registration: CPU of server process and database, statements, milliseconds. Prints JSON.

    .venv/bin/python benchmarks/patients.py --people 10000 [--rounds 200]

Fills the present database with synthetic people up to `--people` (in a data folder of your own: LIANYI_DATA), then
calls the verbs the pages call. CPU is that of this process and of its database process (/proc), per call.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TICK = os.sysconf("SC_CLK_TCK")


def cpu_of(pid: int) -> float:
    """Seconds of CPU a process has used, as fine as the scheduler counts them."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK


def measure(name: str, rounds: int, call: Callable[[int], Any], backend: int) -> dict[str, Any]:
    """Run `call` some times; mean CPU of both processes, statements of one call, median and 95th percentile."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        call(0)
    for warm in range(1, 6):
        call(warm)
    taken, own, base = [], time.process_time(), cpu_of(backend)
    for at in range(rounds):
        start = time.perf_counter()
        call(at + 6)
        taken.append((time.perf_counter() - start) * 1000)
    own, base = time.process_time() - own, cpu_of(backend) - base
    taken.sort()
    return {
        "what": name,
        "cpu_ms": round((own + base) * 1000 / rounds, 2),
        "server_ms": round(own * 1000 / rounds, 2),
        "database_ms": round(base * 1000 / rounds, 2),
        "statements": len(
            [one for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]
        ),
        "p50_ms": round(taken[len(taken) // 2], 2),
        "p95_ms": round(taken[int(len(taken) * 0.95)], 2),
    }


def main() -> None:
    """Fill, measure, print."""
    words = argparse.ArgumentParser()
    words.add_argument("--people", type=int, default=10_000)
    words.add_argument("--rounds", type=int, default=200)
    asked = words.parse_args()
    import django

    django.setup()
    print(json.dumps(run(asked.people, asked.rounds), ensure_ascii=False, indent=1))


def fill(wanted: int) -> float:
    """Synthetic people up to `wanted`; seconds it took."""
    from django.core.management import call_command

    from emr.index.models import Patient

    start, present = time.perf_counter(), Patient.objects.count()
    if present < wanted:
        call_command("generate", people=wanted - present, seed=present + 1, stdout=sys.stderr)
    return time.perf_counter() - start


def reader(place: Any) -> Any:
    """A specialist of the hospital, as the verbs are asked by one."""
    from consortium.choices import Role
    from kernel.actor import Actor, Kind
    from kernel.ids import uuid7

    return Actor(
        kind=Kind.STAFF, name="benchmark", id=uuid7(), organisation=place, organisations=frozenset({place}),
        roles=frozenset({Role.SPECIALIST}), clearance=4,
    )  # fmt: skip


def run(wanted: int, rounds: int) -> dict[str, Any]:
    """Fill, then measure each verb."""
    from django.db import connection

    from consortium import selectors as consortium
    from emr.index import selectors, services, vault
    from emr.index.models import Patient
    from fixtures.people import people
    from kernel import clock

    filled = fill(wanted)
    home = consortium.head_hospital()
    doctor = reader(home.pk)
    rows = list(Patient.objects.filter(organisation=home.pk).select_related("person").order_by("pk")[:400])

    def unsealed(row: Patient) -> tuple[str, str, str]:
        return vault.name_of(row.person), vault.id_number_of(row.person), vault.phone_of(row.person)

    known = [unsealed(row) for row in rows]
    numbers = [number for _name, number, _phone in known if number]
    phones = [phone for _name, _number, phone in known if phone]
    fresh = list(people(rounds + 10, seed=random.randrange(10**9), today=clock.today(), visits=False))
    cursor_at = selectors.patient_page(by=doctor, view="all").after
    services.searching.QUOTAS.update(own=10**9, county=10**9)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), version()")
        backend, version = cursor.fetchone()

    def new(at: int) -> None:
        one = fresh[at]
        services.register(
            by=doctor, key="", name=one.name, sex=one.sex, birth_date=one.birth_date, id_kind="none",
            no_id_reason="never_issued", phone=one.phone, address=one.address,
        )  # fmt: skip

    calls: list[tuple[str, Callable[[int], Any]]] = [
        ("list, first page", lambda at: selectors.patient_page(by=doctor, view="all")),
        ("list, later page", lambda at: selectors.patient_page(by=doctor, view="all", after=cursor_at)),
        ("search, whole name", lambda at: services.search(by=doctor, text=known[at % len(known)][0])),
        ("search, surname in pinyin", lambda at: services.search(by=doctor, text="zhang")),
        ("search, initials", lambda at: services.search(by=doctor, text="wgf")),
        ("search, identity number", lambda at: services.search(by=doctor, text=numbers[at % len(numbers)])),
        ("search, telephone", lambda at: services.search(by=doctor, text=phones[at % len(phones)])),
        ("unseal name, number and telephone of 50", lambda at: [unsealed(row) for row in rows[:50]]),
        ("register a patient", new),
    ]
    return {
        "people": Patient.objects.count(),
        "people_of_this_hospital": Patient.objects.filter(organisation=home.pk).count(),
        "fill_s": round(filled, 1),
        "postgres": version.split(" on ")[0],
        "at": clock.now().isoformat(timespec="seconds"),
        "measured": [measure(name, rounds, call, backend) for name, call in calls],
    }


if __name__ == "__main__":
    main()
