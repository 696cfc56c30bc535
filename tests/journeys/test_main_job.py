"""The main job, end to end, as its people do it: one patient goes up, is cared for, paid for, comes down.

Real parts only: web, worker, DICOM receiver and insurance centre are processes of their own, files are real
ECG and DICOM files, the pictures are looked at pixel by pixel.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import AE

from config.local.places import ROOT
from consortium.choices import Role
from diagnostics.models import ExamRequest
from emr.index.models import Patient
from kernel import chain, clock
from kernel.models import AuditEntry
from referral.models import Referral
from tests.factories.ecg import ecg_file
from tests.factories.emr import id_number, make_patient
from tests.journeys.house import House, place, somebody
from tests.live import DESK, sign_in

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(900)]

BORN = date(1959, 3, 12)
REAL_ECG = ROOT.parent / "shared" / "data" / "ecg" / "formats" / "Example.scp"


@dataclass
class Story:
    """What the people of the story know of one another's work."""

    house: House
    browser: Browser
    patient: Patient
    number: str
    windows: dict[str, Page] = field(default_factory=dict)

    def at(self, name: str, role: Role, where: str, department: str = "") -> Page:
        """The window of somebody, signed in with both factors the first time."""
        if name not in self.windows:
            person = somebody(role, place(where), department)
            window = self.browser.new_context(viewport=DESK, locale="zh-CN", timezone_id="Asia/Shanghai")
            page = self.windows[name] = window.new_page()
            sign_in(page, self.house.url, person.username, *self.house.keys[person.username])
        return self.windows[name]

    def go(self, page: Page, path: str) -> None:
        answer = page.goto(self.house.url + path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status}"


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


def press(page: Page, words: str | re.Pattern[str]) -> None:
    """Press the button with these words and wait for the page it leads to."""
    page.locator("main").get_by_role("button", name=words).first.click()
    page.wait_for_load_state("load")


def choose(page: Page, name: str, value: str) -> None:
    """A radio button whose label is what one sees."""
    page.locator(f"label:has(input[name='{name}'][value='{value}'])").first.click()


def fill(page: Page, **values: str) -> None:
    for name, value in values.items():
        page.fill(f"main [name='{name}']", value)


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


def request_of(story: Story, item: str) -> ExamRequest:
    return ExamRequest.objects.get(patient=story.patient, item__code=item)


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


def until(done: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether `done` comes true in time: what other processes do after the answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.3)
    return False


def chest_image(request: ExamRequest) -> Dataset:
    """A file pydicom ships, as the machine would send it for this order."""
    image = dcmread(get_testdata_file("CT_small.dcm"))
    image.SpecificCharacterSet = "GB18030"
    image.PatientName = "Zhou^Guifang=周^桂芳"
    image.PatientID, image.PatientBirthDate, image.PatientSex = "ZGF", f"{BORN:%Y%m%d}", "F"
    image.AccessionNumber, image.Modality = request.accession_number, "DX"
    image.StudyInstanceUID, image.SeriesInstanceUID = generate_uid(), generate_uid()
    image.SOPInstanceUID = image.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    return image


def dark_and_light(page: Page, selector: str) -> tuple[int, int]:
    """How many different grey levels stand in a drawn element, and how many pixels were looked at."""
    picture = Image.open(BytesIO(page.locator(selector).first.screenshot())).convert("L")
    return len(picture.getcolors(256) or []), picture.width * picture.height


def read_ecg(story: Story) -> None:
    """The cardiologist opens her worklist, sees the trace, signs."""
    page = story.at("cardiologist", Role.REVIEWING_READER, "总院", "ecg")
    request = request_of(story, "ECG12")
    story.go(page, "/ecg/")
    expect(page.locator("main")).to_contain_text("周")
    story.go(page, f"/ecg/read/{request.pk}/")
    page.wait_for_selector("canvas")
    page.wait_for_timeout(800)
    levels, pixels = dark_and_light(page, "canvas")
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
    writer.wait_for_selector("canvas")
    writer.wait_for_timeout(2500)
    levels, pixels = dark_and_light(writer, "canvas")
    assert pixels > 50_000
    assert levels > 20, "the picture is drawn"
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
    target = page.locator("main [name=target] option", has_text="心内科").first.get_attribute("value")
    page.select_option("main [name=target]", target)
    fill(page, reason="三度房室传导阻滞，拟行临时起搏，本院无条件")
    choose(page, "consent", "patient")
    press(page, re.compile("提交上转"))
    leg = up_leg(story)
    assert (leg.status, leg.attachments.count()) == ("submitted", attached)


