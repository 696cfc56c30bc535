"""What is typed as a day or a moment is one this house can count with, in every form and every order."""

import re

import pytest
from django import forms
from rest_framework import serializers

from consortium.choices import Role
from emr.chart import api  # noqa: F401  # an order with a moment is loaded
from kernel import days
from kernel.dated import Day, Moment
from kernel.web.drf import In
from tests import code
from tests.factories.api import of_staff
from tests.factories.consortium import make_staff
from tests.factories.emr import make_patient

ENDS = ("0001-01-01", "1799-12-31", "2200-01-01", "9999-12-31")


@pytest.mark.parametrize("day", ENDS)
def test_a_day_at_the_end_of_the_calendar_is_refused_in_a_form(day):
    for field, told in ((days.DayField(), day), (days.MomentField(), f"{day}T23:59")):
        with pytest.raises(forms.ValidationError) as wrong:
            field.clean(told)
        assert wrong.value.code == "outside"


@pytest.mark.parametrize("day", ENDS)
def test_a_day_at_the_end_of_the_calendar_is_refused_in_an_order(day):
    for field, told in ((Day(), day), (Moment(), f"{day}T23:59:59Z"), (Moment(), f"{day}T00:00:00+14:00")):
        with pytest.raises(serializers.ValidationError):
            field.run_validation(told)
    assert Day().run_validation("1800-01-01").year == 1800
    assert Moment().run_validation("2199-12-31T00:00").year == 2199


@pytest.mark.django_db
@pytest.mark.parametrize("at", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T10:00:00Z"])
def test_a_program_is_told_which_moment_cannot_be(at):
    doctor = make_staff(Role.BRANCH_DOCTOR)
    patient = make_patient(doctor.posts.get().organisation)
    said = {"patient_id": str(patient.pk), "complaint": "头晕", "diagnoses": [{"text": "头晕待查"}], "at": at}
    answer = of_staff(doctor).post("encounters/", **said)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["at"])


def test_no_form_and_no_order_takes_any_other_day():
    plain = re.compile(r"\bforms\.Date(?:Time)?Field\(")
    found = [code.name(path) for path in code.files("**/*.py") if plain.search(path.read_text())]
    assert found == []
    wide = [
        f"{order.__name__}.{name}"
        for order in _all(In)
        for name, field in order._declared_fields.items()
        if isinstance(field, serializers.DateField | serializers.DateTimeField)
        and not isinstance(field, Day | Moment)
    ]
    assert wide == []


def _all(kind):
    for one in kind.__subclasses__():
        yield one
        yield from _all(one)
