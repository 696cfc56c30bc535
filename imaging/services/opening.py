"""Looking at pictures opens a record: once per actor and half hour, in the audit chain before the first byte."""

from django.db import transaction

from emr.access import services as access
from imaging import selectors
from imaging.models import Study
from kernel import audit
from kernel.actor import Actor


@transaction.atomic
def open_study(*, by: Actor, study_uid: str) -> Study:
    """Open a study for its viewer. Raises Refused (403) or OutOfReach (404); the caller commits before it answers.

    A study without a patient opens no record; its opening is written by itself.
    """
    study = selectors.study(by=by, study_uid=study_uid)
    if study.patient_id is None:
        audit.record(by=by, action="imaging.unassigned_opened", subject=study)
    else:
        access.open_record(by=by, patient_id=study.patient_id)
    return study
