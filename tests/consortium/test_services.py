"""Accounts, posts, places: each verb works and leaves every trace, refuses, hides."""

from datetime import timedelta
from functools import partial

import pytest

from consortium import selectors, services
from consortium.choices import Duty, IdentifierSystem, OrganisationKind, Role, UnlockReason
from consortium.engine.codes import uscc_check
from consortium.models import Organisation, Staff, StaffSession
from kernel import clock, crypto
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from kernel.models import OutboxEvent
from tests.factories import consortium as make
from tests.factories.emr import id_number
from tests.factories.kernel import audit_trail

pytestmark = pytest.mark.django_db
SETUP = Actor.system("setup")
ID_NUMBER = "990124197605200011"
USCC = "12990124400100038"
USCC += uscc_check(USCC)


@pytest.fixture
def keeper():
    return make.make_actor(Role.SYSTEM_MANAGER)


@pytest.fixture
def guard():
    return make.make_actor(Role.SECURITY_MANAGER)


def topics():
    return list(OutboxEvent.objects.order_by("id").values_list("topic", flat=True))


def test_an_account_is_one_person_sealed_and_found_by_index(keeper):
    made = services.create_staff(
        by=keeper,
        username="Wang.Lihua",
        name="王丽华",
        id_number=ID_NUMBER,
        phone="10000000001",
        title="attending",
    )
    staff = Staff.objects.get(pk=made.staff.pk)
    assert (staff.username, staff.pinyin, staff.initials) == ("wang.lihua", "wang li hua", "wlh")
    assert staff.check_password(made.password)
    assert staff.must_change_password
    assert ID_NUMBER.encode() not in bytes(staff.id_number_sealed)
    assert crypto.unseal("consortium_staff.id_number", staff.pk, staff.id_number_sealed) == ID_NUMBER
    assert audit_trail() == [(keeper.name, "consortium.account_created")]
    assert topics() == ["consortium.staff_changed"]


@pytest.mark.parametrize(
    ("changes", "error", "code"),
    [
        ({"id_number": "990124197605200012"}, Invalid, "bad_id_number"),
        ({"username": "another", "id_number": ID_NUMBER}, Conflict, "person_has_account"),
        ({"id_number": " "}, Invalid, "id_number_missing"),
        ({}, Conflict, "username_taken"),
        ({"username": "1x"}, Invalid, "bad_username"),
    ],
)
def test_accounts_that_are_not_opened(keeper, changes, error, code):
    services.create_staff(by=keeper, username="wanglihua", name="王丽华", id_number=ID_NUMBER)
    with pytest.raises(error) as refusal:
        services.create_staff(
            by=keeper, **{"username": "wanglihua", "name": "王丽华", "id_number": id_number(), **changes}
        )
    assert refusal.value.code == code


def test_a_closed_account_loses_its_sessions_and_can_be_opened_again(keeper):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    session = make.open_session(doctor)
    services.close_account(by=keeper, staff_id=doctor.pk, left=True)
    assert StaffSession.objects.get(pk=session.pk).ending == "account_closed"
    assert selectors.posts_of(doctor.pk) == []
    services.reopen_account(by=keeper, staff_id=doctor.pk)
    assert len(selectors.posts_of(doctor.pk)) == 1
    assert [action for _who, action in audit_trail()] == [
        "consortium.account_closed",
        "consortium.account_reopened",
    ]


@pytest.mark.parametrize(
    "verb",
    [
        partial(services.unlock, reason=UnlockReason.MISTYPED),
        services.close_account,
        services.reopen_account,
        services.reset_password,
    ],
)
def test_nobody_changes_the_own_account_and_no_other_post_may(keeper, guard, verb):
    with pytest.raises(OutOfReach):
        verb(by=keeper, staff_id=keeper.id)
    with pytest.raises(Refused):
        verb(by=guard, staff_id=keeper.id)


def test_a_new_one_time_password_ends_sessions_and_must_be_changed(keeper):
    doctor = make.make_staff(Role.BRANCH_DOCTOR, password="Summer-rain-2026")
    session = make.open_session(doctor)
    made = services.reset_password(by=keeper, staff_id=doctor.pk)
    doctor.refresh_from_db()
    session.refresh_from_db()
    assert doctor.check_password(made.password)
    assert (doctor.must_change_password, session.ending) == (True, "password_changed")


def test_the_second_factor_is_reset_by_the_security_manager(keeper, guard):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    secret = selectors.new_secret()
    services.enrol(by=keeper, staff_id=doctor.pk, secret=secret, code=selectors.code_now(secret))
    with pytest.raises(Refused):
        services.reset_factor(by=keeper, staff_id=doctor.pk)
    services.reset_factor(by=guard, staff_id=doctor.pk)
    assert not selectors.has_factor(doctor.pk)
    assert selectors.recovery_codes_left(doctor.pk) == 0


