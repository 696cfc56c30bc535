"""Pages of emr, walked through as their users do."""

from datetime import date

import pytest
from django.urls import reverse

from consortium.choices import Role
from consortium.models import Organisation
from emr.access.models import BreakGlass, Opening
from emr.chart import selectors
from emr.chart.engine.reading import moment
from emr.index.models import Patient
from emr.terminology import services as terminology
from tests.factories.consortium import actor_of, make_organisation, make_staff, sign_in
from tests.factories.emr import HOUSE, id_number, make_patient

pytestmark = pytest.mark.django_db
BORN = date(1959, 3, 12)


@pytest.fixture
def codes():
    terminology.load(
        by=HOUSE, system="icd10", concepts=[("I10", "原发性高血压"), ("J06.9", "急性上呼吸道感染")]
    )


@pytest.fixture
def doctor(client):
    staff = make_staff(Role.BRANCH_DOCTOR)
    sign_in(client, staff)
    return actor_of(staff)


def new_note(**said):
    return {
        "kind": "AMB", "complaint": "头晕两小时", "history": "", "systolic": "152", "diastolic": "94", "pulse": "88",
        "allergy_answer": "list", "allergies": "青霉素、头孢", "diagnosis": "i10", "certainty": "confirmed",
        "diagnosis_2": "黑蒙原因", "certainty_2": "unconfirmed", "plan": "休息，复查",
        "medicines": "氨氯地平片 5 mg 每日 1 次", **said,
    }  # fmt: skip


def test_a_patient_is_registered_through_the_page_and_her_chart_opens(client, doctor):
    number = id_number(BORN)

    answer = client.post(
        reverse("emr:register"),
        {"id_kind": "resident", "id_number": number, "name": "周桂芳", "sex": "2", "key": "k"},
    )

    patient = Patient.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("emr:chart", args=[patient.pk]))
    page = client.get(answer.url)
    assert page.status_code == 200
    hidden = "990" + "*" * 11 + number[-4:]
    assert [word in page.text for word in ("周桂芳", "女", "过敏未询问", hidden, number)] == [True] * 4 + [
        False
    ]


def test_a_wrong_number_comes_back_with_all_that_was_typed(client, doctor):
    answer = client.post(
        reverse("emr:register"),
        {"id_kind": "resident", "id_number": "990124195903122049", "name": "周桂芳", "sex": "2"},
    )

    assert answer.status_code == 422
    assert [word in answer.text for word in ("周桂芳", "990124195903122049")] == [True, True]


def test_two_names_on_one_number_ask_and_then_keep_both(client, doctor):
    number = id_number(BORN)
    make_patient(id_number=number, name="周桂芳")
    said = {"id_kind": "resident", "id_number": number, "name": "周贵芳", "sex": "2"}

    asked = client.post(reverse("emr:register"), said)
    kept = client.post(reverse("emr:register"), {**said, "confirm_name": "on", "reason": "曾用名"})

    assert (asked.status_code, "周*芳" in asked.text, "confirm_name" in asked.text) == (409, True, True)
    assert kept.status_code == 302


def test_the_number_is_read_back_as_it_is_typed(client, doctor):
    answer = client.post(reverse("emr:check_id"), {"id_kind": "resident", "id_number": id_number(BORN)})

    assert (answer.status_code, "1959-03-12" in answer.text, "女" in answer.text) == (200, True, True)


def test_a_note_is_written_signed_and_read(client, doctor, codes):
    patient = make_patient(make_organisation_of(doctor))

    shown = client.get(reverse("emr:new_encounter", args=[patient.pk]))
    signed = client.post(reverse("emr:new_encounter", args=[patient.pk]), new_note())
    chart = client.get(signed.url)
    visit = selectors.encounters(by=doctor, patient_id=patient.pk)[0]
    note = client.get(visit.url)

    assert [shown.status_code, signed.status_code, chart.status_code, note.status_code] == [
        200,
        302,
        200,
        200,
    ]
    assert [
        word in chart.text
        for word in ("原发性高血压", "I10", "黑蒙原因", "过敏", "青霉素", "氨氯地平片", "152")
    ] == [True] * 7
    assert [word in note.text for word in ("头晕两小时", "休息，复查", "氨氯地平片 5 mg 每日 1 次")] == [
        True
    ] * 3


def test_a_wrong_vital_sign_is_named_and_the_note_stays(client, doctor, codes):
    patient = make_patient(make_organisation_of(doctor))

    answer = client.post(reverse("emr:new_encounter", args=[patient.pk]), new_note(systolic="15"))

    assert answer.status_code == 422
    assert [word in answer.text for word in ("头晕两小时", "休息，复查", "is-invalid")] == [True] * 3


