"""Walks of legs through the database, each in a transaction of its own that is rolled back: which invariant broke.

    .venv/bin/python benchmarks/referral_soak.py [walks] [first seed] [minutes]

Prints JSON: how many walks, how long, where they ended, every violation with its seed (`walk(seed)` shows it again).
After so many minutes it begins no other walk.
The database is one of its own, as the suite's.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


class Soak:
    """A plugin of pytest: one test that walks as often as asked."""

    def __init__(self, walks: int, first: int, minutes: float) -> None:
        self.walks, self.first, self.minutes, self.told = walks, first, minutes, {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = items[:1]

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        from django.db import transaction

        from tests.referral.test_walks import walk

        ends, violations, began = Counter[str](), [], time.process_time()
        until, walked = time.monotonic() + 60 * self.minutes, 0
        for seed in range(self.first, self.first + self.walks):
            if time.monotonic() > until:
                break
            walked += 1
            try:
                with transaction.atomic():
                    ends[str(walk(seed).status)] += 1
                    transaction.set_rollback(True)
            except Exception as error:
                last = error.__traceback__
                while last and last.tb_next:
                    last = last.tb_next
                where = last.tb_frame.f_code.co_name if last else ""
                violations.append(
                    {"seed": seed, "where": where, "error": f"{type(error).__name__}: {error}"[:300]}
                )
        self.told = {
            "walks": walked,
            "first_seed": self.first,
            "cpu_seconds": round(time.process_time() - began, 1),
            "ends": dict(ends.most_common()),
            "violations": violations,
        }
        return True


def main() -> None:
    walks = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    minutes = float(sys.argv[3]) if len(sys.argv) > 3 else float("inf")
    soak = Soak(walks, first, minutes)
    test = "tests/referral/test_walks.py::test_a_walk_keeps_every_invariant"
    pytest.main(
        ["-q", "-n0", "--timeout=0", "--show-capture=no", "-p", "no:cacheprovider", test], plugins=[soak]
    )
    print(json.dumps(soak.told, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
