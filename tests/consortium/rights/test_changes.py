"""Two people for every change of rights: proposed by one, decided by another, applied once, kept as it was."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from consortium import selectors, services
from consortium.choices import Role, Verdict
from consortium.kinds import KINDS
from consortium.models import Change, NotificationRecipient
from consortium.policies import CHANGE
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def applied():
    """A kind that only counts; what it did."""
    done = []
    services.change_kind("test.count", apply=lambda by, payload: done.append(payload), describe=str)
    yield done
    del KINDS["test.count"]


@pytest.fixture
def two():
    place = make.make_organisation()
    return [make.make_actor(Role.SECURITY_MANAGER, place) for _ in range(2)]


def ask(by, **more):
    order = {"kind": "test.count", "subject": None, "payload": {"n": 1}, "reason": "needed"}
    return services.propose(by=by, **{**order, **more})


def test_a_proposal_does_nothing_until_somebody_else_approves_it(applied, two):
    first, second = two
    change = ask(first)
    assert (applied, change.verdict) == ([], Verdict.WAITING)
    assert [CHANGE.rows(by, "decide").contains(change) for by in two] == [False, True]
    with pytest.raises(OutOfReach):
        services.approve(by=first, change_id=change.pk, version=change.version)
    services.approve(by=second, change_id=change.pk, version=change.version)
    change.refresh_from_db()
    assert applied == [{"n": 1}]
    assert (change.verdict, change.proposed_by_id, change.decided_by_id) == (
        Verdict.APPROVED,
        first.id,
        second.id,
    )


def test_the_database_refuses_one_person_in_both_places(applied, two):
    change = ask(two[0])
    change.verdict, change.decided_by_id, change.decided_at = "approved", two[0].id, change.proposed_at
    with pytest.raises(IntegrityError, match="change_decided_by_a_second_person"), transaction.atomic():
        change.save()


def test_who_may_be_second_depends_on_the_kind(applied, two):
    change = ask(two[0])
    for role in (Role.SYSTEM_MANAGER, Role.AUDIT_MANAGER, Role.MEDICAL_AFFAIRS, Role.LEADER):
        with pytest.raises((OutOfReach, Refused)):
            services.approve(by=make.make_actor(role), change_id=change.pk, version=1)
    assert applied == []


def test_the_leader_stands_in_only_while_there_is_no_second_security_manager(applied):
    only, leader = make.make_actor(Role.SECURITY_MANAGER), make.make_actor(Role.LEADER)
    change = ask(only)
    told = NotificationRecipient.objects.filter(notification__url__contains=str(change.pk))
    assert list(told.values_list("staff_id", flat=True)) == [leader.id]
    services.approve(by=leader, change_id=change.pk, version=1)
    assert applied == [{"n": 1}]


@pytest.mark.parametrize("role", [Role.BRANCH_DOCTOR, Role.AUDIT_MANAGER, Role.LEADER, Role.SYSTEM_MANAGER])
def test_who_may_not_propose_this_kind_is_refused(applied, role):
    with pytest.raises(Refused):
        ask(make.make_actor(role))
    assert not Change.objects.exists()


def test_a_reason_is_asked_for(applied, two):
    with pytest.raises(Invalid):
        ask(two[0], reason="  ")
    change = ask(two[0])
    with pytest.raises(Invalid):
        services.reject(by=two[1], change_id=change.pk, version=1, reason="")


def test_a_rejected_or_withdrawn_proposal_is_over(applied, two):
    first, second = two
    refused, taken = ask(first), ask(first)
    services.reject(by=second, change_id=refused.pk, version=1, reason="not needed")
    with pytest.raises(OutOfReach):
        services.withdraw(by=second, change_id=taken.pk, version=1)
    services.withdraw(by=first, change_id=taken.pk, version=1)
    for change in (refused, taken):
        with pytest.raises(Conflict):
            services.approve(by=second, change_id=change.pk, version=None)
    assert applied == []


def test_a_change_whose_effect_fails_stays_open(two):
    def fail(by, payload):
        raise Conflict(code="too_late")

    services.change_kind("test.fail", apply=fail, describe=str)
    change = ask(two[0], kind="test.fail")
    with pytest.raises(Conflict):
        services.approve(by=two[1], change_id=change.pk, version=1)
    change.refresh_from_db()
    assert change.verdict == Verdict.WAITING
    del KINDS["test.fail"]


def test_a_signed_paper_speaks_in_place_of_the_first_person(applied, two):
    change = ask(Actor.system("setup"), paper="0f" * 32)
    assert change.proposed_by_id is None
    services.approve(by=two[0], change_id=change.pk, version=1)
    assert applied == [{"n": 1}]


FORGED = [
    "UPDATE consortium_change SET payload = '{}' WHERE id = %s",
    "UPDATE consortium_change SET proposed_by_id = NULL, paper = 'x' WHERE id = %s",
    "DELETE FROM consortium_change WHERE id = %s",
]


@pytest.mark.parametrize("statement", FORGED)
def test_a_proposal_is_not_rewritten(applied, two, statement):
    change = ask(two[0])
    refuse(statement, change)


def test_a_decided_change_is_not_rewritten(applied, two):
    change = ask(two[0])
    services.approve(by=two[1], change_id=change.pk, version=1)
    refuse("UPDATE consortium_change SET verdict = 'waiting' WHERE id = %s", change)


def refuse(statement, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        Change.objects.raw(f"{statement} RETURNING *", [change.pk])[0]


def test_the_second_person_sees_what_waits_for_her(applied, two):
    change = ask(two[0])
    assert [selectors.waiting_for(by=one) for one in two] == [0, 1]
    own, other = (selectors.change(by=one, change_id=change.pk) for one in two)
    assert (own.may_decide, own.may_withdraw) == (False, True)
    assert (other.may_decide, other.may_withdraw) == (True, False)
    listed, more = selectors.changes(by=two[1])
    assert ([one.change.pk for one in listed], more) == ([change.pk], False)
