"""An exam goes its way, and leaves every trace."""

from datetime import timedelta

import pytest

from diagnostics import services
from diagnostics.choices import TRANSITIONS, Event, Priority, Status
from diagnostics.models import Claim, CriticalValue, ExamRequest, Report
from emr.repository import selectors as repository
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import AuditEntry
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_request, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def read(scene, kind, pk, who="doctor"):
    return repository.read(by=scene.by(who), kind=kind, id=str(pk))


def test_a_request_gets_a_number_opens_the_record_to_the_centre_and_is_published(scene):
    request = make_request(scene)

    assert request.accession_number[:2] == "EC"
    assert len(request.accession_number) == 12
    assert (request.status, request.centre) == (Status.REQUESTED, scene.centre)
    found = read(scene, "ServiceRequest", request.pk, "reader")
    assert found["status"] == "active"
    assert read(scene, "Task", request.pk)["businessStatus"]["coding"][0]["code"] == "requested"


def test_numbers_run_per_day_and_prefix(scene):
    first, second = make_request(scene), make_request(scene)
    assert int(second.accession_number[-4:]) == int(first.accession_number[-4:]) + 1
    assert make_request(scene, "CT").accession_number.startswith("CT")


def test_the_same_key_is_one_request(scene):
    assert make_request(scene, key="k1").pk == make_request(scene, key="k1").pk
    assert ExamRequest.objects.count() == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"item_code": "NONE"}, "item_code"),
        ({"priority": "soon"}, "priority"),
        ({"fee_state": "later"}, "fee_state"),
        ({"fee_state": "emergency_first", "priority": "routine"}, "fee_state"),
        ({"clinical_question": "  "}, "clinical_question"),
    ],
)
def test_an_order_says_what_is_wrong(scene, said, field):
    make_item("ITEM-ECG")
    with pytest.raises(Invalid) as error:
        make_request(scene, **said)
    assert set(error.value.fields) == {field}
    assert ExamRequest.objects.count() == 0


def test_an_ecg_is_read_and_signed_by_one_attending_doctor(scene):
    request = make_draft(scene, make_examined(scene))

    report = services.sign(by=scene.by("reader"), request_id=request.pk)

    request.refresh_from_db()
    assert (request.status, report.state, report.version) == (Status.SIGNED, "final", 1)
    found = read(scene, "DiagnosticReport", request.report_id)
    assert (found["status"], found["conclusion"]) == ("final", "未见异常。")
    assert read(scene, "ServiceRequest", request.pk)["status"] == "completed"
    left = AuditEntry.objects.filter(actor_name=scene.reader.username, action__startswith="exam.").order_by(
        "id"
    )
    assert list(left.values_list("action", flat=True)) == [
        "exam.claimed",
        "exam.draft_saved",
        "exam.report_signed",
    ]


def test_images_need_a_second_pair_of_eyes(scene):
    request = make_draft(scene, make_examined(scene, "CT"))
    with pytest.raises(Conflict) as error:
        services.sign(by=scene.by("reader"), request_id=request.pk)
    assert error.value.code == "needs_review"

    services.submit(by=scene.by("reader"), request_id=request.pk)
    report = services.review(by=scene.by("reviewer"), request_id=request.pk)

    assert (report.writer, report.reviewer, report.state) == (scene.reader, scene.reviewer, "final")


def test_nobody_reviews_her_own_report(scene):
    request = make_draft(scene, make_examined(scene, "CT"), "reviewer")
    services.submit(by=scene.by("reviewer"), request_id=request.pk)
    with pytest.raises(Conflict) as error:
        services.review(by=scene.by("reviewer"), request_id=request.pk)
    assert error.value.code == "own_report"


def test_a_reviewer_needs_the_title(scene):
    young = make_actor("reviewing_reader", scene.centre, title="resident")
    request = make_draft(scene, make_examined(scene, "CT"))
    services.submit(by=scene.by("reader"), request_id=request.pk)
    with pytest.raises(Conflict) as error:
        services.review(by=young, request_id=request.pk)
    assert error.value.code == "title_too_low"


def test_in_an_emergency_one_signature_is_preliminary_until_reviewed(scene):
    request = make_draft(scene, make_examined(scene, "CT", priority=Priority.EMERGENCY))

    first = services.sign(by=scene.by("reader"), request_id=request.pk)
    second = services.review(by=scene.by("reviewer"), request_id=request.pk)

    assert [(row.version, row.state) for row in (first, second)] == [(1, "preliminary"), (2, "final")]
    assert Report.objects.filter(request=request).count() == 2


def test_a_report_is_sent_back_and_written_again(scene):
    request = make_draft(scene, make_examined(scene, "CT"))
    services.submit(by=scene.by("reader"), request_id=request.pk)
    services.send_back(by=scene.by("reviewer"), request_id=request.pk, version=None, reason="左右写反")

    draft = services.save_draft(
        by=scene.by("reader"),
        request_id=request.pk,
        draft_version=1,
        findings="右肺",
        impression="右肺结节",
        outcome="abnormal",
    )

    assert (draft.version, draft.returned_reason) == (2, "左右写反")


