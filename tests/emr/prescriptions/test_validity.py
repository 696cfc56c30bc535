"""A sheet is valid on its day, or for up to three days with a reason (处方管理办法 art. 18); what nobody
countersigned in time is signed anew with one press."""

import html
import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from consortium.choices import OrganisationKind, Role
from emr.prescriptions import selectors, services
from emr.prescriptions.choices import PAPER
from emr.prescriptions.engine.sheet import unpack
from emr.prescriptions.models import Prescription
from emr.prescriptions.selectors.printed import sheet
from emr.prescriptions.selectors.sheets import content_of, raw
from emr.repository import selectors as stored
from kernel import clock, ids, papers
from kernel.errors import Conflict, Invalid, OutOfReach
from tests.factories.api import of_staff
from tests.factories.consortium import actor_of, make_actor, make_staff, sign_in
from tests.factories.prescriptions import line, make_prescription, make_visit

pytestmark = pytest.mark.django_db

WHY = "药房已下班，明日取药"
DAY = clock.today()


def at(day, hour, minute, second=0):
    """A moment of the county's clock, in UTC as the house keeps it."""
    return datetime.combine(day, time(hour, minute, second), clock.COUNTY).astimezone(UTC)


@pytest.fixture
def hour(monkeypatch):
    """Sets the house's clock; it stands at five minutes to midnight."""

    def set_to(moment):
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_to(at(DAY, 23, 55))
    return set_to


@pytest.fixture
def visit(hour):
    return make_visit(OrganisationKind.HEAD_HOSPITAL, role=Role.SPECIALIST, licence="assistant_physician")


@pytest.fixture
def physician(visit):
    return make_staff(Role.SPECIALIST, visit.place)


def asked_of(staff):
    """What waits on the home of this person, by its key."""
    return [one.key for one in selectors.work(by=actor_of(staff)).waiting]


def published(visit, made):
    (pk,) = content_of(made).requests
    return stored.read(by=visit.doctor, kind="MedicationRequest", id=pk)


def test_at_midnight_a_sheet_of_its_day_goes_from_the_physicians_back_to_its_writer(visit, physician, hour):
    made, by = make_prescription(visit), actor_of(physician)

    hour(at(DAY, 23, 59, 59))
    before = (
        [one.row.id for one in selectors.to_countersign(by=by)],
        asked_of(physician),
        asked_of(visit.staff),
    )
    hour(at(DAY + timedelta(days=1), 0, 0))
    after = (
        [one.row.id for one in selectors.to_countersign(by=by)],
        asked_of(physician),
        asked_of(visit.staff),
    )
    with pytest.raises(Conflict) as late:
        services.countersign(by=by, prescription_id=made.pk, version=1)

    assert made.valid_date == DAY
    assert before == ([made.pk], [f"countersign:{made.pk}"], [])
    assert after == ([], [], [f"renew:{made.pk}"])
    assert late.value.code == "day_over"
    paper = selectors.paper(by=visit.doctor, prescription_id=made.pk)
    assert (paper.row.word, paper.may_renew, paper.may_countersign) == ("未及时审签", True, False)
    assert selectors.paper(by=by, prescription_id=made.pk).may_renew is False


