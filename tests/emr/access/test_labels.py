"""The table of specially protected data: changed by two security managers, shown to them alone."""

from dataclasses import replace

import pytest
from django.urls import reverse

from consortium import services as consortium
from consortium.choices import Role
from consortium.models import Change
from emr.access import selectors, services
from emr.access.engine.sensitivity import Rule, Rules
from emr.access.models import LabelRule
from kernel import clock
from kernel.errors import Conflict, DomainError, Invalid, Refused
from kernel.guarded import Damaged, intact, verified
from kernel.models import OutboxEvent
from tests.factories.consortium import make_actor, make_staff, sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh_table():
    selectors.forget()
    yield
    selectors.forget()


def manager():
    return replace(make_actor(Role.SECURITY_MANAGER), proved_at=clock.now())


def propose(by, **said):
    values = {
        "system": "icd10", "value": "q99", "category": "other", "words": "染色体异常",
        "reason": "伦理委员会要求", **said,
    }  # fmt: skip
    return services.propose_rule(by=by, **values)


def approve(by, change_id):
    return consortium.approve(by=by, change_id=change_id, version=Change.objects.get(pk=change_id).version)


def test_one_manager_changes_nothing(db):
    one = manager()
    change = propose(one)

    assert LabelRule.objects.filter(value="Q99").count() == 0
    with pytest.raises(DomainError):
        approve(one, change)
    assert LabelRule.objects.filter(value="Q99").count() == 0


def test_the_second_manager_puts_it_into_force_and_asks_for_a_look_through():
    approve(manager(), propose(manager()))

    rule = LabelRule.objects.get(value="Q99")
    assert (rule.label, intact(rule)) == (5, True)
    assert selectors.rules().of_code("Q99.8") == (5, ("other",))
    assert OutboxEvent.objects.filter(topic="access.labels_changed").count() == 1


def test_a_line_is_ended_by_two_as_well():
    approve(manager(), propose(manager()))
    rule = LabelRule.objects.get(value="Q99")

    approve(manager(), services.propose_end(by=manager(), rule_id=rule.pk, reason="不再需要"))

    assert selectors.rules().of_code("Q99.8") == (0, ())
    with pytest.raises(Conflict):
        services.propose_end(by=manager(), rule_id=rule.pk, reason="再来")


@pytest.mark.parametrize(("system", "value"), [("icd10", "I"), ("word", "药"), ("code", "71")])
def test_a_line_that_would_hide_half_the_county_is_refused(system, value):
    with pytest.raises(Invalid):
        propose(manager(), system=system, value=value)


def test_a_line_stands_once():
    with pytest.raises(Conflict):
        propose(manager(), value="B24")


@pytest.mark.parametrize(
    "role", [Role.SYSTEM_MANAGER, Role.AUDIT_MANAGER, Role.MEDICAL_AFFAIRS, Role.SPECIALIST]
)
def test_nobody_else_sees_or_proposes(role):
    somebody = make_actor(role)

    with pytest.raises(Refused):
        selectors.label_lines(by=somebody)
    with pytest.raises(Refused):
        propose(somebody)


def test_a_line_changed_past_the_house_is_damaged():
    LabelRule.objects.filter(value="B24").update(words="别的")  # not under the MAC: what it is called
    assert intact(LabelRule.objects.get(value="B24"))
    with pytest.raises(TypeError):
        LabelRule.objects.filter(value="B24").update(value="B2X")

    row = LabelRule.objects.get(value="B24")
    row.value = "B2X"
    with pytest.raises(Damaged):
        verified(row)


def test_the_page_lists_and_proposes(client):
    sign_in(client, make_staff(Role.SECURITY_MANAGER))

    page = client.get(reverse("emr:labels"))
    wrong = client.post(
        reverse("emr:propose_rule"), {"system": "icd10", "value": "I", "category": "other", "reason": "试"}
    )
    right = client.post(
        reverse("emr:propose_rule"),
        {"system": "word", "value": "某某药", "category": "other", "reason": "试"},
    )

    assert [one.status_code for one in (page, wrong, right)] == [200, 422, 302]
    assert "B24" in page.text
    rule, long = LabelRule.objects.filter(category="hiv").first(), "不再需要" * 76
    ended = client.post(reverse("emr:propose_rule_end", args=[rule.pk]), {"reason": long})
    assert (ended.status_code, ended.text.count(f'value="{long}"')) == (422, 1)
    assert Change.objects.get().payload["value"] == "某某药"


# -- the compiled table ---------------------------------------------------------------------------------------------


def test_a_code_of_another_system_is_no_icd_code():
    rules = Rules([Rule("icd10", "B24", "hiv", 5)])

    def judged(system):
        resource = {"code": {"coding": [{"system": system, "code": "B24.1"}]}}
        return rules.of(resource, b'{"code":{"coding":[{"code":"B24.1"}]}}')[0]

    assert [judged(one) for one in ("http://hl7.org/fhir/sid/icd-10", "", "urn:his:drugs")] == [5, 5, 0]


def test_an_empty_table_says_nothing():
    assert Rules([]).of({"code": {"text": "HIV"}}, b"HIV") == (0, ())