def test_an_organisation_is_registered_with_its_codes(keeper):
    place = services.register_organisation(
        by=keeper,
        kind=OrganisationKind.BRANCH,
        name="青禾县总医院测试分院",
        region_code="990124101",
        identifiers={IdentifierSystem.USCC: USCC},
    )
    assert selectors.identifier(place.pk, IdentifierSystem.USCC) == USCC
    assert selectors.identifier(place.pk, IdentifierSystem.INSURANCE) == ""
    wrong = USCC[:17] + ("0" if USCC[17] != "0" else "1")
    with pytest.raises(Invalid):
        services.give_identifier(by=keeper, organisation_id=place.pk, system="uscc", value=wrong)
    with pytest.raises(Conflict) as twice:
        services.give_identifier(by=keeper, organisation_id=place.pk, system="uscc", value=USCC)
    assert twice.value.code == "identifier_in_use"
    with pytest.raises(Conflict) as known:
        services.register_organisation(
            by=keeper, kind=OrganisationKind.BRANCH, name="青禾县总医院测试分院", region_code="990124101"
        )
    assert known.value.code == "organisation_exists"


def test_departments_beds_and_entities_exist_once(keeper):
    place = make.make_organisation()
    ward = services.register_department(by=keeper, organisation_id=place.pk, code="w", name="病区")
    services.register_beds(by=keeper, department_id=ward.pk, first="01")
    services.register_entity(by=keeper, title="ct1", name="CT", organisation_id=place.pk)
    assert selectors.entity("CT1").organisation == place
    assert [bed.code for bed in selectors.beds_of(ward.pk)] == ["01"]
    refused = []
    for verb in (
        partial(services.register_department, organisation_id=place.pk, code="w", name="又一病区"),
        partial(services.register_beds, department_id=ward.pk, first="01"),
        partial(services.register_entity, title="CT1", name="CT", organisation_id=place.pk),
    ):
        with pytest.raises(Conflict) as refusal:
            verb(by=keeper)
        refused.append(refusal.value.code)
    assert refused == ["department_exists", "bed_exists", "entity_exists"]


def test_the_roster_says_whom_to_call(keeper):
    place, person = make.make_organisation(), make.make_staff(Role.BRANCH_DOCTOR)
    now = clock.now()
    times = {"starts_at": now - timedelta(hours=1), "ends_at": now + timedelta(hours=1)}
    order = {"staff_id": person.pk, "organisation_id": place.pk, "duty": Duty.CHIEF}
    services.roster(by=keeper, **order, **times, telephone="10055550001")
    assert [(one.staff, one.telephone) for one in selectors.on_duty(organisation=place.pk)] == [
        (person, "10055550001")
    ]
    assert selectors.on_duty(organisation=place.pk, at=now + timedelta(hours=2)) == []
    with pytest.raises(Invalid):
        services.roster(by=keeper, **order, **times, telephone=" ")
    with pytest.raises(Refused):
        services.roster(by=make.make_actor(Role.MEDICAL_AFFAIRS), **order, **times, telephone="1")


def test_the_first_three_managers_are_made_once():
    people = {
        role: (f"first{number}", f"员{number}", id_number())
        for number, role in enumerate(sorted(services.FIRST))
    }
    with pytest.raises(Invalid):
        services.create_managers(by=SETUP, people=people)
    made = services.create_managers(by=SETUP, people=people, hospital="青禾县总医院", region_code="990124")
    assert {role: selectors.posts_of(one.staff.pk)[0].role for role, one in made.items()} == {
        r: r for r in people
    }
    assert Organisation.objects.get().kind == OrganisationKind.HEAD_HOSPITAL
    others = {role: (f"second{number}", f"员{number}", id_number()) for number, role in enumerate(people)}
    with pytest.raises(Conflict) as refused:
        services.create_managers(by=SETUP, people=others)
    assert refused.value.code == "managers_exist"


def test_what_was_typed_is_kept_for_one_account_alone_and_wiped(keeper):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    actor = make.actor_of(doctor)
    form = services.keep_form(
        by=Actor.system("door"), staff_id=doctor.pk, path="/referrals/new/", fields={"reason": ["胸痛三小时"]}
    )
    form.refresh_from_db()
    assert "胸痛".encode() not in bytes(form.sealed)
    with pytest.raises(OutOfReach):
        services.open_kept(by=keeper, form_id=form.pk)
    assert services.open_kept(by=actor, form_id=form.pk).told == [("reason", ["胸痛三小时"])]
    services.settle_kept(by=actor, form_id=form.pk)
    with pytest.raises(OutOfReach):
        services.open_kept(by=actor, form_id=form.pk)
    form.refresh_from_db()
    assert bytes(form.sealed) == b""


def test_sessions_are_ended_by_their_owner_alone():
    doctor, other = make.make_staff(Role.BRANCH_DOCTOR), make.make_staff(Role.BRANCH_DOCTOR)
    here, there, foreign = make.open_session(doctor), make.open_session(doctor), make.open_session(other)
    actor = selectors.signed_in(here.pk).actor
    with pytest.raises(OutOfReach):
        services.end_session(by=actor, session_id=foreign.pk)
    services.end_session(by=actor, session_id=there.pk)
    assert selectors.sessions_of(by=actor) == [here]
    make.open_session(doctor)
    assert services.end_other_sessions(by=actor) == 1
    services.sign_out(by=actor)
    assert selectors.sessions_of(by=actor) == []