def test_two_days_with_a_reason_are_countersigned_after_midnight(visit, physician, hour):
    made = make_prescription(visit, valid_days=2, valid_reason=f" {WHY} ")
    hour(at(DAY + timedelta(days=1), 0, 5))

    done = services.countersign(by=actor_of(physician), prescription_id=made.pk, version=1)

    first, last = DAY.isoformat(), (DAY + timedelta(days=1)).isoformat()
    assert (done.status, unpack(raw(done)).valid_reason, done.valid_until_date.isoformat()) == (
        "signed",
        WHY,
        last,
    )
    assert published(visit, made)["dispenseRequest"]["validityPeriod"] == {"start": first, "end": last}
    title = papers.verdict(papers.newest(PAPER, made.pk).token).title
    assert f"{first} – {last} ·" in str(title)
    hour(at(DAY + timedelta(days=2), 0, 0))
    over = selectors.paper(by=visit.doctor, prescription_id=made.pk)
    assert (over.row.over, over.row.word, over.may_renew) == (True, "已签名", False)
    title = papers.verdict(papers.newest(PAPER, made.pk).token).title
    assert "有效期已过" in str(title)
    with translation.override("en"):
        assert "its validity is over" in str(title)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", ["{0} 至 {1}，共 3 天。原因：雨夜路远", "{1} 过后不得配药。"]),
        ("en", ["{0} to {1}, 3 days: 雨夜路远", "Not to be dispensed after {1}."]),
    ],
)
def test_whoever_dispenses_reads_from_when_to_when_and_why_on_the_sheet(hour, language, words):
    visit = make_visit()
    made = make_prescription(visit, valid_days=3, valid_reason="雨夜路远")

    with translation.override(language):
        paper = selectors.paper(by=visit.doctor, prescription_id=made.pk)
        drawn = sheet(by=visit.doctor, paper=paper, site="http://testserver")

    days = [(DAY + timedelta(days=more)).isoformat() for more in (0, 2)]
    told = [box.text for boxes in drawn.rows for box in boxes] + drawn.notes
    assert [one.format(*days) in told for one in words] == [True, True]


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"valid_days": 0}, "valid_days"),
        ({"valid_days": 4, "valid_reason": WHY}, "valid_days"),
        ({"valid_days": 2}, "valid_reason"),
        ({"valid_days": 2, "valid_reason": " "}, "valid_reason"),
        ({"valid_days": 2, "valid_reason": "远" * 61}, "valid_reason"),
    ],
)
def test_a_validity_the_rule_does_not_know_is_refused_at_its_field(visit, said, field):
    with pytest.raises(Invalid) as refused, transaction.atomic():
        make_prescription(visit, **said)
    assert (list(refused.value.fields), Prescription.objects.count()) == ([field], 0)


@pytest.mark.parametrize("days", [0, 4])
def test_the_database_holds_three_days_at_most(visit, days):
    row = make_prescription(visit)
    row.pk, row.number, row.valid_days = ids.uuid7(), "R0", days

    with pytest.raises(IntegrityError, match="valid_three_days_at_most"), transaction.atomic():
        row.save(force_insert=True)


def test_a_reason_for_its_own_day_is_none(visit):
    assert content_of(make_prescription(visit, valid_reason=WHY)).valid_reason == ""


# -- written anew ---------------------------------------------------------------------------------------------------


def pressed(page, address):
    """What the browser sends when the form of this address is pressed as it stands."""
    form = re.search(rf'<form[^>]*action="{address}".*?</form>', page, re.DOTALL)[0]
    said: dict[str, list[str]] = {}
    for one in re.findall(r"<input[^>]*>", form):
        parts = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', one)}
        if parts["type"] != "radio" or " checked" in one:
            said.setdefault(parts["name"], []).append(parts.get("value", ""))
    return said


@pytest.mark.parametrize(
    ("language", "word"), [("zh-hans", "照原样重新签发"), ("en", "Sign it anew, as it stands")]
)
def test_what_lapsed_is_signed_anew_with_one_press_and_nothing_typed(visit, physician, hour, language, word):
    given = (line(), line("二甲双胍片", often="bid", note="饭后"))
    made = make_prescription(visit, *given, kind="long", long_reason="高血压，稳定")
    hour(at(DAY + timedelta(days=1), 0, 5))
    writer = Client(headers={"accept-language": language})
    sign_in(writer, visit.staff)
    page = writer.get(reverse("emr:prescription", args=[made.pk])).text
    address = reverse("emr:prescribe", args=[visit.encounter])

    answer = writer.post(address, pressed(page, address))

    new = Prescription.objects.exclude(pk=made.pk).get()
    assert (word in page, answer.status_code, answer.url) == (
        True, 302, reverse("emr:prescription", args=[new.pk]),
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.status, made.void_reason, made.voided_by_id) == ("void", "lapsed", visit.staff.pk)
    assert (new.status, new.valid_date, content_of(new).lines) == ("waiting", DAY + timedelta(days=1), given)
    assert (content_of(new).kind, content_of(new).long_reason) == ("long", "高血压，稳定")
    assert (asked_of(visit.staff), asked_of(physician)) == ([], [f"countersign:{new.pk}"])
    assert services.countersign(by=actor_of(physician), prescription_id=new.pk, version=1).status == "signed"


