"""Walks of legs through the database, each in a transaction of its own that is rolled back: which invariant broke.

    .venv/bin/python benchmarks/referral_soak.py [walks] [first seed] [minutes] [processes]

Prints JSON: how many walks, how long, where they ended, every violation with its seed (`walk(seed)` shows it again).
After so many minutes, or on SIGTERM, it begins no other walk and tells what there was so far. Each process has a
database of its own, as the suite's; together they share the seeds out.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

STRIDE = "SOAK_STRIDE"
"""Set for a child: it walks each so many-th seed."""


class Soak:
    """A plugin of pytest: one test that walks as often as asked."""

    def __init__(self, seeds: range, minutes: float) -> None:
        self.seeds, self.until, self.told = seeds, time.monotonic() + 60 * minutes, {}
        signal.signal(signal.SIGTERM, self.stop)

    def stop(self, *_signal: object) -> None:
        self.until = 0.0

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = items[:1]

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        ends, violations, began, walked = Counter[str](), [], time.process_time(), 0
        for seed in self.seeds:
            if time.monotonic() > self.until:
                break
            walked += 1
            try:
                ends[walked_to(seed)] += 1
            except Exception as error:
                violations.append({"seed": seed, "where": where(error), "error": said(error)})
        self.told = {
            "walks": walked,
            "first_seed": self.seeds.start,
            "cpu_seconds": round(time.process_time() - began, 1),
            "ends": dict(ends.most_common()),
            "violations": violations,
        }
        return True


def walked_to(seed: int) -> str:
    """One walk, taken back; the state it ended in."""
    from django.db import transaction

    from tests.referral.test_walks import walk

    with transaction.atomic():
        status = str(walk(seed).status)
        transaction.set_rollback(True)
    return status


def where(error: Exception) -> str:
    """The function an error comes from: an invariant has its name."""
    last = error.__traceback__
    while last and last.tb_next:
        last = last.tb_next
    return last.tb_frame.f_code.co_name if last else ""


def said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


def soak(seeds: range, minutes: float) -> dict[str, Any]:
    """In this process."""
    plugin = Soak(seeds, minutes)
    test = "tests/referral/test_walks.py::test_a_walk_keeps_every_invariant"
    options = ["-q", "-n0", "--timeout=0", "--show-capture=no", "-p", "no:cacheprovider", test]
    pytest.main(options, plugins=[plugin])
    return plugin.told


def together(walks: int, first: int, minutes: float, processes: int) -> dict[str, Any]:
    """In so many processes, the seeds shared out; their answers as one."""
    children = [
        subprocess.Popen(
            [sys.executable, __file__, str(walks - place), str(first + place), str(minutes)],
            env={**os.environ, STRIDE: str(processes)},
            stdout=subprocess.PIPE,
            text=True,
        )
        for place in range(processes)
    ]
    signal.signal(signal.SIGTERM, lambda *_signal: [child.terminate() for child in children] and None)
    told = [child.communicate()[0].partition("\n{\n")[2] for child in children]
    answers = [json.loads("{\n" + words) for words in told]
    return {
        "walks": sum(one["walks"] for one in answers),
        "first_seed": first,
        "processes": processes,
        "cpu_seconds": round(sum(one["cpu_seconds"] for one in answers), 1),
        "ends": dict(sum((Counter(one["ends"]) for one in answers), Counter[str]()).most_common()),
        "violations": [line for one in answers for line in one["violations"]],
    }


def main() -> None:
    given = [*sys.argv[1:], *(None,) * 4]
    walks, first = int(given[0] or 10_000), int(given[1] or 1_000)
    minutes, processes = float(given[2] or "inf"), int(given[3] or 1)
    stride = int(os.environ.get(STRIDE, "1"))
    told = (
        together(walks, first, minutes, processes)
        if processes > 1
        else soak(range(first, first + walks, stride), minutes)
    )
    print(f"\n{json.dumps(told, ensure_ascii=False, indent=1)}")


if __name__ == "__main__":
    main()
