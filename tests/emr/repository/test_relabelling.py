"""The table of specially protected data changes: what is stored is looked through, its past is raised and no more."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from emr.access import selectors as access
from emr.access.models import LabelRule, LabelSweep
from emr.repository import selectors, services
from kernel import clock
from kernel.actor import Actor
from kernel.models import Alarm
from tests.emr.repository.labelled import coded, label_of, past_of, report, rows, stored
from tests.emr.repository.rows import make_client, make_patient, make_place

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


# -- the table changes ----------------------------------------------------------------------------------------------


def new_rule(value="ZZ9", system="icd10"):
    rule = LabelRule(
        system=system, value=value, category="other", since_at=clock.now(), given_by="system:tests"
    )
    rule.save()
    access.forget()
    return rule


def look_through(at_once=2):
    LabelSweep.objects.all().delete()
    asked = services.ask_sweep(by=HOUSE)
    LabelSweep.objects.update(asked_at=clock.now() - timedelta(minutes=1))
    while services.sweep(by=HOUSE, at_once=at_once):
        pass
    return LabelSweep.objects.get(pk=asked.pk)


def test_what_is_stored_is_judged_by_a_changed_table_and_what_refers_to_it(by, patient):
    condition, _resource = stored(by, patient, code=coded("ZZ9.1"))
    others = [stored(by, patient, code=coded("I10"))[0] for _number in range(3)]
    note = report(by, patient, condition)
    new_rule()

    done = look_through()

    assert [label_of(one) for one in (condition, note, *others)] == [5, 5, 3, 3, 3]
    assert (done.raised, done.finished_at is not None) == (2, True)


def test_a_past_that_tells_more_than_the_present_is_raised_alone(by, patient):
    condition, resource = stored(by, patient, code=coded("ZZ9.1"))
    more = {**resource, "code": coded("I10")}
    services.publish(by=by, owner="chart", resources=[services.Outgoing(resource=more, patient=patient.pk)])
    new_rule()

    look_through()

    assert (label_of(condition), [label for _v, label, _c in past_of(condition)]) == (3, [5])
    low = replace(by, clearance=4)
    found = selectors.versions(by=low, kind="Condition", id=resource["id"])
    assert [row.version for row in found] == [2]


def test_what_refers_without_its_label_is_mended_by_a_look_through(by, patient):
    condition, _resource = stored(by, patient, code=coded("B24"))
    note = report(by, patient, condition)
    rows(
        "UPDATE emr_resource SET label = 3, content = %s WHERE id = %s",
        selectors.current(by=by, kind="Composition", id=note.partition("/")[2]).content,
        note.partition("/")[2],
    )

    look_through()

    assert label_of(note) == 5


def test_an_ended_line_judges_nothing_new(by, patient):
    rule = new_rule()
    rule.until_at = clock.now()
    rule.save(update_fields=["until_at"])
    access.forget()

    assert label_of(stored(by, patient, code=coded("ZZ9.1"))[0]) == 3


def test_a_line_changed_past_the_house_alarms_and_the_shipped_table_counts(by, patient, caplog):
    rows("UPDATE emr_labelrule SET value = 'ZZZZ' WHERE system = 'icd10' AND value = 'B24'")
    access.forget()

    reference, _resource = stored(by, patient, code=coded("B24"))

    assert label_of(reference) == 5
    assert Alarm.objects.filter(code="kernel.row_damaged").exists()


# -- the past is append-only all the same ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE emr_resource_history SET label = 1",
        "UPDATE emr_resource_history SET content = ''",
        "DELETE FROM emr_resource_history",
        "SELECT set_config('lianyi.resealing', 'emr_resource_history', true); "
        "UPDATE emr_resource_history SET label = 1",
    ],
)
def test_the_apps_user_changes_no_past_but_by_raising(statement):
    with pytest.raises(DatabaseError), transaction.atomic():
        rows(statement)


def test_raising_neither_lowers_nor_rewrites_what_is_sealed(by, patient):
    condition, resource = stored(by, patient, code=coded("B24"))
    services.publish(
        by=by, owner="chart", resources=[services.Outgoing(resource=resource, patient=patient.pk)]
    )
    before = past_of(condition)

    rows("SELECT emr_raise_label('Condition', %s, 1, 3::smallint, 'x'::bytea)", resource["id"])
    rows("SELECT emr_raise_label('Condition', %s, 1, 5::smallint, 'x'::bytea)", resource["id"])

    assert past_of(condition) == before
