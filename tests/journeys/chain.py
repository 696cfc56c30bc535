"""The end of the main job: what the auditor finds of it in the chain."""

import re

from playwright.sync_api import expect

from consortium.choices import Role
from kernel.chain import verifying
from kernel.models import AuditEntry
from tests.journeys.house import place, somebody
from tests.journeys.story import Story, fill, press

STEPS = {
    "emr.encounter_recorded",
    "exam.requested",
    "ecg.received",
    "imaging.study_matched",
    "exam.report_signed",
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
    story.go(page, "/audit/")
    fill(page, action="referral.accept")
    page.press("main [name=action]", "Enter")
    expect(page.locator("main tbody")).to_contain_text("同意接收")
    expect(page.locator("main tbody")).to_contain_text(somebody(Role.COORDINATOR, place("总院")).username)
    found = set(AuditEntry.objects.using("audit").values_list("action", flat=True))
    assert STEPS - found == set()
    assert verifying.verify().sound
