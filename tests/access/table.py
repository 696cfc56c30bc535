"""The literal table of answers, read."""

import csv
from pathlib import Path

from consortium.choices import Role

TABLE = Path(__file__).with_name("table.tsv")
COLUMNS = [*Role.values, "nobody", "client"]


def table() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(newline="") as lines:
        rows = csv.DictReader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return {(row["address"], row["method"]): {who: row[who] for who in COLUMNS} for row in rows}


def written(key: tuple[str, str], row: dict[str, str]) -> str:
    return "\t".join([*key, *(row[who] for who in COLUMNS)])