def test_a_warning_that_is_new_comes_back_with_everything_filled_in(visit, hour):
    made = make_prescription(visit)
    hour(at(DAY + timedelta(days=1), 0, 5))
    colleague = make_actor(Role.SPECIALIST, visit.place)
    make_prescription(visit, by=colleague)
    writer = Client(headers={"accept-language": "zh-hans"})
    sign_in(writer, visit.staff)
    address = reverse("emr:prescribe", args=[visit.encounter])
    said = pressed(writer.get(reverse("emr:prescription", args=[made.pk])).text, address)

    warned = writer.post(address, said)
    seen = html.unescape(re.search(r'name="seen" value="([^"]+)"', warned.text)[1])
    done = writer.post(address, said | {"seen": seen, "override": "原方未取药"})

    assert (warned.status_code, str(made.pk) in warned.text, "氨氯地平片" in warned.text) == (409, True, True)
    assert done.status_code == 302
    made.refresh_from_db()
    assert made.void_reason == "lapsed"


def test_only_her_own_lapsed_sheet_of_the_visit_is_signed_anew(visit, hour):
    made, fresh = (
        make_prescription(visit),
        make_prescription(visit, line("二甲双胍片"), valid_days=2, valid_reason=WHY),
    )
    hour(at(DAY + timedelta(days=1), 0, 5))
    other = make_visit(patient=visit.patient, role=Role.SPECIALIST)
    others = {"by": other.doctor, "encounter_id": other.encounter, "diagnoses": other.diagnoses}
    order = {"key": "", "lines": [line("阿司匹林肠溶片")]}

    with pytest.raises(OutOfReach), transaction.atomic():
        services.sign(**order, **others, instead=made.pk)
    again = make_visit(patient=visit.patient, role=Role.SPECIALIST)
    refusals = []
    for pk, encounter, diagnoses in (
        (fresh.pk, visit.encounter, visit.diagnoses),
        (made.pk, again.encounter, again.diagnoses),
    ):
        with pytest.raises(Conflict) as refused, transaction.atomic():
            services.sign(by=visit.doctor, **order, encounter_id=encounter, diagnoses=diagnoses, instead=pk)
        refusals.append(refused.value.code)

    assert refusals == ["not_lapsed", "not_lapsed"]
    assert sorted(Prescription.objects.values_list("status", flat=True)) == ["waiting", "waiting"]
    with pytest.raises(Invalid):
        services.void(by=visit.doctor, prescription_id=made.pk, version=1, reason="lapsed")


def test_a_refused_sheet_is_written_anew_from_what_stood_on_it(visit, physician):
    made = make_prescription(visit, line(note="饭后"))
    services.refuse(by=actor_of(physician), prescription_id=made.pk, version=1, words="剂量偏大")
    writer = Client(headers={"accept-language": "zh-hans"})
    sign_in(writer, visit.staff)
    link = f"{reverse('emr:prescribe', args=[visit.encounter])}?again={made.pk}"

    sheet_page, page = writer.get(reverse("emr:prescription", args=[made.pk])).text, writer.get(link)
    signer = Client(headers={"accept-language": "zh-hans"})
    sign_in(signer, physician)

    assert (link in sheet_page, page.status_code) == (True, 200)
    assert [f'value="{word}"' in page.text for word in ("氨氯地平片", "5mg×7片", "饭后", "5")] == [True] * 4
    assert [signer.get(link).status_code, writer.get(link[:-3]).status_code] == [404, 404]


def test_the_api_says_how_long_and_signs_anew(visit, hour):
    program = of_staff(visit.staff)
    order = {
        "encounter_id": str(visit.encounter), "diagnoses": visit.diagnoses,
        "lines": [{"name": "阿司匹林肠溶片", "dose": "0.1", "unit": "g", "often": "qd", "route": "1", "days": 3,
                   "amount": 1, "pack": "盒"}],
    }  # fmt: skip

    bare = program.post("prescriptions/", **order, valid_days=2)
    far = program.post("prescriptions/", **order, valid_days=4, valid_reason=WHY)
    made = program.post("prescriptions/", **order).json()

    assert [(one.status_code, list(one.json()["fields"])) for one in (bare, far)] == [
        (422, ["valid_reason"]), (422, ["valid_days"]),
    ]  # fmt: skip
    assert (made["valid_until"], made["over"]) == (DAY.isoformat(), False)
    hour(at(DAY + timedelta(days=1), 0, 1))
    assert program.get(f"prescriptions/{made['id']}/").json()["over"] is True
    anew = program.post("prescriptions/", **order, valid_days=2, valid_reason=WHY, instead=made["id"]).json()
    first, last = ((DAY + timedelta(days=more)).isoformat() for more in (1, 2))
    assert [anew[name] for name in ("status", "valid_date", "valid_until", "valid_reason", "over")] == [
        "waiting", first, last, WHY, False,
    ]  # fmt: skip
    assert program.get(f"prescriptions/{made['id']}/").json()["status"] == "void"
