"""A transfer form in the browser: the visit before it, where it stands, what is agreed, what came of it."""

from playwright.sync_api import Page

from referral.models import Referral
from tests.factories.emr import make_encounter
from tests.factories.referral import County


def visit(county: County) -> str:
    return make_encounter(
        county.doctor,
        county.patient.pk,
        complaint="头晕黑蒙 2 小时",
        history="2 小时前起立时黑蒙，无胸痛",
        plan="吸氧，建立静脉通路",
        diagnoses=[(None, "头晕待查", "provisional")],
        medicines=[("氨氯地平", "5 mg 每日一次")],
        allergies=["青霉素"],
    )


def form_of(county: County) -> str:
    return f"/referrals/new/{county.patient.pk}/"


def agree(page: Page) -> None:
    page.locator("label:has(input[name=consent][value=patient])").click()
    page.locator("label:has(input[name=consent_way][value=paper])").click()


def legs(county: County) -> list[Referral]:
    return list(Referral.objects.filter(patient=county.patient))
