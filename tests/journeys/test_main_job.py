"""The main job, end to end, as its people do it: one patient goes up, is cared for, paid for, comes down.

Real parts only: web, worker, DICOM receiver and insurance centre are processes of their own, files are real
ECG and DICOM files, the pictures are looked at pixel by pixel.
"""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, expect
from pynetdicom import AE

from config.local.places import ROOT
from consortium.choices import Role
from diagnostics.models import ExamRequest
from kernel import clock
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.journeys.chain import audit
from tests.journeys.house import House, place
from tests.journeys.money import reconcile, settle_and_close_shift
from tests.journeys.story import (
    BORN,
    Story,
    chest_image,
    choose,
    dark_and_light,
    down_leg,
    fill,
    press,
    request_of,
    until,
    up_leg,
)

pytestmark = [pytest.mark.journey, pytest.mark.slow(75), pytest.mark.timeout(900)]

REAL_ECG = ROOT.parent / "shared" / "data" / "ecg" / "formats" / "Example.scp"


@pytest.fixture
def story(house: House, browser: Browser) -> Story:
    number = id_number(BORN)
    patient = make_patient(organisation=place("柳溪镇分院"), name="周桂芳", birth_date=BORN, id_number=number)
    house.centre.insure(
        certno=number,
        name="周桂芳",
        gend="2",
        brdy=BORN.isoformat(),
        identities=[
            {
                "psn_idet_type": "7019",
                "psn_type_lv": "1",
                "memo": "",
                "begntime": "2024-01-01",
                "endtime": "2099-12-31",
            }
        ],
    )
    return Story(house, browser, patient, number)


def test_one_patient_from_the_branch_to_the_hospital_and_back(story: Story) -> None:
    find_and_record(story)
    order_exams(story)
    send_ecg(story)
    send_images(story)
    read_ecg(story)
    read_images(story)
    refer_up(story)
    answer_and_arrive(story)
    care_and_reply(story)
    settle_and_close_shift(story)
    refer_down_and_follow(story)
    reconcile(story)
    audit(story)


def find_and_record(story: Story) -> None:
    """The branch doctor finds her by the identity number, reads the summary, records the visit."""
    page = story.at("doctor", Role.BRANCH_DOCTOR, "柳溪镇分院")
    page.fill("#q", story.number)
    page.press("#q", "Enter")
    page.wait_for_url(f"**/patients/{story.patient.pk}/**")
    expect(page.locator(".ly-banner-name")).to_contain_text("周桂芳")
    assert story.number not in page.content(), "the number stands masked"
    for part in ("问题与诊断", "在用药物", "全县时间轴"):
        expect(page.locator("main")).to_contain_text(part)
    story.go(page, f"/patients/{story.patient.pk}/encounters/new/")
    fill(page, complaint="头晕黑蒙 2 小时", systolic="98", diastolic="56", pulse="34")
    fill(page, diagnosis="I44.2 完全性房室传导阻滞", plan="阿托品 0.5 mg 静注，拟上转")
    choose(page, "allergy_answer", "list")
    fill(page, allergies="青霉素")
    press(page, re.compile("周桂芳"))
    story.go(page, f"/patients/{story.patient.pk}/")
    expect(page.locator("main")).to_contain_text("完全性房室传导阻滞")
    expect(page.locator(".ly-banner")).to_contain_text("青霉素")


def order_exams(story: Story) -> None:
    """She orders an ECG and a chest image."""
    page = story.windows["doctor"]
    for item in ("ECG12", "DXCHEST1"):
        story.go(page, f"/patients/{story.patient.pk}/orders/new/")
        page.select_option("[name=item_code]", item)
        choose(page, "priority", "urgent")
        choose(page, "fee_state", "paid")
        fill(page, clinical_question="头晕黑蒙 2 小时，心室率 34 次/分，请排除传导阻滞")
        press(page, re.compile("周桂芳"))
    assert ExamRequest.objects.filter(patient=story.patient).count() == 2