def up_leg(story: Story) -> Referral:
    return Referral.objects.get(patient=story.patient, direction="up")


def down_leg(story: Story) -> Referral:
    return Referral.objects.get(patient=story.patient, direction="down")


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
    press(page, re.compile("签名并反馈"))
    leg.refresh_from_db()
    assert leg.status == "care_completed"


def settle_and_close_shift(story: Story) -> None:
    """The cashier settles with the 低保 identity through the insurance centre, is paid, closes her shift."""
    page = story.at("cashier", Role.CASHIER, "总院")
    story.go(page, f"/patients/{story.patient.pk}/?tab=coverage")
    press(page, re.compile("新建住院账单"))
    page.wait_for_url("**/insurance/visits/**")
    for code, quantity in (("PACER", "1"), ("BEDDAY", "3"), ("ATROP", "2")):
        fill(page, item_code=code, quantity=quantity)
        press(page, re.compile("添加"))
    expect(page.locator("main")).to_contain_text("低保", timeout=20_000)
    wait_until_answered(page)
    press(page, re.compile("结算 ¥"))
    wait_until_answered(page)
    expect(page.locator("main")).to_contain_text("医疗救助支出")
    choose(page, "method", "cash")
    press(page, re.compile("^收 "))
    expect(page.locator("main")).to_contain_text("已结清")
    story.go(page, "/insurance/shift/")
    cash = page.locator("tfoot .ly-num").first.inner_text().replace(",", "")
    fill(page, counted_cash=cash, counted_mobile="0")
    press(page, re.compile("关班"))
    expect(page.locator("main")).to_contain_text("实点")


def wait_until_answered(page: Page) -> None:
    """Until the centre has answered and the page says so."""
    for _attempt in range(60):
        page.reload()
        if not page.locator("[role=status][hx-get]").count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(page.inner_text("main"))


def refer_down_and_follow(story: Story) -> None:
    """Down with a plan; the branch takes it over, follows it, closes."""
    page = story.windows["specialist"]
    story.go(page, f"/referrals/{up_leg(story).pk}/")
    day = clock.today() + timedelta(days=7)
    fill(page, medicines="阿托伐他汀 20 mg 每晚", item_1="拆线", due_1=f"{day:%Y-%m-%d}")
    fill(page, item_2="复查心电图", due_2=f"{day:%Y-%m-%d}")
    press(page, re.compile("下转 "))
    leg, doctor = down_leg(story), story.windows["doctor"]
    story.go(doctor, f"/referrals/{leg.pk}/")
    press(doctor, re.compile("接收 "))
    doctor.check("[name=identity_checked]")
    press(doctor, re.compile("已到诊"))
    press(doctor, re.compile("康复方案"))
    for _item in range(2):
        doctor.locator("[name=result]").first.fill("切口愈合好")
        press(doctor, re.compile("登记"))
    press(doctor, re.compile("结案"))
    leg.refresh_from_db()
    assert (leg.status, up_leg(story).status) == ("closed", "closed")


def reconcile(story: Story) -> None:
    """The insurance clerk runs the day: a planted difference shows as a case."""
    (settled,) = story.house.centre.settlements()
    story.house.centre.control("plant", kind="amount", setl_id=settled["setl_id"], cents=100)
    page = story.at("clerk", Role.INSURANCE_CLERK, "总院")
    today = f"/insurance/days/{clock.today():%Y-%m-%d}/"
    story.go(page, today)
    press(page, re.compile("与中心对账"))
    for _attempt in range(60):
        story.go(page, today)
        if page.get_by_text("金额不符").count():
            break
        page.wait_for_timeout(500)
    expect(page.locator("main")).to_contain_text("金额不符")
    expect(page.locator("main")).to_contain_text("−1.00")


STEPS = {
    "emr.encounter_recorded",
    "referral.submit",
    "referral.accept",
    "referral.schedule",
    "referral.arrive",
    "referral.admit",
    "referral.complete_care",
    "referral.start_down_leg",
    "referral.start_rehab",
    "referral.log_visit",
    "referral.finish_plan",
    "insurance.settled",
    "insurance.paid",
    "insurance.shift_closed",
    "insurance.case_opened",
}


def audit(story: Story) -> None:
    """The auditor finds every step in the chain, and the chain verifies."""
    page = story.at("auditor", Role.AUDIT_MANAGER, "总院")
    story.go(page, "/audit/verify/")
    press(page, re.compile("校验|验证|核验"))
    expect(page.locator(".ly-note.is-ok")).to_be_visible(timeout=30_000)
    found = set(AuditEntry.objects.using("audit").values_list("action", flat=True))
    assert STEPS - found == set()
    assert chain.verify().sound
