"""A label passes to all that refers to a labelled resource, to its history, and to what is stored already."""

from dataclasses import replace

import pytest

from emr.access import selectors as access
from emr.repository import selectors, services
from emr.repository.engine.query import parse
from kernel import ids
from kernel.actor import Actor
from kernel.errors import OutOfReach
from kernel.models import AuditEntry, OutboxEvent
from tests.emr.repository.labelled import coded, label_of, named, past_of, report, rows, stored
from tests.emr.repository.rows import make_client, make_patient, make_place, observation

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("tests")


@pytest.fixture(autouse=True)
def _fresh_table():
    access.forget()
    yield
    access.forget()


@pytest.fixture
def by():
    return make_client(make_place())


@pytest.fixture
def patient(by):
    return make_patient(by)


# -- what is coded so -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Condition", {"code": coded("B24")}),
        ("Condition", {"code": coded("a53.9")}),
        ("Condition", {"code": coded("F20.9")}),
        ("Condition", {"code": named("精神分裂症复诊")}),
        ("Observation", {"status": "final", "code": coded("56888-1", "抗体", "http://loinc.org")}),
        ("Observation", {"status": "final", "code": named("梅毒螺旋体抗体")}),
        (
            "MedicationStatement",
            {"status": "active", "medicationCodeableConcept": named("奥氮平片 10 mg")},
        ),
        (
            "ServiceRequest",
            {"status": "active", "intent": "order", "code": named("hiv抗体初筛")},
        ),
    ],
)
def test_what_tells_a_protected_diagnosis_gets_level_five(by, patient, kind, said):
    reference, _resource = stored(by, patient, kind, **said)

    assert label_of(reference) == 5


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("Condition", {"code": coded("I10", "原发性高血压")}),
        ("Condition", {"code": coded("B20X", "院内码", "urn:his:drug")}),
        ("Condition", {"code": coded("J06.9"), "note": [{"text": "HIV 阴性"}]}),
    ],
)
def test_what_tells_none_stays_ordinary(by, patient, kind, said):
    assert label_of(stored(by, patient, kind, **said)[0]) == 3


def test_a_protected_resource_is_sealed_and_says_its_category(by, patient):
    reference, _resource = stored(by, patient, code=coded("B24", "人类免疫缺陷病毒病"))

    (found,) = rows("SELECT categories, content FROM emr_resource WHERE id = %s", reference.partition("/")[2])
    assert (found[0], b"B24" in bytes(found[1])) == (["hiv"], False)


# -- it passes on ---------------------------------------------------------------------------------------------------


def test_what_refers_to_it_later_gets_it_wherever_the_reference_stands(by, patient):
    condition, _resource = stored(by, patient, code=coded("B24"))

    assert label_of(report(by, patient, condition)) == 5


def test_what_referred_to_it_before_gets_it_level_by_level(by, patient):
    condition, resource = stored(by, patient, code=named("待查"))
    note = report(by, patient, condition)
    request, _said = stored(
        by,
        patient,
        "ServiceRequest",
        status="active",
        intent="order",
        reasonReference=[{"reference": condition}],
    )
    task, _said = stored(
        by, patient, "Task", status="requested", intent="order", focus={"reference": request}
    )
    before = [label_of(one) for one in (condition, note, request, task)]

    again = services.Outgoing(resource={**resource, "code": coded("B24")}, patient=patient.pk)
    services.publish(by=by, owner="chart", resources=[again])

    assert before == [3, 3, 3, 3]
    assert [label_of(one) for one in (condition, note, request, task)] == [5, 5, 5, 5]
    entry = AuditEntry.objects.filter(action="repository.relabelled").get()
    assert entry.detail["resources"] == 3
    assert OutboxEvent.objects.filter(topic="emr.resource_relabelled").count() == 4


def test_all_of_its_history_goes_with_it_sealed(by, patient):
    condition, resource = stored(by, patient, code=named("待查"))
    note = report(by, patient, condition)
    more = {**resource, "code": named("复查后待查")}
    services.publish(by=by, owner="chart", resources=[services.Outgoing(resource=more, patient=patient.pk)])
    more = {**resource, "code": coded("B24")}
    services.publish(by=by, owner="chart", resources=[services.Outgoing(resource=more, patient=patient.pk)])

    past = past_of(condition)
    assert [(version, label) for version, label, _content in past] == [(1, 5), (2, 5)]
    assert ["待查".encode() in content for _version, _label, content in past] == [False, False]
    found = selectors.versions(by=by, kind="Condition", id=condition.partition("/")[2])
    assert ["待查".encode() in row.content for row in found] == [False, True, True]
    assert label_of(note) == 5


def test_a_label_never_falls_with_a_later_version(by, patient):
    condition, resource = stored(by, patient, code=coded("B24"))

    more = {**resource, "code": coded("I10")}
    services.publish(by=by, owner="chart", resources=[services.Outgoing(resource=more, patient=patient.pk)])

    assert label_of(condition) == 5


def test_no_person_and_no_place_takes_a_label(by, patient):
    stored(by, patient, code=coded("B24"))

    assert label_of(f"Patient/{patient.pk}") == 4


# -- above the clearance it is as if it were not there ---------------------------------------------------------------


def test_above_the_clearance_there_is_nothing_in_any_way_of_asking(by, patient):
    condition, _resource = stored(by, patient, code=coded("B24"))
    plain, _resource = stored(by, patient, code=coded("I10"))
    note = report(by, patient, condition)
    low = replace(by, clearance=4)
    pk = condition.partition("/")[2]

    def found(kind):
        page = selectors.search(
            by=low, query=parse(kind, [("patient", str(patient.pk)), ("_total", "accurate")])
        )
        return [row.id for row in page.matches + page.included], page.total

    assert found("Condition") == ([plain.partition("/")[2]], 1)
    assert found("Composition") == ([], 0)
    for ask in (
        lambda: selectors.current(by=low, kind="Condition", id=pk),
        lambda: selectors.read(by=low, kind="Condition", id=pk),
        lambda: selectors.versions(by=low, kind="Condition", id=pk),
        lambda: selectors.version(by=low, kind="Condition", id=pk, number=1),
    ):
        with pytest.raises(OutOfReach):
            ask()
    assert selectors.read_many(by=low, references=[condition, note]) == {}
    told = selectors.of_patient(by=low, patient_id=patient.pk, kind="Condition")
    assert [one["id"] for one in told] == [plain.partition("/")[2]]


def test_an_include_brings_nothing_above_the_clearance(by, patient):
    visit, resource = stored(
        by, patient, "Encounter", status="finished", **{"class": {"system": "urn:x", "code": "AMB"}}
    )
    observed = {**observation(patient.pk), "id": str(ids.uuid7()), "encounter": {"reference": visit}}
    services.publish(
        by=by, owner="chart", resources=[services.Outgoing(resource=observed, patient=patient.pk)]
    )
    rows("UPDATE emr_resource SET label = 5 WHERE id = %s", resource["id"])

    query = parse("Observation", [("patient", str(patient.pk)), ("_include", "Observation:encounter")])
    page = selectors.search(by=replace(by, clearance=4), query=query)

    assert ([row.id for row in page.matches], page.included) == ([observed["id"]], [])
