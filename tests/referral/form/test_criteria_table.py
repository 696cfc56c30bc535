"""The table of criteria: read by everybody who refers, changed by two persons, each leg keeps its version."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from html import escape

import pytest
from django.urls import reverse

from consortium import selectors as consortium_selectors
from consortium import services as consortium
from consortium.choices import Role
from consortium.models import Change
from kernel import clock
from kernel.errors import Conflict, Invalid, Refused
from referral import services
from referral.choices import Suggestion
from referral.engine.criteria import with_visits
from referral.models import CriteriaTable
from referral.selectors.criteria.table import in_force, shipped, table_page
from referral.selectors.down.readings import arrows
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.referral import make_county
from tests.referral.form.test_criteria import STAY, asked, draft_with

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


def test_two_persons_change_from_which_reading_a_visit_refers_up():
    (pressure,) = [rule for rule in in_force()["rules"] if rule["code"] == "V01"]
    assert [one["value"] for one in pressure["when"]["any"]] == [180, 110]
    change = propose(limits={"V01.0": 170.0}, without=["V04"])
    assert arrows({"systolic": Decimal(172), "temperature": Decimal(40)}) == {
        "systolic": "↑", "temperature": "↑↑",
    }  # fmt: skip
    consortium.approve(by=fresh(Role.LEADER), change_id=change, version=1)

    assert arrows({"systolic": Decimal(172), "temperature": Decimal(40)}) == {
        "systolic": "↑↑", "temperature": "↑",
    }  # fmt: skip


def test_a_table_agreed_on_before_visits_had_rules_takes_the_shipped_ones():
    visits = {name for name, one in shipped()["facts"].items() if one.get("for") == "visit"}
    older = {
        **shipped(),
        "facts": {name: one for name, one in shipped()["facts"].items() if name not in visits},
        "rules": [rule for rule in shipped()["rules"] if rule["direction"] != "visit"],
    }

    assert with_visits(older, shipped()) == {
        **shipped(), "facts": {**older["facts"], **{name: shipped()["facts"][name] for name in visits}},
    }  # fmt: skip
    ended = {**shipped(), "rules": older["rules"]}
    assert with_visits(ended, shipped()) == ended


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


NEW = {
    "code": "U09", "direction": "up", "suggest": "up", "urgency": "urgent", "title": "体温 > 40 ℃",
    "when": {"fact": "temperature", "is": ">", "value": 40.0, "unit": "℃"},
}  # fmt: skip


def test_a_rule_is_added_and_another_ended_once_a_second_person_agrees():
    county = make_county()
    change = propose(added=[NEW], without=["U07"], limits={})
    assert asked(county, temperature="40.5").fired == []

    lines = consortium_selectors.change(by=fresh(Role.LEADER), change_id=change).lines
    consortium.approve(by=fresh(Role.LEADER), change_id=change, version=1)

    assert [(str(what), str(old), str(new)) for what, old, new in lines] == [
        ("U07 严重外伤：ISS ≥ 16 分", "ISS 损伤评分 >= 16 分", "不启用"),
        ("U09 体温 > 40 ℃", "不启用", "体温 > 40 ℃"),
    ]
    told = asked(county, temperature="40.5")
    assert ([one.code for one in told.fired], told.urgency) == (["U09"], "urgent")
    assert [rule["code"] for rule in in_force()["rules"]].count("U07") == 0


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"when": {"fact": "pulse", "is": ">", "value": 150}}, "规则 U09：没有“pulse”这一项。"),
        ({"when": {**NEW["when"], "unit": "mmHg"}}, "规则 U09：体温的单位是 ℃，不是 mmHg。"),
        (
            {"when": {**NEW["when"], "value": 400.0}},
            "规则 U09：体温应在 25 到 45 ℃ 之间，400.0 超出范围。",
        ),
        (
            {"when": {"all": [{**NEW["when"], "value": 39}, {**NEW["when"], "is": "<", "value": 36}]}},
            "规则 U09 自相矛盾：没有哪个体温能满足 > 39、< 36（25 到 45 ℃）。",
        ),
        ({"code": "U01"}, "规则 U01 已有，请给新规则换一个编号。"),
        ({"suggest": "down"}, "规则 U09：建议与转诊方向不符。"),
    ],
)
def test_nonsense_is_refused_in_a_clear_sentence(said, sentence):
    with pytest.raises(Invalid) as refused:
        propose(added=[{**NEW, **said}], limits={}, without=[])
    assert (str(refused.value), Change.objects.count()) == (sentence, 0)


def test_a_rule_is_typed_with_the_units_of_its_limits_and_comes_back_when_it_is_wrong(client):
    sign_in(client, make_staff(Role.MEDICAL_AFFAIRS))
    page = client.get(reverse("referral:criteria_propose")).context["form"]
    said = {name: one.value() for name in page.fields if (one := page[name]).value() not in (None, False)}
    typed = {
        **said, "name": "2026.3", "valid_from": f"{clock.today():%Y-%m-%d}", "reason": "讨论决定",
        "new_code": "U09", "new_title": "胸痛且收缩压 < 100", "new_suggest": "up:up", "new_urgency": "urgent",
        "new_join": "all", "new_fact_1": "chest_pain", "new_fact_2": "systolic", "new_is_2": "<",
        "new_limit_2": "100 kPa",
    }  # fmt: skip

    wrong = client.post(reverse("referral:criteria_propose"), typed)
    right = client.post(reverse("referral:criteria_propose"), {**typed, "new_limit_2": "100 mmHg"})

    assert (wrong.status_code, wrong.content.decode().count("收缩压的单位是 mmHg，不是 kPa。")) == (422, 1)
    assert wrong.context["form"]["new_title"].value() == typed["new_title"]
    assert right.status_code == 302
    (rule,) = [one for one in Change.objects.get().payload["table"]["rules"] if one["code"] == "U09"]
    assert rule["when"] == {
        "all": [
            {"fact": "chest_pain", "is": "true"},
            {"fact": "systolic", "is": "<", "value": 100.0, "unit": "mmHg"},
        ]
    }
