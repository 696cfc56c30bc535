"""What the database itself refuses."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from diagnostics import services
from diagnostics.models import Claim, ExamRequest, Report
from tests.factories.diagnostics import make_draft, make_examined, make_request, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "lost"},
        {"fee_state": "emergency_first"},
        {"priority": "emergency"},
        {"status": "examined"},
        {"status": "cancelled"},
        {"fee_state": "later"},
    ],
)
def test_a_request_that_contradicts_itself_is_refused(scene, fields):
    request = make_request(scene)
    with pytest.raises(IntegrityError), transaction.atomic():
        ExamRequest.objects.filter(pk=request.pk).update(**fields)


def test_one_case_has_one_running_claim(scene):
    request = make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    claim = Claim.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(
            request=request, reader=scene.reviewer, claimed_at=claim.claimed_at, seen_at=claim.seen_at
        )


def test_a_signed_version_is_never_changed_and_never_reviewed_by_its_writer(scene):
    request = make_draft(scene, make_examined(scene))
    report = services.sign(by=scene.by("reader"), request_id=request.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=report.pk).update(impression="另一个意见")
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.objects.filter(pk=report.pk).delete()
    report.pk, report.version, report.reviewer = None, 2, report.writer
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save(force_insert=True)


def test_images_are_final_only_with_a_reviewer(scene):
    request = make_draft(scene, make_examined(scene, "CT"))
    services.submit(by=scene.by("reader"), request_id=request.pk)
    report = services.review(by=scene.by("reviewer"), request_id=request.pk)
    report.pk, report.version, report.reviewer = None, 2, None
    with pytest.raises(IntegrityError), transaction.atomic():
        report.save(force_insert=True)