def test_own_words_get_their_code_later(client, doctor, codes):
    patient = make_patient(make_organisation_of(doctor))
    client.post(reverse("emr:new_encounter", args=[patient.pk]), new_note())
    problem = next(
        one for one in selectors.summary(by=doctor, patient_id=patient.pk).problems if not one.code
    )
    address = reverse("emr:code_diagnosis", args=[patient.pk, problem.id])

    unknown = client.post(address, {"code": "Z99.9"})
    coded = client.post(address, {"code": "J06.9"})

    problems = selectors.summary(by=doctor, patient_id=patient.pk).problems
    assert (unknown.status_code, coded.status_code) == (422, 302)
    assert sorted(one.code for one in problems) == ["I10", "J06.9"]


@pytest.mark.parametrize(
    "tab", ["summary", "timeline", "signs", "exams", "documents", "medicines", "referrals", "coverage"]
)
def test_every_tab_opens(client, doctor, codes, tab):
    patient = make_patient(make_organisation_of(doctor))
    client.post(reverse("emr:new_encounter", args=[patient.pk]), new_note())

    assert client.get(reverse("emr:chart", args=[patient.pk]) + f"?tab={tab}").status_code == 200


def test_a_closed_record_shows_who_and_where_and_nothing_else(client, doctor):
    patient = make_patient(name="周桂芳", phone="10000000077", address="青禾县柳溪镇")

    answer = client.get(reverse("emr:chart", args=[patient.pk]), follow=True)

    assert answer.redirect_chain[-1][0] == reverse("emr:open", args=[patient.pk])
    assert [word in answer.text for word in ("周*芳", "周桂芳", "柳溪", "0077")] == [
        True,
        False,
        False,
        False,
    ]


def test_the_glass_is_broken_with_a_reason_and_judged(client, doctor):
    head = make_organisation("head_hospital")
    judge = make_staff(Role.MEDICAL_AFFAIRS, head)
    patient = make_patient(name="周桂芳")
    address = reverse("emr:break_glass", args=[patient.pk])

    short = client.post(address, {"reason": "emergency", "explanation": "急", "known": "on"})
    opened = client.post(
        address, {"reason": "emergency", "explanation": "昏迷送来，无家属，需知用药史", "known": "on"}
    )
    chart = client.get(opened.url)
    row = BreakGlass.objects.get()
    sign_in(client, judge)
    queue = client.get(reverse("emr:reviews"))
    page = client.get(reverse("emr:break_glass_review", args=[row.pk]))
    verdict = client.post(
        reverse("emr:judge", args=[row.pk]), {"version": 1, "verdict": "justified", "text": ""}
    )

    row.refresh_from_db()
    assert [one.status_code for one in (short, opened, chart, queue, page, verdict)] == [
        422,
        302,
        200,
        200,
        200,
        302,
    ]
    assert ("周桂芳" in chart.text, "紧急调阅" in chart.text, "周*芳" in queue.text) == (True, True, True)
    assert (row.verdict, row.reviewed_by_id, Opening.objects.get().basis) == (
        "justified",
        judge.pk,
        "break_glass",
    )


def test_the_patient_at_the_desk_is_taken_in_by_her_card(client, doctor):
    number = id_number(BORN)
    elsewhere = make_patient(id_number=number, name="周桂芳")
    address = reverse("emr:adopt", args=[elsewhere.pk])

    wrong = client.post(address, {"id_number": id_number(BORN)})
    right = client.post(address, {"id_number": number})

    own = Patient.objects.get(organisation=doctor.organisation)
    assert (wrong.status_code, right.status_code, own.person_id) == (422, 302, elsewhere.person_id)
    assert right.url == reverse("emr:chart", args=[own.pk])


def test_the_list_shows_todays_patients_and_pages_by_key(client, doctor):
    place = make_organisation_of(doctor)
    for _number in range(27):
        make_patient(place)

    first = client.get(reverse("emr:patients"))
    cursor = first.text.split("?after=")[1].split('"')[0].replace("&amp;", "&")
    second = client.get(reverse("emr:patients") + f"?after={cursor}")

    assert (first.text.count("is-lead"), second.text.count("is-lead")) == (25, 2)


def make_organisation_of(actor):
    return Organisation.objects.get(pk=actor.organisation)


@pytest.mark.parametrize("told", ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "2026-02-30", ""])
def test_a_moment_the_county_s_clock_cannot_tell_is_none(told):
    assert moment(told) is None
