"""Rows by prepared statements are what Django reads and writes, constraints included."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from emr.capacity.models import BedUse
from emr.index.models import Patient, Person
from kernel import ids
from kernel.database import rows
from kernel.models import OutboxEvent
from referral.models import HistoryEntry, Referral
from tests.factories.emr import make_patient
from tests.factories.referral import make_county, make_submitted
from tests.referral.test_services import accepted

pytestmark = pytest.mark.django_db


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize("model", [Person, Patient, BedUse])
def test_a_row_read_is_the_row_django_reads(model):
    county = make_county()
    accepted(county, make_submitted(county))
    known = model.objects.order_by("pk").first()

    found = rows.first(model, "id = %s FOR UPDATE", [known.pk])

    assert columns(found) == columns(known)
    assert rows.first(model, "id = %s", [ids.uuid7()]) is None


def test_rows_bring_those_they_point_to_without_another_statement(django_assert_num_queries):
    first, second = make_patient(), make_patient()
    second.person.mother = first.person
    second.person.save(update_fields=["mother"])

    with django_assert_num_queries(2):
        found = rows.every(
            Patient,
            "t0.id = ANY(%s) ORDER BY t0.id",
            [[second.pk, first.pk]],
            related=("person", "organisation"),
        )
        people = rows.every(Person, "t0.mother_id IS NULL OR TRUE ORDER BY t0.id", related=("mother",))
        told = [(columns(one.person), one.organisation.short_name) for one in found]
        mothers = {one.pk: one.mother for one in people}

    assert told == [(columns(one.person), one.organisation.short_name) for one in (first, second)]
    assert (mothers[first.person_id], mothers[second.person_id]) == (None, first.person)


def test_a_model_whose_values_django_converts_is_read_by_django_alone():
    with pytest.raises(TypeError):
        rows.first(Referral, "id = %s", [ids.uuid7()])
    with pytest.raises(TypeError):
        rows.insert(OutboxEvent())


def test_a_row_written_is_the_row_django_writes():
    county = make_county()
    leg = make_submitted(county)
    entry = leg.entries.get()
    copy = HistoryEntry(
        **{**columns(entry), "id": ids.uuid7(), "version": 90, "facts": {"bed": ["1", "一床"]}}
    )

    rows.insert(copy)
    leg.published, leg.reason = {**leg.published, "kept": ["x"]}, "胸痛\u2028两小时"
    rows.update(leg, ["published", "reason", "department"])

    assert columns(HistoryEntry.objects.get(pk=copy.pk)) == columns(copy)
    assert columns(Referral.objects.get(pk=leg.pk)) == columns(leg)


def test_constraints_hold_and_a_row_that_is_gone_is_said():
    patient = make_patient()
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert(patient)
    patient.pk = ids.uuid7()
    with pytest.raises(DatabaseError):
        rows.update(patient, ["version"])
