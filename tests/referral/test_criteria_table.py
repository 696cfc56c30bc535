"""The table of criteria: read by everybody who refers, changed by two persons, each leg keeps its version."""

from dataclasses import replace
from datetime import timedelta
from html import escape

import pytest
from django.urls import reverse

from consortium import services as consortium
from consortium.choices import Role
from consortium.models import Change
from kernel import clock
from kernel.errors import Conflict, Invalid, Refused
from referral import services
from referral.choices import Suggestion
from referral.models import CriteriaTable
from referral.selectors.criteria import in_force, shipped, table_page
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.referral import make_county
from tests.referral.test_criteria import STAY, asked, draft_with

pytestmark = pytest.mark.django_db


def fresh(role):
    return replace(make_actor(role), proved_at=clock.now())


def propose(by=None, **said):
    order = {
        "name": "2026.2",
        "limits": {"U03.1": 92.0},
        "without": ["U07"],
        "valid_from": clock.today(),
        "reason": "县里讨论决定",
        **said,
    }
    return services.propose_criteria(by=by or fresh(Role.MEDICAL_AFFAIRS), **order)


def test_one_person_changes_no_rule():
    propose()
    assert (in_force(), CriteriaTable.objects.count()) == (shipped(), 0)


def test_the_office_puts_a_version_into_force_from_its_day():
    county = make_county()
    change, leader = propose(), fresh(Role.LEADER)
    consortium.approve(by=leader, change_id=change, version=1)

    row = CriteriaTable.objects.get()
    assert (row.name, row.approved_by_id, in_force()["version"]) == ("2026.2", leader.id, "2026.2")
    assert asked(county, saturation="91").suggestion == Suggestion.UP
    assert table_page(by=county.doctor).row == row


def test_a_version_of_next_week_waits():
    consortium.approve(
        by=fresh(Role.LEADER),
        change_id=propose(valid_from=clock.today() + timedelta(days=7)),
        version=1,
    )
    assert in_force() == shipped()
    assert in_force(clock.now() + timedelta(days=8))["version"] == "2026.2"


def test_a_leg_keeps_the_version_it_was_judged_by():
    county = make_county()
    leg = draft_with(county, "家属坚持", **STAY)
    consortium.approve(by=fresh(Role.LEADER), change_id=propose(), version=1)
    leg.refresh_from_db()
    assert leg.criteria["version"] == "2026.1"


def test_nobody_but_medical_affairs_proposes_and_nobody_but_the_office_decides():
    with pytest.raises(Refused):
        propose(by=fresh(Role.COORDINATOR))
    change = propose()
    with pytest.raises(Refused):
        consortium.approve(by=fresh(Role.SECURITY_MANAGER), change_id=change, version=1)
    assert Change.objects.get(pk=change).verdict == "waiting"


def test_a_version_that_cannot_be_applied_is_not_even_proposed():
    with pytest.raises(Invalid):
        propose(limits={"U03.1": 500.0})
    with pytest.raises(Conflict):
        propose(name="2026.1")


def test_the_rules_are_read_by_whoever_refers_or_counts(client):
    sign_in(client, make_staff(Role.BRANCH_DOCTOR))
    page = client.get(reverse("referral:criteria_table")).content.decode()
    titles = [escape(rule["title"]) for rule in shipped()["rules"]]
    assert [page.count(f">{title}<") for title in titles] == [1] * len(titles)
    with pytest.raises(Refused):
        table_page(by=make_actor(Role.CASHIER))


def test_the_proposal_is_typed_on_its_page(client):
    sign_in(client, make_staff(Role.MEDICAL_AFFAIRS))
    page = client.get(reverse("referral:criteria_propose"))
    assert page.status_code == 200
    assert 'name="limit_U03_1"' in page.content.decode()
