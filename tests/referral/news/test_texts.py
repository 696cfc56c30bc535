"""The patient is written to, once per step, in Chinese, and nothing of an illness is said."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from consortium import services as messages
from consortium.choices import Role
from consortium.gateways import words_of
from consortium.models import Staff, TextMessage
from emr.index import vault
from kernel import clock, delivery
from kernel.actor import Actor
from referral import services
from referral.choices import Event, Status
from referral.models import Referral
from tests.consortium.news.test_texts import running
from tests.factories.consortium import make_actor, make_bed, make_department, sign_in
from tests.factories.referral import make_county, make_submitted
from tests.referral.form.test_form import typed
from tests.referral.steps import at
from tests.referral.test_services import accepted

HOUSE = Actor.system("referral")


def told() -> list[str]:
    with translation.override("zh-hans"):
        return [words_of(row.template, row.values) for row in TextMessage.objects.order_by("pk")]


def text(leg: Referral, event: Event) -> bool:
    return services.text_patient(by=HOUSE, referral_id=leg.pk, event=event, version=leg.version)


def guide(county, **words):
    said = {
        "place": "门诊楼 3 楼 心内科护士站",
        "telephone": "0591-0000-1031",
        "bring": "身份证、医保卡、心电图",
        **words,
    }
    return services.set_guide(by=county.coordinator, department_id=county.ward.pk, version=0, **said)


@pytest.mark.django_db
def test_a_kept_bed_is_told_with_place_telephone_and_what_to_bring():
    county = make_county()
    guide(county)
    leg = accepted(county, make_submitted(county))
    assert text(leg, Event.SCHEDULE) is True
    assert told() == [
        f"您的转诊已安排，请到{county.hospital.name} {county.ward.name} 门诊楼 3 楼 心内科护士站。"
        "咨询电话 0591-0000-1031。请带：身份证、医保卡、心电图。"
    ]


@pytest.mark.django_db
def test_one_message_per_step_however_often_it_is_delivered():
    leg = at(Status.SCHEDULED)
    assert [text(leg, Event.SCHEDULE) for _time in range(3)] == [True, False, False]


@pytest.mark.django_db
def test_old_news_is_not_told():
    leg = at(Status.SCHEDULED)
    assert (
        services.text_patient(by=HOUSE, referral_id=leg.pk, event=Event.ACCEPT, version=leg.version - 1)
        is False
    )


@pytest.mark.django_db
def test_a_step_that_tells_nothing_and_a_patient_without_telephone():
    leg = at(Status.SUBMITTED)
    assert text(leg, Event.SUBMIT) is False
    leg = at(Status.SCHEDULED)
    person = leg.patient.person
    person.phone_sealed = person.phone_key = None
    person.save(update_fields=["phone_sealed", "phone_key"])
    assert text(leg, Event.SCHEDULE) is False


@pytest.mark.django_db
def test_the_number_the_form_gives_is_written_to_before_the_records(tmp_path, settings, client):
    """She lies at her daughter's: the doctor writes that number on the form, the record keeps its own."""
    county, book = make_county(), tmp_path / "book"
    sign_in(client, Staff.objects.get(pk=county.doctor.id))
    given = {"phone": "10077770001", "contact": "赵明", "contact_phone": "10077770002"}
    client.post(reverse("referral:new", args=[county.patient.pk]), typed(county, **given))
    leg = accepted(county, Referral.objects.get())
    delivery.drain()
    with running("taking", book, settings):
        assert messages.send_texts(by=HOUSE) == 1
    services.withdraw(by=county.doctor, referral_id=leg.pk, version=leg.version, key="", reason="改期")
    accepted(county, make_submitted(county))
    delivery.drain()
    with running("taking", book, settings):
        assert messages.send_texts(by=HOUSE) == 1

    numbers = [json.loads(line)["telephone"] for line in book.read_text().splitlines()]
    assert numbers == ["10077770001", vault.phone_of(county.patient.person)]


@pytest.mark.parametrize(
    ("code", "words", "ward"),
    [
        ("F20.9", "精神分裂症", "综合科"),
        ("", "HIV 感染待查", "综合科"),
        ("I10", "原发性高血压", "精神科"),
        ("I10", "原发性高血压", "感染科"),
    ],
)
@pytest.mark.django_db
def test_what_tells_an_illness_is_left_out(code, words, ward):
    county = make_county()
    county = replace(county, coordinator=make_actor(Role.COORDINATOR, county.hospital, clearance=5))
    place = make_department(county.hospital, name=ward)
    services.set_guide(
        by=county.coordinator, department_id=place.pk, version=0, place=f"{ward}楼 2 楼", telephone="0591-1",
        bring=f"{ward}病历",
    )  # fmt: skip
    leg = make_submitted(county, diagnosis_code=code, diagnosis=words, opens_protected=True)
    bed = make_bed(place)
    leg = services.accept(
        by=county.coordinator, referral_id=leg.pk, version=leg.version, key="", bed_id=bed.pk
    )
    text(leg, Event.SCHEDULE)
    (said,) = told()
    assert [part for part in (ward, words, code) if part and part in said] == []
    assert county.hospital.name in said


@pytest.mark.parametrize(
    ("status", "event", "words"),
    [
        (Status.ACCEPTED, Event.ACCEPT, "已同意接收您的转诊"),
        (Status.WAITLISTED, Event.WAITLIST, "有床位"),
        (Status.REJECTED, Event.REJECT, "暂时不能接收您的转诊"),
        (Status.REDIRECTED, Event.REDIRECT, "您的转诊现改到"),
        (Status.NO_SHOW, Event.MARK_NO_SHOW, "没有到"),
    ],
)
@pytest.mark.django_db
def test_each_step_has_its_words(status, event, words):
    leg = at(status)
    assert text(leg, event) is True
    (said,) = told()
    assert words in said
    assert leg.diagnosis not in said


def test_a_gateway_that_is_down_never_holds_a_step_back(race_db, tmp_path, settings):
    """The step is done and announced while the gateway is down; the message follows when it is back."""
    county = make_county()
    phone = vault.phone_of(county.patient.person)
    settings.SMS_URL, settings.SMS_TIMEOUT = "http://127.0.0.1:9/send", 1
    leg = accepted(county, make_submitted(county))
    delivery.drain()
    assert messages.send_texts(by=HOUSE) == 0
    assert (leg.status, delivery.waiting()) == (Status.SCHEDULED, 0)
    assert TextMessage.objects.get().state == "due"
    TextMessage.objects.update(due_at=clock.now() - timedelta(seconds=1))
    with running("taking", tmp_path / "book", settings):
        assert messages.send_texts(by=HOUSE) == 1
    assert phone in (tmp_path / "book").read_text()
