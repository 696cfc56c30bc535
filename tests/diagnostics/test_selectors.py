"""Lists: urgent first, a fixed number of statements, nobody else's rows."""

import pytest

from diagnostics import selectors, services
from diagnostics.selectors import Filters
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_request, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def test_the_worklist_is_urgent_first(scene):
    made = [make_examined(scene, "CT", priority=priority) for priority in ("routine", "emergency", "urgent")]
    listed = selectors.worklist(by=scene.by("reader"), modality_group="imaging")
    assert [case.request.pk for case in listed] == [made[1].pk, made[2].pk, made[0].pk]
    assert selectors.next_case(by=scene.by("reader"), group="imaging") == made[1].pk
    assert selectors.worklist(by=scene.by("reader"), modality_group="ecg") == []


@pytest.mark.parametrize("rows", [1, 3])
def test_a_worklist_asks_a_fixed_number_of_questions(scene, rows, django_assert_num_queries):
    for _turn in range(rows):
        make_examined(scene)
    reader = scene.by("reader")
    with django_assert_num_queries(6):
        selectors.worklist(by=reader, modality_group="ecg")


def test_tabs_and_their_numbers_agree(scene):
    make_examined(scene)
    make_draft(scene, make_examined(scene))
    waits = make_draft(scene, make_examined(scene, "CT"))
    services.submit(by=scene.by("reader"), request_id=waits.pk)
    reader = scene.by("reader")
    counts = selectors.counts(by=reader, group="ecg")
    for tab in ("open", "mine", "review", "emergency"):
        listed = selectors.worklist(by=reader, modality_group="ecg", filters=Filters(tab=tab))
        assert len(listed) == counts[tab], tab
    assert selectors.counts(by=reader, group="imaging")["review"] == 1


def test_a_request_is_found_by_its_number_within_reach(scene):
    request = make_request(scene)
    number = request.accession_number
    assert selectors.by_accession(by=scene.by("technologist"), accession_number=number) == request
    stranger = make_actor("technologist", make_organisation())
    assert selectors.by_accession(by=stranger, accession_number=number) is None


def test_an_exam_done_recently_is_remembered(scene):
    make_item("ITEM-CT", "CT", repeat_days=30)
    request = make_request(scene, "CT")
    found = selectors.recent_same(by=scene.by("doctor"), patient_id=scene.patient_id, item_code="ITEM-CT")
    assert found is not None
    assert found.request == request
    assert selectors.recent_same(by=scene.by("doctor"), patient_id=scene.patient_id, item_code="NONE") is None


def test_work_of_the_requesting_side(scene):
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    make_request(scene)
    services.sign(by=scene.by("reader"), request_id=request.pk)
    work = selectors.work(by=scene.by("doctor"))
    assert {tile.key: tile.number for tile in work.counts} == {"criticals": 1, "reports": 1, "to_examine": 1}
    assert [row.priority for row in work.waiting] == ["emergency", "urgent"]
    assert [tile.key for tile in selectors.work(by=scene.by("reader")).counts] == ["criticals"]


def test_a_signature_is_checked_against_every_word(scene):
    request = make_draft(scene, make_examined(scene))
    services.sign(by=scene.by("reader"), request_id=request.pk)
    page = selectors.report_page(by=scene.by("doctor"), report_id=request.report_id)
    assert [check.holds for check in selectors.signatures(page)] == [True]
    page.report.impression = "改过的意见"
    assert [check.holds for check in selectors.signatures(page)] == [False]


def test_reading_a_report_marks_it_as_seen_once(scene):
    request = make_draft(scene, make_examined(scene))
    services.sign(by=scene.by("reader"), request_id=request.pk)
    services.open_report(by=scene.by("reviewer"), report_id=request.report_id)
    request.refresh_from_db()
    assert request.seen_at is None
    services.open_report(by=scene.by("doctor"), report_id=request.report_id)
    request.refresh_from_db()
    assert request.seen_by == scene.doctor