def test_a_signed_report_is_corrected_by_a_new_version(scene):
    request = make_draft(scene, make_examined(scene, "CT"))
    services.submit(by=scene.by("reader"), request_id=request.pk)
    services.review(by=scene.by("reviewer"), request_id=request.pk)

    services.amend(by=scene.by("reviewer"), request_id=request.pk, version=None, reason="漏写结节")
    services.save_draft(
        by=scene.by("reviewer"),
        request_id=request.pk,
        draft_version=2,
        findings="结节",
        impression="右肺结节",
        outcome="abnormal",
    )
    services.submit(by=scene.by("reviewer"), request_id=request.pk)
    other = make_actor("reviewing_reader", scene.centre)
    report = services.review(by=other, request_id=request.pk)

    assert (report.version, report.state, report.amend_reason) == (2, "amended", "漏写结节")
    assert read(scene, "DiagnosticReport", request.report_id)["status"] == "amended"


def test_a_claim_is_one_readers(scene):
    other = make_actor("reader", scene.centre)
    request = make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    with pytest.raises(Conflict) as error:
        services.claim(by=other, request_id=request.pk)
    assert error.value.code == "claimed_by_another"
    with pytest.raises(Conflict) as error:
        services.take_over(by=other, request_id=request.pk, reason="交班")
    assert error.value.code == "claim_alive"


def test_an_idle_claim_is_taken_over_with_a_reason(scene):
    other = make_actor("reader", scene.centre)
    request = make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    Claim.objects.update(seen_at=clock.now() - timedelta(minutes=16))
    services.take_over(by=other, request_id=request.pk, reason="交班")
    assert Claim.objects.get(ended_at=None).reader_id == other.id


def test_a_released_case_keeps_its_words_for_the_next_reader(scene):
    request = make_draft(scene, make_examined(scene))
    services.release(by=scene.by("reader"), request_id=request.pk)
    services.claim(by=scene.by("reviewer"), request_id=request.pk)
    request.refresh_from_db()
    assert (request.status, request.draft.impression) == (Status.DRAFT, "未见异常。")


def test_two_windows_on_one_draft(scene):
    request = make_draft(scene, make_examined(scene))
    with pytest.raises(Conflict) as error:
        services.save_draft(
            by=scene.by("reader"), request_id=request.pk, draft_version=0, findings="", impression="旧"
        )
    assert error.value.code == "draft_version"


def test_a_signature_names_what_is_missing(scene):
    request = make_draft(scene, make_examined(scene, "CT"), findings="", impression="", outcome="")
    with pytest.raises(Invalid) as error:
        services.submit(by=scene.by("reader"), request_id=request.pk)
    assert set(error.value.fields) == {"findings", "impression", "outcome"}


def test_a_retake_withdraws_the_material(scene):
    request = make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    services.retake(by=scene.by("reader"), request_id=request.pk, reason="电极脱落")
    request.refresh_from_db()
    assert (request.status, request.returned_reason, request.due_at) == (Status.REGISTERED, "电极脱落", None)
    assert request.materials.filter(withdrawn_at__isnull=True).count() == 0


def test_a_critical_value_is_told_and_read_back(scene):
    request = make_draft(
        scene,
        make_examined(scene),
        impression="Ⅲ度房室传导阻滞",
        outcome="critical",
        critical_text="Ⅲ度房室传导阻滞",
    )
    services.sign(by=scene.by("reader"), request_id=request.pk)
    critical = CriticalValue.objects.get(request=request)
    assert critical.receiver == scene.doctor

    with pytest.raises(Invalid) as error:
        services.acknowledge(
            by=scene.by("doctor"), critical_id=critical.pk, version=1, read_back="房颤", action="treated"
        )
    assert set(error.value.fields) == {"read_back"}
    done = services.acknowledge(
        by=scene.by("doctor"),
        critical_id=critical.pk,
        version=1,
        read_back="III度 房室传导阻滞",
        action="referred",
    )
    assert done.acknowledged_by_id == scene.doctor.pk
    with pytest.raises(Conflict):
        services.acknowledge(
            by=scene.by("doctor"),
            critical_id=critical.pk,
            version=None,
            read_back="Ⅲ度房室传导阻滞",
            action="referred",
        )


def test_a_request_is_cancelled_before_it_is_examined_only(scene):
    request = make_request(scene)
    services.cancel(by=scene.by("doctor"), request_id=request.pk, version=1, reason="患者拒绝")
    assert read(scene, "ServiceRequest", request.pk)["status"] == "revoked"
    with pytest.raises(Conflict):
        services.cancel(
            by=scene.by("doctor"), request_id=make_examined(scene).pk, version=None, reason="迟了"
        )


@pytest.mark.parametrize("status", [status for status in Status if (status, Event.CLAIM) not in TRANSITIONS])
def test_only_an_examined_case_can_be_claimed(scene, status):
    request = make_examined(scene)
    fields = {"status": status}
    if status == Status.CANCELLED:
        fields |= {"cancelled_at": request.requested_at, "cancelled_by": scene.doctor}
    ExamRequest.objects.filter(pk=request.pk).update(**fields)
    with pytest.raises(Conflict):
        services.claim(by=scene.by("reader"), request_id=request.pk)


def test_other_hospitals_requests_are_hidden(scene):
    stranger = make_actor("branch_doctor", make_organisation())
    request = make_request(scene)
    with pytest.raises(OutOfReach):
        services.cancel(by=stranger, request_id=request.pk, version=1, reason="x")


def test_ordering_needs_the_role(scene):
    with pytest.raises(Refused):
        services.request_exam(
            by=scene.by("reader"), key="", patient_id=scene.patient_id, encounter_id=None, item_code=make_item().code,
            priority="routine", fee_state="paid", clinical_question="?",
        )  # fmt: skip
