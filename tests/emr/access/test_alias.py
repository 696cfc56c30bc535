"""Whatever name a caller gives its table, a ground opens the record it was written for and no other."""

import pytest
from django.db import connection

from consortium.choices import Role
from emr.access import selectors as access
from emr.index.models import Patient
from tests.factories import consortium as make
from tests.factories.emr import make_encounter, make_patient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("alias", ["p", "q", "g", "s", "x", "its", "r"])
def test_one_ground_opens_one_record_under_every_alias(alias):
    doctor = make.make_actor(Role.BRANCH_DOCTOR)
    own, other = make_patient(make.Organisation.objects.get(pk=doctor.organisation)), make_patient()
    make_encounter(doctor, own.pk, diagnoses=[("", "头晕", "confirmed")])
    if alias == "its":
        with pytest.raises(ValueError, match="alias"):
            access.patients_open_to(doctor, alias)
        return
    predicate, parameters = access.patients_open_to(doctor, alias)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {alias}.id FROM emr_patient {alias} WHERE {predicate}", parameters)
        found = {row[0] for row in cursor.fetchall()}
    assert (own.pk in found, other.pk in found) == (True, False)


def test_the_exams_of_a_stranger_stay_closed_to_who_has_a_ground_elsewhere():
    doctor = make.make_actor(Role.BRANCH_DOCTOR)
    own, other = make_patient(make.Organisation.objects.get(pk=doctor.organisation)), make_patient()
    make_encounter(doctor, own.pk, diagnoses=[("", "头晕", "confirmed")])
    assert set(Patient.objects.filter(pk__in=access.ids_open_to(doctor))) == {own}
    assert other.pk
