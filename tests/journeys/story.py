"""Who takes part in the main job, what each does in her window, and what is looked up behind it."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO

from PIL import Image
from playwright.sync_api import Browser, Page
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.uid import generate_uid

from consortium.choices import Role
from diagnostics.models import ExamRequest
from emr.index.models import Patient
from referral.models import Referral
from tests.journeys.house import House, place, somebody
from tests.live import DESK, sign_in

BORN = date(1959, 3, 12)
"""Her birthday: in the register, on the images, in the centre's books."""


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


def until(done: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether `done` comes true in time: what other processes do after the answer."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if done():
            return True
        time.sleep(0.3)
    return False


def request_of(story: Story, item: str) -> ExamRequest:
    return ExamRequest.objects.get(patient=story.patient, item__code=item)


def up_leg(story: Story) -> Referral:
    return Referral.objects.get(patient=story.patient, direction="up")


def down_leg(story: Story) -> Referral:
    return Referral.objects.get(patient=story.patient, direction="down")


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
