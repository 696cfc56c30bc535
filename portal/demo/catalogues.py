"""The catalogues of fixtures/catalogue go into their rooms: diagnoses, exams, fees."""

from collections.abc import Iterable, Mapping
from csv import DictReader
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

from diagnostics import services as diagnostics
from emr.formulary import services as formulary
from emr.formulary.choices import Supply
from emr.terminology import services as terminology
from emr.terminology.choices import System
from insurance_bridge import services as insurance
from kernel.actor import Actor


def load(*, by: Actor, source: Path) -> None:
    """Load the three tables of `source`; loading again brings them up to date."""
    icd10 = [(row["code"], row["display"]) for row in rows(source / "icd10.tsv")]
    terminology.load(by=by, system=System.ICD10, concepts=icd10)
    diagnostics.load_items(by=by, rows=rows(source / "exam_items.tsv"))
    insurance.load_catalogue(by=by, items=[fee(row) for row in rows(source / "fee_items.tsv")])


def list_drugs(*, by: Actor, source: Path, organisations: Iterable[UUID]) -> None:
    """The same drug list for each of these institutions, with what is out."""
    table = rows(source / "branch_drugs.tsv")
    for place in organisations:
        for state in (Supply.STOCKED, Supply.OUT):
            drugs = [row["name"] for row in table if row["state"] == state]
            formulary.keep_drugs(by=by, drugs=drugs, state=state, organisation_id=place)


def rows(path: Path) -> list[dict[str, str]]:
    """A table with its column names in the first line."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(DictReader(lines, delimiter="\t"))


def fee(row: Mapping[str, str]) -> dict[str, Any]:
    """A line of fee_items.tsv as the insurance desk takes it: prices in cents, no limit where the column is empty."""
    return {
        **row,
        "price": int(row["price"]),
        "price_limit": int(row["price_limit"]) if row["price_limit"] else None,
        "self_pay_ratio": Decimal(row["self_pay_ratio"]),
    }
