"""A study whose resource is specially protected is so itself: its pixels are served by its own label."""

from uuid import UUID

from django.db import transaction

from imaging.models import Study
from kernel import audit
from kernel.actor import Actor


@transaction.atomic
def raise_label(*, by: Actor, study_id: UUID, label: int) -> bool:
    """Raise the label of a study, never lower it. False when nothing was to be done."""
    study = Study.objects.select_for_update().filter(pk=study_id, label__lt=label).first()
    if study is None:
        return False
    study.label = label
    study.save(update_fields=["label"])
    detail = {"label": label}
    audit.record(
        by=by, action="imaging.study_relabelled", subject=study, patient=study.patient_id, detail=detail
    )
    return True
