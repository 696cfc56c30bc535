"""One step of a referral leg, all in: milliseconds of CPU of this process and of its database, and statements.

    .venv/bin/python benchmarks/referral_transition.py [--legs 40] [--show accept] [--profile accept]

Each step is a transaction of its own that commits, in a database of its own, as a race test's. All in: policy and row
lock, the table, the row, history, tally, FHIR resources, access grounds, audit, outbox and its bell. The handlers that
follow in the worker are not in it. Prints JSON; the goal is 25 ms. `--show` lists the statements of one verb,
`--profile` what its time goes into.
"""

import argparse
import cProfile
import json
import os
import pstats
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

GOAL_MS = 25


@dataclass
class Meter:
    """What the steps cost so far, by verb."""

    backend: int
    show: str
    profiled: str
    here: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    there: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wall: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statements: dict[str, list[str]] = field(default_factory=dict)
    profile: cProfile.Profile = field(default_factory=cProfile.Profile)

    def database(self) -> float:
        """Milliseconds of CPU the backend has used."""
        return int(Path(f"/proc/{self.backend}/schedstat").read_text().split()[0]) / 1e6

    def step(self, verb: Callable[..., Any], **order: Any) -> Any:
        """Order one verb; the first time of each is counted, not timed."""
        name = verb.__name__
        if name not in self.statements:
            return self._counted(verb, order)
        if name == self.profiled:
            return self.profile.runcall(verb, **order)
        there, here, begun = self.database(), time.process_time(), time.perf_counter()
        done = verb(**order)
        self.wall[name].append((time.perf_counter() - begun) * 1000)
        self.here[name].append((time.process_time() - here) * 1000)
        self.there[name].append(self.database() - there)
        return done

    def _counted(self, verb: Callable[..., Any], order: dict[str, Any]) -> Any:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            done = verb(**order)
        self.statements[verb.__name__] = [one["sql"] for one in seen.captured_queries]
        return done

    def told(self) -> dict[str, Any]:
        """By verb: the middle of each, and whether both together are within the goal."""
        return {name: self._told(name) for name in self.here}

    def _told(self, name: str) -> dict[str, Any]:
        both = sorted(here + there for here, there in zip(self.here[name], self.there[name], strict=True))
        return {
            "cpu_p50_ms": round(statistics.median(both), 1),
            "cpu_p95_ms": round(both[int(len(both) * 0.95) - 1], 1),
            "process_p50_ms": round(statistics.median(self.here[name]), 1),
            "database_p50_ms": round(statistics.median(self.there[name]), 1),
            "wall_p50_ms": round(statistics.median(self.wall[name]), 1),
            "statements": len(self.statements[name]),
            "within": statistics.median(both) <= GOAL_MS,
        }


def walk(house: Any, step: Callable[..., Any]) -> None:
    """Up and closed again, with everything that moves the leg: submit, accept, keep a bed, set out, arrive, …"""
    from referral import services
    from tests.factories.consortium import make_bed
    from tests.factories.emr import make_patient

    patient, bed = make_patient(organisation=house.branch), make_bed(house.ward)
    leg = services.draft(
        by=house.doctor,
        key="",
        patient_id=patient.pk,
        target_id=house.hospital.pk,
        department_id=house.ward.pk,
        priority="urgent",
        diagnosis="完全性房室传导阻滞",
        reason="头晕黑蒙 2 小时",
        consent="patient",
    )
    reply = {"follow_up": "none", "no_plan": "cured", "no_plan_words": "恢复良好"}
    for verb, by, said in (
        (services.submit, house.doctor, {}),
        (services.request_info, house.coordinator, {"items": ["心电图"]}),
        (services.supply_info, house.doctor, {"answer": "已补充"}),
        (services.accept, house.coordinator, {"department_id": house.ward.pk}),
        (services.schedule, house.coordinator, {"bed_id": bed.pk}),
        (services.start_transfer, house.doctor, {"eta_minutes": 40}),
        (services.arrive, house.reception, {"identity_checked": True}),
        (services.admit, house.specialist, {"complaint": "头晕"}),
        (services.complete_care, house.specialist, {"outcome": "好转", "advice": "一周后复诊", **reply}),
        (services.acknowledge, house.doctor, {}),
    ):
        leg = step(
            verb, by=by, referral_id=leg.pk, version=leg.version, key=f"{leg.pk}-{leg.version}", **said
        )


class Bench:
    """A plugin of pytest: one race test that walks as often as asked."""

    def __init__(self, said: argparse.Namespace) -> None:
        self.said, self.meter = said, Meter(0, said.show, said.profile)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = items[:1]

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        from django.db import connection

        from tests.factories.referral import make_county

        house = make_county()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            self.meter.backend = cursor.fetchone()[0]
        for _leg in range(self.said.legs + 1):
            walk(house, self.meter.step)
        return True

    def tell(self) -> None:
        told = {
            "at": time.strftime("%Y-%m-%dT%H:%M"),
            "load": os.getloadavg(),
            "goal_cpu_ms": GOAL_MS,
            "legs": self.said.legs,
            "verbs": self.meter.told(),
        }
        print(json.dumps(told, ensure_ascii=False, indent=1))
        for statement in self.meter.statements.get(self.said.show, ()):
            print(" ".join(statement.split())[:400])
        if self.said.profile:
            pstats.Stats(self.meter.profile).sort_stats("cumulative").print_stats(70)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--legs", type=int, default=40)
    words.add_argument("--show", default="")
    words.add_argument("--profile", default="")
    bench = Bench(words.parse_args())
    test = "tests/referral/test_races.py"
    options = ["-q", "-n0", "--timeout=0", "--show-capture=no", "-p", "no:cacheprovider", test]
    pytest.main(options, plugins=[bench])
    bench.tell()


if __name__ == "__main__":
    main()
