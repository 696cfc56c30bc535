"""A form while it is typed: kept sealed, under a version, by one window, for its writer alone."""

from datetime import timedelta

import pytest

from consortium.choices import Role
from kernel import clock
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from referral import selectors, services
from referral.models import Sketch
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import make_patient
from tests.factories.referral import make_county, make_draft


@pytest.fixture
def county(db):
    return make_county()


def keep(county, *, window="one", seen=0, **more):
    fields = more.pop("fields", {"reason": ["头晕"]})
    return services.keep_sketch(
        by=county.doctor, patient_id=county.patient.pk, window=window, seen=seen, fields=fields, **more
    )


def test_what_is_typed_is_kept_sealed_under_a_version(county):
    first = keep(county)
    second = keep(county, fields={"reason": ["头晕黑蒙"], "attachments": ["Condition/a", "Condition/b"]})

    assert (first.pk, second.version) == (second.pk, 2)
    assert "头晕".encode() not in bytes(second.sealed)
    page = selectors.form_page(by=county.doctor, patient_id=county.patient.pk)
    assert (page.initial["reason"], page.version) == ("头晕黑蒙", 2)
    assert page.initial["attachments"] == ["Condition/a", "Condition/b"]


def test_first_words_sent_at_once_by_one_window_are_all_kept(race_db):
    county = make_county()

    answers = race_db.at_once([lambda: keep(county) for _save in range(8)])

    assert sorted(one.version for one in answers) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert Sketch.objects.get().version == 8


def test_a_second_window_reads_until_it_takes_over(county):
    keep(county)

    with pytest.raises(Conflict) as error:
        keep(county, window="two", seen=1)
    assert error.value.code == "other_window"

    assert keep(county, window="two", seen=1, take=True).version == 2
    with pytest.raises(Conflict):
        keep(county, window="one", seen=1)


def test_a_window_that_has_let_go_is_followed_by_who_read_its_last_word(county):
    sketch = keep(county)
    Sketch.objects.update(saved_at=clock.now() - timedelta(minutes=3))

    with pytest.raises(Conflict):
        keep(county, window="two", seen=0)
    assert keep(county, window="two", seen=sketch.version).version == 2


def test_what_is_typed_is_nobody_elses(county):
    keep(county)
    colleague = make_actor(Role.BRANCH_DOCTOR, county.branch)

    assert selectors.form_page(by=colleague, patient_id=county.patient.pk).version == 0
    assert services.drop_sketch(by=colleague, patient_id=county.patient.pk) is False
    with pytest.raises(OutOfReach):
        services.keep_sketch(
            by=make_actor(Role.BRANCH_DOCTOR, make_organisation()),
            patient_id=county.patient.pk, window="w", fields={},
        )  # fmt: skip
    with pytest.raises(Refused):
        services.keep_sketch(by=county.reception, patient_id=county.patient.pk, window="w", fields={})


def test_a_draft_of_another_patient_is_not_typed_into(county):
    leg = make_draft(county)
    other = make_patient(organisation=county.branch)

    with pytest.raises(OutOfReach):
        services.keep_sketch(
            by=county.doctor, patient_id=other.pk, referral_id=leg.pk, window="w", fields={"reason": ["x"]}
        )


def test_more_than_a_form_holds_is_refused_and_old_typing_is_forgotten(county):
    with pytest.raises(Invalid):
        keep(county, fields={"reason": ["x" * 70_000]})
    keep(county)
    Sketch.objects.update(saved_at=clock.now() - timedelta(days=31))

    services.keep_sketch(
        by=county.doctor, patient_id=make_patient(organisation=county.branch).pk, window="w", fields={}
    )

    assert Sketch.objects.count() == 1
