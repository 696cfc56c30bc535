"""Two windows, one patient: what one signed the other is told of; one key is one sheet; void is void once;
of two physicians one answers for an assistant's sheet."""

from datetime import timedelta

from consortium.choices import OrganisationKind, Role
from emr.prescriptions import services
from emr.prescriptions.models import Prescription
from emr.prescriptions.services import Warned
from kernel import clock
from kernel.errors import Conflict
from kernel.models import PaperSeal
from tests.factories.consortium import make_actor
from tests.factories.prescriptions import make_prescription, make_visit


def test_the_same_order_from_many_windows_is_one_sheet(race_db):
    visit = make_visit()
    wanted = visit.diagnoses

    made = race_db.at_once([lambda: make_prescription(visit, key="k", diagnoses=wanted).pk] * 4)

    assert (len(set(made)), Prescription.objects.count(), PaperSeal.objects.count()) == (1, 1, 1)


def test_of_two_windows_with_the_same_medicine_one_signs_and_the_other_is_warned(race_db):
    visit = make_visit()
    wanted = visit.diagnoses
    orders = [lambda key=key: make_prescription(visit, key=key, diagnoses=wanted) for key in ("a", "b")]

    answers = race_db.at_once(orders)

    assert sorted(type(one).__name__ for one in answers) == ["Prescription", "Warned"]
    (warned,) = [one for one in answers if isinstance(one, Warned)]
    assert [one.kind for one in warned.warnings] == ["double"]
    assert Prescription.objects.count() == 1


def test_of_two_who_make_it_void_one_wins(race_db):
    visit = make_visit()
    made = make_prescription(visit)
    order = {"by": visit.doctor, "prescription_id": made.pk, "version": None, "reason": "changed"}

    answers = race_db.at_once([lambda: services.void(**order)] * 2)

    assert sorted(type(one).__name__ for one in answers) == ["Conflict", "Prescription"]
    assert [one.code for one in answers if isinstance(one, Conflict)] == ["already_void"]
    assert Prescription.objects.get().version == 2


def test_numbers_are_given_once(race_db):
    visits = [make_visit() for _ in range(4)]
    wanted = [visit.diagnoses for visit in visits]

    made = race_db.at_once(
        [
            lambda visit=visit, chosen=chosen: make_prescription(visit, diagnoses=chosen).number
            for visit, chosen in zip(visits, wanted, strict=True)
        ]
    )

    assert sorted(int(one[-4:]) for one in made) == [1, 2, 3, 4]


def test_two_physicians_at_once_one_wins(race_db):
    visit = make_visit(OrganisationKind.HEAD_HOSPITAL, role=Role.SPECIALIST, licence="assistant_physician")
    one, other = (make_actor(Role.SPECIALIST, visit.place) for _person in range(2))
    made = make_prescription(visit)

    answers = race_db.at_once(
        [
            lambda: services.countersign(by=one, prescription_id=made.pk, version=1),
            lambda: services.refuse(by=other, prescription_id=made.pk, version=1, words="重开"),
        ]
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict", "Prescription"]
    assert Prescription.objects.get().version == 2


def test_of_two_presses_that_sign_a_lapsed_sheet_anew_one_takes_its_place(race_db, monkeypatch):
    visit = make_visit(OrganisationKind.HEAD_HOSPITAL, role=Role.SPECIALIST, licence="assistant_physician")
    made, wanted = make_prescription(visit), visit.diagnoses
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    order = {"diagnoses": wanted, "instead": made.pk}

    answers = race_db.at_once(
        [lambda key=key: make_prescription(visit, key=key, **order) for key in ("a", "b")]
    )

    assert sorted(type(answer).__name__ for answer in answers) == ["Prescription", "Warned"]
    assert sorted(Prescription.objects.values_list("status", flat=True)) == ["void", "waiting"]
