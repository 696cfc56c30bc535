"""The statistics page over 100,000 legs with their histories: milliseconds (p50, p95) and CPU. Prints JSON.

    .venv/bin/python benchmarks/referral_stats.py [--legs 100000] [--people 40000] [--rounds 20] [--compare]

In a database of its own, as the suite's: a head hospital, twelve branches and invented people. Legs are invented over
the two years past; histories and tallies are made as the house makes them. The page is the whole way of a request in
this process; the network is not in it. The tables are analysed first, as autovacuum does for everybody.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


class Bench:
    """A plugin of pytest: one test's database, filled and measured."""

    def __init__(self, said: argparse.Namespace) -> None:
        self.said, self.told = said, dict[str, Any]()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = items[:1]

    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> bool:
        from benchmarks import legs

        said = self.said
        self.told = legs.run(said.legs, said.people, said.rounds, compare=said.compare)
        return True


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--legs", type=int, default=100_000)
    words.add_argument("--people", type=int, default=40_000)
    words.add_argument("--rounds", type=int, default=20)
    words.add_argument("--compare", action="store_true", help="hold every tally against its history as well")
    bench = Bench(words.parse_args())
    test = "tests/referral/test_races.py"
    pytest.main(
        ["-q", "-n0", "--timeout=0", "--show-capture=no", "-p", "no:cacheprovider", test], plugins=[bench]
    )
    print(json.dumps(bench.told, indent=1))


if __name__ == "__main__":
    main()
