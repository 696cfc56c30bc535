"""The way down: medicines against the branch's list, repeats, visits in the branch's record, ward, return."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from consortium.models import Staff
from emr.formulary import selectors as formulary
from emr.formulary import services as drugs
from emr.formulary.choices import Supply
from emr.repository import selectors as repository
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Conflict, Invalid
from referral import selectors, services
from referral.choices import Drug, PlanLine, readings_for
from referral.models import Referral, Tally
from referral.selectors.down.bounce import came_back, returned
from referral.selectors.down.readings import arrows
from tests.factories.consortium import actor_of, make_bed, make_department, sign_in
from tests.factories.emr import make_patient
from tests.factories.referral import County, make_county, make_followed, make_submitted
from tests.referral.test_services import cared_for

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("tests")


def down(county: County, up: Any, **said: Any) -> Any:
    order = {
        "plan": [PlanLine("测血压", clock.today() + timedelta(days=14), "visit", 14, 4)],
        "medicines": [Drug("氨氯地平片", "5 mg", "每日 1 次", "30 天")],
        **said,
    }
    return services.start_down_leg(
        by=county.specialist, referral_id=up.pk, version=up.version, key="", **order
    )


def arrived_down(county: County) -> Any:
    leg = down(county, cared_for(county))
    leg = services.accept(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    return services.arrive(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", identity_checked=True
    )


def test_unknown_is_never_stocked():
    county = make_county()
    assert formulary.supply(county.branch.pk, ["氨氯地平片"])["氨氯地平片"].state == Supply.UNKNOWN
    drugs.keep_drugs(by=HOUSE, organisation_id=county.branch.pk, drugs=["苯磺酸氨氯地平片", "阿司匹林肠溶片"])
    drugs.keep_drugs(by=county.doctor, drugs=["二甲双胍片"], state=Supply.OUT)
    asked = ["氨氯地平 5 mg", "阿司匹林", "二甲双胍", "利伐沙班片"]
    known = formulary.supply(county.branch.pk, asked)
    assert [known[name].state for name in asked] == ["stocked", "unknown", "out", "absent"]


def test_a_drug_the_branch_lacks_goes_down_only_with_a_word():
    county = make_county()
    up = cared_for(county)
    drugs.keep_drugs(by=county.doctor, drugs=["二甲双胍片"])
    with pytest.raises(Invalid) as refused:
        down(county, up)
    assert set(refused.value.fields) == {"supply"}
    up.refresh_from_db()
    assert down(county, up, supply="带药 30 天").supply == "带药 30 天"


def test_a_repeated_item_is_due_on_each_of_its_days():
    county = make_county()
    leg = down(county, cared_for(county))
    first = clock.today() + timedelta(days=14)
    assert list(leg.plan.order_by("place").values_list("turn", "turns", "due_date")) == [
        (turn + 1, 4, first + timedelta(days=14 * turn)) for turn in range(4)
    ]


def test_the_reply_is_not_closed_over_a_plan_to_come():
    county = make_county()
    up = cared_for(county)
    with pytest.raises(Conflict):
        services.acknowledge(by=county.doctor, referral_id=up.pk, version=up.version, key="")


def test_a_visit_is_an_encounter_with_readings_in_the_branchs_record():
    county = make_county()
    leg = services.start_rehab(
        by=county.doctor,
        referral_id=(one := arrived_down(county)).pk,
        version=one.version,
        key="",
        team="第一团队",
    )
    item = leg.plan.order_by("place").first()
    pressure = {"systolic": Decimal(128), "diastolic": Decimal(78)}
    order: dict[str, Any] = {"by": county.doctor, "item_id": item.pk, "version": leg.version, "key": ""}
    with pytest.raises(Invalid):
        services.log_visit(**order, result="好", readings={"mood": Decimal(1)})
    services.log_visit(**order, result="无头晕", way="phone", readings=pressure)
    item.refresh_from_db()
    seen = repository.read(by=county.doctor, kind="Encounter", id=item.encounter_id)
    told = repository.of_patient(by=county.doctor, patient_id=county.patient.pk, kind="Observation")
    assert (item.state, seen["class"]["code"]) == ("done", "VR")
    assert [part["valueQuantity"]["value"] for part in told[0]["component"]] == [128.0, 78.0]


def test_a_code_outside_of_the_catalogue_holds_no_visit_up_and_stands_as_given():
    county = make_county()
    leg = make_followed(county.hospital, county.branch, county.patient.pk, county.doctor)
    Referral.objects.filter(pk=leg.pk).update(diagnosis_code="Z99.X", diagnosis="他院编码")

    services.log_visit(
        by=county.doctor, item_id=leg.plan.get().pk, version=leg.version, key="", result="平稳"
    )

    (told,) = repository.of_patient(by=county.doctor, patient_id=county.patient.pk, kind="Condition")
    assert (told["code"]["coding"][0]["code"], told["code"]["text"]) == ("Z99.X", "他院编码")


def test_who_is_not_reached_stays_due():
    county = make_county()
    leg = make_followed(county.hospital, county.branch, county.patient.pk, county.doctor)
    item = leg.plan.get()
    services.log_visit(
        by=county.doctor, item_id=item.pk, version=leg.version, key="", result="无人接听", unreached=True
    )
    item.refresh_from_db()
    assert item.state == "due"
    assert [row.item.pk for row in selectors.visits(by=county.doctor)] == [item.pk]


def test_a_branch_admits_to_its_own_ward_and_goes_on_with_the_plan():
    county = make_county()
    bed = make_bed(make_department(county.branch))
    leg = arrived_down(county)
    leg = services.admit(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", complaint="术后康复", bed_id=bed.pk
    )
    reply = {"outcome": "好转", "advice": "继续随访", "follow_up": "plan"}
    leg = services.complete_care(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", **reply)
    leg = services.start_rehab(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    assert (leg.status, leg.receiving_doctor_id) == ("rehab_active", county.doctor.id)


def test_up_again_within_thirty_days_is_a_return():
    county = make_county()
    first = make_submitted(county)
    services.withdraw(by=county.doctor, referral_id=first.pk, version=first.version, key="", reason="改期")
    leg = arrived_down(county)
    leg = services.start_rehab(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    up = services.re_escalate(
        by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="再发黑蒙"
    )
    assert returned([first, up]) == {up.pk}
    late, sent = Tally.objects.filter(pk=leg.pk), Tally.objects.get(pk=up.pk).sent_at
    Tally.objects.exclude(pk__in=[leg.pk, up.pk]).update(sent_at=sent - timedelta(days=60))
    late.update(sent_at=sent - timedelta(days=30))
    assert (returned([up]), Tally.objects.filter(came_back()).count()) == ({up.pk}, 1)
    late.update(sent_at=sent - timedelta(days=30, seconds=1))
    assert (returned([up]), Tally.objects.filter(came_back()).count()) == (set(), 0)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_visits_takes_the_same_statements(rows, django_assert_num_queries):
    county = make_county()
    for _number in range(rows):
        make_followed(county.hospital, county.branch, make_patient(county.branch).pk, county.doctor)
    with django_assert_num_queries(5):
        assert len(selectors.visits(by=county.doctor)) == rows


STEADY = {
    "respiration": "18", "saturation": "97", "systolic": "126", "temperature": "36.6", "clear_diagnosis": "on",
    "clear_plan": "on", "stable": "on", "complications_treated": "on", "branch_can": "on", "asked": "on",
}  # fmt: skip


def test_what_the_rules_say_of_going_down_is_kept_signed_and_printed():
    county = make_county()
    leg = down(county, cared_for(county), criteria=STEADY)

    told = selectors.detail(by=county.doctor, referral_id=leg.pk).judgement
    paper = selectors.paper(by=county.doctor, referral_id=leg.pk)
    assert (told.direction, told.suggestion, [one.code for one in told.fired]) == ("down", "down", ["D01"])
    assert (leg.forms.get().content["criteria"]["direction"], paper.genuine) == ("down", True)
    assert paper.criteria.startswith("可以下转（2026.1）：D01 可下转")


def test_against_the_rules_nobody_goes_down_without_a_reason_even_after_an_emergency():
    county = make_county()
    up = cared_for(county)
    Referral.objects.filter(pk=up.pk).update(priority="emergency")
    said = {**STEADY, "needs_specialist": "on"}
    with pytest.raises(Invalid) as refused:
        down(county, up, criteria=said)
    up.refresh_from_db()
    assert (set(refused.value.fields), up.status, up.children.count()) == (
        {"override"},
        "care_completed",
        0,
    )

    leg = down(county, up, criteria=said, override="家属要求回当地，分院可继续静脉用药")
    printed = selectors.paper(by=county.doctor, referral_id=leg.pk).criteria.split("\n")
    assert printed[0] == "暂不下转（2026.1）：K04 暂不下转：仍需专科操作、监护或静脉特殊用药；D01 " + STAYS
    assert printed[1] == "医生另有决定：家属要求回当地，分院可继续静脉用药"


STAYS = "可下转：诊断明确、方案明确、病情稳定、并发症已处理，后续治疗基层能做"


def visited(county: County, **readings: str) -> Any:
    leg = make_followed(county.hospital, county.branch, county.patient.pk, county.doctor)
    return measured(county, leg, **readings)


def measured(county: County, leg: Any, **readings: str) -> Any:
    item = leg.plan.order_by("place").first()
    services.log_visit(
        by=county.doctor, item_id=item.pk, version=leg.version, key="", result="口渴乏力", way="home",
        readings={name: Decimal(value) for name, value in readings.items()},
    )  # fmt: skip
    item.refresh_from_db()
    return item


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("glucose_fasting", "3.9", "↓↓"), ("glucose_fasting", "4.0", ""), ("glucose_fasting", "6.1", ""),
        ("glucose_fasting", "7.2", "↑"), ("glucose_fasting", "16.7", "↑↑"), ("glucose_after_meal", "7.8", ""),
        ("glucose_after_meal", "16.6", "↑"), ("systolic", "179", "↑"), ("systolic", "180", "↑↑"),
        ("diastolic", "110", "↑↑"), ("saturation", "90", "↓"), ("saturation", "89", "↓↓"),
        ("respiration", "30", "↑"), ("respiration", "31", "↑↑"), ("weight", "120", ""),
    ],
)  # fmt: skip
def test_a_reading_has_its_arrow_and_two_where_one_refers_up(name, value, told):
    assert arrows({name: Decimal(value)}) == {name: told}


def test_each_disease_is_asked_for_its_own_readings_first():
    assert readings_for("E11.9", "随访")[:2] == ("glucose_fasting", "glucose_after_meal")
    assert readings_for("I10", "测血压")[0] == "systolic"
    assert readings_for("J44.9", "随访")[:2] == ("saturation", "respiration")
    assert readings_for("I10", "测血压和血糖")[:3] == ("glucose_fasting", "glucose_after_meal", "systolic")
    assert readings_for("", "拆线")[0] == "systolic"


def test_blood_sugar_is_an_observation_of_its_own_within_what_a_human_can_have():
    county = make_county()
    with pytest.raises(Invalid) as refused:
        visited(county, glucose_fasting="61")
    assert set(refused.value.fields) == {"glucose_fasting"}
    item = visited(make_county(), glucose_fasting="7.2", glucose_after_meal="9.8")
    doctor = item.done_by
    told = repository.of_patient(by=actor_of(doctor), patient_id=item.referral.patient_id, kind="Observation")
    assert {
        (
            one["code"]["coding"][0]["code"],
            one["category"][0]["coding"][0]["code"],
            one["valueQuantity"]["value"],
        )
        for one in told
    } == {("14770-2", "laboratory", 7.2), ("14760-3", "laboratory", 9.8)}
    assert item.result == "口渴乏力（空腹血糖 7.2 mmol/L ↑，餐后 2 小时血糖 9.8 mmol/L ↑）"
    assert item.danger is False


def test_a_dangerous_reading_is_flagged_and_one_press_sends_up_again(client):
    county = make_county()
    leg = arrived_down(county)
    leg = services.start_rehab(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    item = measured(county, leg, glucose_fasting="17.2")
    sign_in(client, Staff.objects.get(pk=county.doctor.id))
    page = client.get(f"/referrals/{leg.pk}/").content.decode()
    reason = f"{item.text}：口渴乏力（空腹血糖 17.2 mmol/L ↑↑）"
    assert (item.danger, f'name="reason" value="{reason}"' in page) == (True, True)
    leg.refresh_from_db()
    client.post(f"/referrals/{leg.pk}/re-escalate/", {"version": leg.version, "key": "k", "reason": reason})
    up = leg.children.get(direction="up")
    assert (up.status, up.priority, up.reason) == ("submitted", "urgent", reason)
    assert returned([up]) == {up.pk}
    for by in (county.doctor, county.coordinator):
        assert [row.bounced for row in selectors.board(by=by, tab="running") if row.referral.pk == up.pk] == [
            True
        ]


def test_a_visit_logged_on_the_page_leads_to_the_decision_when_a_reading_asks_for_it(client):
    county = make_county()
    leg = make_followed(county.hospital, county.branch, county.patient.pk, county.doctor)
    item = leg.plan.get()
    sign_in(client, Staff.objects.get(pk=county.doctor.id))
    said = {"version": leg.version, "key": "v", "way": "home", "result": "头痛", "systolic": "186", "diastolic": "112",
            "became": "done"}  # fmt: skip
    answer = client.post(f"/referrals/followups/{item.pk}/log/", said)
    assert (answer.status_code, answer["Location"]) == (302, f"/referrals/{leg.pk}/")
    assert "立即上转" in client.get(answer["Location"]).content.decode()
