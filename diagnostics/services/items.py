"""The exam catalogue is loaded from fixtures/catalogue/exam_items.tsv."""

from collections.abc import Iterable, Mapping

from django.db import transaction

from diagnostics.models import ExamItem
from diagnostics.policies import ITEM
from kernel import audit
from kernel.actor import Actor

NUMBERS = ("repeat_days", "minutes_emergency", "minutes_urgent", "minutes_routine")


@transaction.atomic
def load_items(*, by: Actor, rows: Iterable[Mapping[str, str]]) -> int:
    """Insert or bring up to date the exam items of a catalogue, by code. Returns how many rows it had."""
    ITEM.ask(by, "load")
    items = [
        ExamItem(
            code=row["code"],
            name=row["name"],
            modality=row["modality"],
            body_part=row["body_part"],
            fee_code=row["fee_code"],
            needs_review=row["needs_review"] == "1",
            **{name: int(row[name]) for name in NUMBERS},
        )
        for row in rows
    ]
    ExamItem.objects.bulk_create(
        items,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "modality", "body_part", "fee_code", "needs_review", *NUMBERS],
    )
    audit.record(by=by, action="exam.items_loaded", detail={"rows": len(items)})
    return len(items)
