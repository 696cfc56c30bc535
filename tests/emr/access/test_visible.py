"""`visible()` against a plain oracle: every combination of ground, label, place, period and restriction."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consortium.choices import Role
from emr.access import selectors
from emr.access.choices import Basis
from emr.access.models import Ground, Restriction
from kernel import clock, ids
from kernel.actor import Actor, Kind
from tests.factories.consortium import make_department, make_organisation, make_staff
from tests.factories.emr import HOUSE, id_number, make_patient

ROLES = [Role.BRANCH_DOCTOR, Role.SPECIALIST, Role.LEADER, Role.AUDIT_MANAGER, "api_client"]


class World:
    """Two persons with records in three places, two departments, two people."""

    def __init__(self):
        self.places = [make_organisation() for _number in range(3)]
        number = id_number()
        self.patients = [make_patient(place, id_number=number, name="周桂芳") for place in self.places[:2]]
        self.patients.append(make_patient(self.places[2]))
        self.departments = [make_department(self.places[0]) for _number in range(2)]
        self.staff = [make_staff(None) for _number in range(2)]


@pytest.fixture
def world(db):
    return World()


def oracle(world, actor, row, grounds, restrictions, now):
    """The rule in plain words."""
    patient, custodian, label = row
    if actor.kind is Kind.SYSTEM:
        return True
    readers = {"branch_doctor", "specialist", "api_client"}
    if not actor.roles & readers or "emr.opening.read" in actor.taken:
        return patient is None and label <= min(actor.clearance, 2)
    if label > actor.clearance:
        return False
    if custodian in actor.organisations or (patient is None and label <= 2):
        return True
    if patient is None:
        return False
    person = next(one.person_id for one in world.patients if one.pk == patient)
    same = {one.pk for one in world.patients if one.person_id == person}
    return any(reaches(ground, actor, same, label, restrictions, now) for ground in grounds)


def reaches(ground, actor, same, label, restrictions, now):
    staff = actor.id if actor.kind is Kind.STAFF else None
    if (
        ground.patient_id not in same
        or ground.organisation_id not in actor.organisations
        or ground.label < label
    ):
        return False
    if ground.closed_at or (ground.until_at and ground.until_at <= now):
        return False
    if ground.department_id and actor.department and ground.department_id != actor.department:
        return False
    if ground.staff_id and ground.staff_id != staff:
        return False
    if ground.opened_at > now:
        return False
    purpose = actor.purpose or "treatment"
    if ground.purpose != purpose and (ground.purpose or purpose == "research"):
        return False
    if ground.basis in (Basis.BREAK_GLASS, Basis.REVIEW, Basis.PUBLIC_HEALTH):
        return True
    return not any(
        one.patient_id in same
        and not one.closed_at
        and one.label <= label
        and one.organisation_id in (None, ground.organisation_id)
        for one in restrictions
    )


def sql_says(actor, row):
    predicate, parameters = selectors.visible("r", actor, kind="Observation")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM (SELECT %s::uuid AS patient_id, %s::uuid AS custodian_org, %s::int AS label) r "
            f"WHERE {predicate}",
            [*row, *parameters],
        )
        return cursor.fetchone()[0] == 1


index = st.integers(0, 2)
grounds_drawn = st.lists(
    st.tuples(
        index, index, st.sampled_from([None, 0, 1]), st.sampled_from([None, 0, 1]), st.integers(1, 5),
        st.sampled_from([Basis.ENCOUNTER, Basis.CONSENT, Basis.BREAK_GLASS, Basis.REVIEW, Basis.CONTRACT]),
        st.sampled_from(["open", "closed", "over", "ahead"]), st.sampled_from(["", "treatment", "research"]),
    ),
    max_size=3,
)  # fmt: skip
restrictions_drawn = st.lists(
    st.tuples(index, st.sampled_from([None, 0, 1, 2]), st.integers(1, 5), st.booleans()), max_size=2
)
actors_drawn = st.tuples(
    st.sets(index, max_size=2), st.sampled_from(ROLES), st.sampled_from([None, 0, 1]), st.sampled_from([0, 1]),
    st.integers(0, 5), st.sampled_from([Kind.STAFF, Kind.STAFF, Kind.CLIENT, Kind.SYSTEM]),
    st.sampled_from(["", "treatment", "research", "quality"]),
    st.sampled_from([(), (), (), ("emr.opening.read",), ("emr.breakglass.open",)]),
)  # fmt: skip
rows_drawn = st.tuples(st.sampled_from([None, 0, 1, 2]), st.sampled_from([None, 0, 1, 2]), st.integers(1, 5))


def actor_from(world, drawn):
    places, role, department, staff, clearance, kind, purpose, taken = drawn
    own = frozenset(world.places[one].pk for one in places)
    return Actor(
        kind=kind, name="somebody", id=world.staff[staff].pk, organisation=next(iter(own), None), organisations=own,
        department=None if department is None else world.departments[department].pk, roles=frozenset({role}),
        clearance=clearance, purpose=purpose, taken=frozenset(taken),
    )  # fmt: skip


def ground_from(world, number, drawn, now):
    patient, place, department, staff, label, basis, state, purpose = drawn
    return Ground(
        patient=world.patients[patient], organisation=world.places[place], label=label, basis=basis,
        department=None if department is None else world.departments[department],
        staff=None if staff is None else world.staff[staff], source=f"drawn:{ids.uuid7()}:{number}",
        purpose=purpose, opened_at=now + timedelta(hours=1 if state == "ahead" else -48),
        closed_at=now if state == "closed" else None,
        until_at=now - timedelta(hours=1) if state == "over" else None,
    )  # fmt: skip


def restriction_from(world, number, drawn, now):
    patient, place, label, closed = drawn
    return Restriction(
        patient=world.patients[patient], organisation=None if place is None else world.places[place], label=label,
        source=f"drawn:{ids.uuid7()}:{number}", opened_at=now - timedelta(days=1), closed_at=now if closed else None,
    )  # fmt: skip


def row_from(world, drawn) -> tuple[UUID | None, UUID | None, int]:
    patient, custodian, label = drawn
    return (
        None if patient is None else world.patients[patient].pk,
        None if custodian is None else world.places[custodian].pk,
        label,
    )


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(grounds_drawn, restrictions_drawn, actors_drawn, rows_drawn)
def test_visible_says_what_the_plain_rule_says(world, grounds_said, restrictions_said, actor_said, row_said):
    Restriction.objects.all().delete()
    Ground.objects.all().delete()
    now = clock.now()
    grounds = [ground_from(world, number, one, now) for number, one in enumerate(grounds_said)]
    restrictions = [restriction_from(world, number, one, now) for number, one in enumerate(restrictions_said)]
    Ground.objects.bulk_create(grounds)
    Restriction.objects.bulk_create(restrictions)
    actor, row = actor_from(world, actor_said), row_from(world, row_said)

    assert sql_says(actor, row) is oracle(world, actor, row, grounds, restrictions, now)


GROUND = (0, 0, 0, 0, 4, Basis.CONSENT, "open", "treatment")
DOCTOR = ({0}, Role.SPECIALIST, 0, 0, 5, Kind.STAFF, "treatment", ())
ROW = (0, 1, 3)
ALONE = {
    "the reason is another patient's": ("ground", 0, 2),
    "it is another institution's": ("ground", 1, 2),
    "it is another department's": ("ground", 2, 1),
    "it is another person's": ("ground", 3, 1),
    "the row is labelled above it": ("row", 2, 5),
    "it was closed": ("ground", 6, "closed"),
    "its time is over": ("ground", 6, "over"),
    "its time has not come": ("ground", 6, "ahead"),
    "it is for another purpose": ("ground", 7, "research"),
    "the row is labelled above the clearance": ("actor", 4, 2),
    "the post reads no records": ("actor", 1, Role.LEADER),
    "reading was taken from the post": ("actor", 7, ("emr.opening.read",)),
}
"""What closes a row by itself that a reason opens: one place of the three lines above, changed."""


def opens(world, **changed):
    """Whether the row is open under one reason, when one thing about reason, reader or row is another."""
    said = {"ground": list(GROUND), "actor": list(DOCTOR), "row": list(ROW)}
    for which, (place, value) in changed.items():
        said[which][place] = value
    Ground.objects.all().delete()
    Ground.objects.bulk_create([ground_from(world, 0, said["ground"], clock.now())])
    return sql_says(actor_from(world, said["actor"]), row_from(world, said["row"]))


def test_each_condition_closes_alone(world):
    assert opens(world)
    found = {why: opens(world, **{which: (place, value)}) for why, (which, place, value) in ALONE.items()}
    assert found == dict.fromkeys(ALONE, False)
    Restriction.objects.bulk_create([restriction_from(world, 0, (0, None, 1, False), clock.now())])
    assert not opens(world)


def test_the_house_sees_everything(world):
    assert sql_says(HOUSE, (world.patients[0].pk, world.places[0].pk, 5)) is True