def send_ecg(story: Story) -> None:
    """A real ECG file is uploaded to the order."""
    page = story.windows["doctor"]
    request = request_of(story, "ECG12")
    story.go(page, f"/ecg/upload/?request={request.pk}")
    data = REAL_ECG.read_bytes() if REAL_ECG.exists() else ecg_file("sinus", 62)
    name = REAL_ECG.name if REAL_ECG.exists() else "ecg.dcm"
    page.set_input_files(
        "input[type=file]", {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    )
    press(page, re.compile("周桂芳|上传"))
    request.refresh_from_db()
    assert request.status == "examined", page.inner_text("main")


def send_images(story: Story) -> None:
    """The X-ray machine sends a real DICOM file over a real association."""
    page = story.windows["doctor"]
    request = request_of(story, "DXCHEST1")
    story.go(page, f"/orders/{request.pk}/")
    press(page, re.compile("登记"))
    image = chest_image(request)
    device = AE(ae_title="T01_DR")
    device.add_requested_context(image.SOPClassUID, image.file_meta.TransferSyntaxUID)
    association = device.associate("127.0.0.1", story.house.dicom_port, ae_title="LIANYI")
    assert association.is_established
    assert association.send_c_store(image).Status == 0x0000
    association.release()
    assert until(lambda: request_of(story, "DXCHEST1").status == "examined"), (
        "a quiet study finds its request"
    )


def read_ecg(story: Story) -> None:
    """The cardiologist opens her worklist, sees the trace, signs."""
    page = story.at("cardiologist", Role.REVIEWING_READER, "总院", "ecg")
    request = request_of(story, "ECG12")
    story.go(page, "/ecg/")
    expect(page.locator("main")).to_contain_text("周")
    story.go(page, f"/ecg/read/{request.pk}/")
    page.wait_for_selector("#strip[data-drawn=true] canvas")
    levels, pixels = dark_and_light(page, "#strip canvas")
    assert pixels > 100_000
    assert levels > 20, "grid and trace are drawn"
    press(page, re.compile("Take this case|接手|领取|判读|认领"))
    fill(page, impression="窦性心律\n三度房室传导阻滞", advice="立即上转")
    choose(page, "outcome", "abnormal")
    press(page, re.compile("^签名"))
    request.refresh_from_db()
    assert request.status == "signed", page.inner_text("main")


def read_images(story: Story) -> None:
    """The radiologist writes beside the picture, a second doctor reviews and signs."""
    writer = story.at("radiologist", Role.READER, "总院", "imag")
    request = request_of(story, "DXCHEST1")
    story.go(writer, "/imaging/")
    expect(writer.locator("main")).to_contain_text("周")
    story.go(writer, f"/imaging/read/{request.pk}/")
    writer.wait_for_selector("figure.is-live canvas")
    assert dark_and_light(writer, "canvas")[1] > 50_000
    assert until(lambda: dark_and_light(writer, "canvas")[0] > 20), "the picture is drawn"
    press(writer, re.compile("Take this case|接手|领取|判读|认领"))
    fill(writer, findings="双肺纹理清晰，心影增大", impression="心影增大")
    choose(writer, "outcome", "abnormal")
    press(writer, re.compile("提交审核"))
    reviewer = story.at("reviewer", Role.REVIEWING_READER, "总院", "imag")
    story.go(reviewer, f"/imaging/read/{request.pk}/")
    press(reviewer, re.compile("审核"))
    request.refresh_from_db()
    assert request.status == "signed", reviewer.inner_text("main")


def refer_up(story: Story) -> None:
    """The branch doctor submits the referral with everything; nothing is typed twice."""
    page = story.windows["doctor"]
    story.go(page, f"/referrals/new/{story.patient.pk}/")
    assert "完全性房室传导阻滞" in page.input_value("main [name=diagnosis]")
    attached = page.locator("main [name=attachments]:checked").count()
    assert attached >= 3, "summary, reports, recording and image go along"
    choose(page, "priority", "urgent")
    page.locator("main label[for^=id_target]", has_text="心内科").first.click()
    fill(page, reason="三度房室传导阻滞，拟行临时起搏，本院无条件")
    choose(page, "consent", "patient")
    choose(page, "consent_way", "paper")
    press(page, re.compile("提交上转"))
    page.wait_for_url(re.compile(r"/referrals/[0-9a-f-]{36}/$"))
    leg = up_leg(story)
    assert leg.status == "submitted"
    assert leg.attachments.count() >= attached, "a heap of diagnoses or medicines is one tick"
    kinds = set(leg.attachments.values_list("kind", flat=True))
    assert {"Composition", "DiagnosticReport", "Observation", "ImagingStudy"} - kinds == set()


def answer_and_arrive(story: Story) -> None:
    """The coordinator accepts and gives a bed in one form; the admissions office confirms the arrival."""
    desk = story.at("coordinator", Role.COORDINATOR, "总院")
    leg = up_leg(story)
    story.go(desk, "/referrals/triage/")
    expect(desk.locator("#queue")).to_contain_text("周")
    story.go(desk, f"/referrals/{leg.pk}/")
    bed = desk.locator("#bed optgroup[label='心内科'] option").first.get_attribute("value")
    desk.select_option("#bed", bed)
    press(desk, re.compile("接收 "))
    leg.refresh_from_db()
    assert leg.status == "scheduled"
    assert leg.bed_id is not None
    admissions = story.at("reception", Role.RECEPTION, "总院", "adm")
    story.go(admissions, f"/referrals/{leg.pk}/")
    admissions.check("[name=identity_checked]")
    press(admissions, re.compile("已到诊"))
    leg.refresh_from_db()
    assert leg.status == "arrived"


def care_and_reply(story: Story) -> None:
    """The specialist takes her into care, sees the branch's exams, and signs the reply."""
    page = story.at("specialist", Role.SPECIALIST, "总院", "card")
    leg = up_leg(story)
    story.go(page, f"/patients/{story.patient.pk}/")
    expect(page.locator("main")).to_contain_text("心电")
    story.go(page, f"/referrals/{leg.pk}/")
    fill(page, complaint="头晕黑蒙")
    press(page, re.compile("收治 "))
    fill(page, outcome="三度房室传导阻滞，植入永久起搏器，好转", advice="一周后拆线，一月后起搏器程控")
    choose(page, "follow_up", "plan")
    press(page, re.compile("签名并反馈"))
    leg.refresh_from_db()
    assert leg.status == "care_completed"


def refer_down_and_follow(story: Story) -> None:
    """Down with a plan; the branch takes it over, follows it, closes."""
    page = story.windows["specialist"]
    story.go(page, f"/referrals/{up_leg(story).pk}/")
    day = clock.today() + timedelta(days=7)
    fill(page, drug_name_1="阿托伐他汀片", drug_dose_1="20 mg", drug_often_1="每晚", supply="带药 30 天")
    fill(page, item_1="拆线", due_1=f"{day:%Y-%m-%d}")
    fill(page, item_2="复查心电图", due_2=f"{day:%Y-%m-%d}")
    press(page, re.compile("下转 "))
    leg, doctor = down_leg(story), story.windows["doctor"]
    story.go(doctor, f"/referrals/{leg.pk}/")
    press(doctor, re.compile("接收 "))
    doctor.check("[name=identity_checked]")
    press(doctor, re.compile("已到诊"))
    press(doctor, re.compile("康复方案"))
    for _item in range(2):
        story.go(doctor, f"/referrals/{leg.pk}/")
        doctor.get_by_role("link", name=re.compile("登记")).first.click()
        fill(doctor, result="切口愈合好", systolic="128", diastolic="78")
        press(doctor, re.compile("记录"))
    story.go(doctor, f"/referrals/{leg.pk}/")
    press(doctor, re.compile("结案"))
    leg.refresh_from_db()
    assert (leg.status, up_leg(story).status) == ("closed", "closed")
