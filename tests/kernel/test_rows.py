"""Rows by prepared statements are what Django reads and writes, constraints included."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from emr.capacity.models import BedUse
from emr.index.models import Patient, Person
from kernel import ids, rows
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
