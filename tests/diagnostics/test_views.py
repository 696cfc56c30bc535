"""Pages of the requesting side and verbs of the reading desk, without a browser."""

import pytest
from django.test import Client
from django.urls import reverse

from consortium.choices import Role
from diagnostics import services
from diagnostics.choices import Status
from diagnostics.models import CriticalValue, Draft, ExamRequest
from tests.factories.consortium import make_staff, sign_in
from tests.factories.diagnostics import make_draft, make_examined, make_item, make_request, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    return make_scene()


def signed_in(staff):
    client = Client(headers={"accept-language": "zh-hans"})
    sign_in(client, staff)
    return client


def order(scene, client, **said):
    make_item("ITEM-CT", "CT", repeat_days=30)
    data = {
        "item_code": "ITEM-CT",
        "priority": "routine",
        "fee_state": "paid",
        "clinical_question": "咳嗽三周",
        "key": "k1",
        **said,
    }
    return client.post(reverse("diagnostics:order_new", args=[scene.patient_id]), data)


def test_an_order_is_made_once_however_often_it_is_sent(scene):
    client = signed_in(scene.doctor)
    first, again = order(scene, client, anyway="on"), order(scene, client, anyway="on")
    assert (first.status_code, first.url) == (302, again.url)
    assert ExamRequest.objects.count() == 1


def test_a_repeat_asks_once_and_keeps_what_was_typed(scene):
    client = signed_in(scene.doctor)
    order(scene, client)
    answer = order(scene, client, key="k2", clinical_question="复查结节")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "复查结节" in page
    assert "近期已做过" in page
    assert order(scene, client, key="k3", anyway="on").status_code == 302
    assert ExamRequest.objects.count() == 2


def test_a_wrong_order_comes_back_whole(scene):
    answer = order(scene, signed_in(scene.doctor), fee_state="emergency_first", clinical_question="急")
    assert answer.status_code == 422
    assert "先检后付" in answer.content.decode()


def test_pages_of_a_request_open(scene):
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    services.sign(by=scene.by("reader"), request_id=request.pk)
    critical = CriticalValue.objects.get()
    client = signed_in(scene.doctor)
    for address in (
        reverse("diagnostics:orders"),
        reverse("diagnostics:orders") + "?tab=all",
        reverse("diagnostics:order", args=[request.pk]),
        reverse("diagnostics:report", args=[request.report_id]),
        reverse("diagnostics:verify", args=[request.report_id]),
        reverse("diagnostics:criticals"),
        reverse("diagnostics:critical", args=[critical.pk]),
        reverse("diagnostics:patient_panel", args=[scene.patient_id]),
        reverse("diagnostics:order_new", args=[scene.patient_id]),
    ):
        assert client.get(address).status_code == 200, address


def test_a_wrong_read_back_is_told_and_kept(scene):
    request = make_draft(scene, make_examined(scene), outcome="critical", critical_text="室颤")
    services.sign(by=scene.by("reader"), request_id=request.pk)
    address = reverse("diagnostics:critical", args=[CriticalValue.objects.get().pk])
    answer = signed_in(scene.doctor).post(address, {"read_back": "房颤", "action": "treated", "version": 1})
    assert answer.status_code == 422
    assert "房颤" in answer.content.decode()


def test_a_technologist_registers_and_the_branch_withdraws(scene):
    request = make_request(scene, "CT")
    technologist, doctor = signed_in(scene.technologist), signed_in(scene.doctor)
    technologist.post(reverse("diagnostics:register", args=[request.pk]), {"version": 1})
    late = technologist.post(reverse("diagnostics:register", args=[request.pk]), {"version": 1})
    doctor.post(reverse("diagnostics:cancel", args=[request.pk]), {"version": 2, "reason": "患者拒绝"})
    request.refresh_from_db()
    assert (late.status_code, request.status) == (409, Status.CANCELLED)


def test_autosave_answers_the_line_and_the_new_version(scene):
    request = make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    client, address = signed_in(scene.reader), reverse("diagnostics:draft", args=[request.pk])
    htmx = {"HX-Request": "true"}

    first = client.post(address, {"draft_version": 0, "impression": "窦性"}, headers=htmx)
    stale = client.post(address, {"draft_version": 0, "impression": "另一窗口"}, headers=htmx)

    assert 'name="draft_version" id="draft-version" value="1"' in first.content.decode()
    assert (first.status_code, stale.status_code) == (200, 409)
    assert Draft.objects.get().impression == "窦性"


def test_a_refused_signature_loses_no_word(scene):
    request = make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    answer = signed_in(scene.reader).post(
        reverse("diagnostics:sign", args=[request.pk]),
        {"draft_version": 0, "impression": "窦性心律，写了很久"},
    )
    assert answer.status_code == 422
    assert "窦性心律，写了很久" in answer.content.decode()
    assert Draft.objects.get().impression == "窦性心律，写了很久"


def test_signing_goes_on_to_the_next_case(scene):
    request, following = make_examined(scene), make_examined(scene)
    services.claim(by=scene.by("reader"), request_id=request.pk)
    said = {"draft_version": 0, "impression": "正常心电图", "outcome": "normal"}
    answer = signed_in(scene.reader).post(reverse("diagnostics:sign", args=[request.pk]), said)
    assert (answer.status_code, answer.url) == (302, reverse("ecg:read", args=[following.pk]))


@pytest.mark.parametrize(
    "verb", ["claim", "sign", "review", "send_back", "retake", "amend", "take_over", "release"]
)
def test_reading_verbs_are_no_branch_doctors(scene, verb):
    request = make_examined(scene)
    answer = signed_in(scene.doctor).post(reverse(f"diagnostics:{verb}", args=[request.pk]), {"reason": "x"})
    assert answer.status_code == 403


def test_a_case_somebody_else_reads_is_refused_with_her_name_and_asks_for_nothing(scene):
    request = make_draft(scene, make_examined(scene))
    other = signed_in(make_staff(Role.READER, scene.centre))

    answer = other.post(reverse("diagnostics:claim", args=[request.pk]))

    words = answer.content.decode()
    assert (answer.status_code, f"{scene.reader.name} 正在判读这份检查" in words) == (409, True)
    assert "请填写" not in words


def test_a_critical_value_without_its_name_comes_back_with_the_button_that_signs(scene):
    request = make_draft(scene, make_examined(scene, "CT"))
    typed = {"draft_version": 1, "findings": "右侧气胸", "impression": "张力性气胸", "outcome": "critical"}
    client = signed_in(scene.reader)

    unnamed = client.post(reverse("diagnostics:sign", args=[request.pk]), typed)
    submitted = client.post(
        reverse("diagnostics:submit", args=[request.pk]),
        {**typed, "draft_version": 2, "critical_text": "气胸"},
    )

    page = unnamed.content.decode()
    assert (unnamed.status_code, "请写明是哪项危急值" in page, "签名并发危急值" in page) == (422, True, True)
    assert (submitted.status_code, "危急值不等审核" in submitted.content.decode()) == (409, True)
