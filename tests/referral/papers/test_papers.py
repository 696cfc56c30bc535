"""Papers: page and PDF say the same, each signature its kind of key, the whole number only on a recorded print."""

import html
import re
from dataclasses import replace

import pytest

from consortium.choices import Role
from consortium.models import Staff
from emr.index.models import Patient
from emr.index.vault import id_number_of
from kernel.errors import Invalid, OutOfReach, Refused
from kernel.models import PaperSeal
from referral import selectors, services
from referral.choices import PrintKind
from referral.models import Printout
from referral.selectors.papers.sheet import plan_sheet, sheet
from tests.factories.consortium import make_actor, sign_in
from tests.factories.kernel import audit_trail
from tests.factories.referral import County, make_county, make_submitted
from tests.referral.down.test_down import down
from tests.referral.papers.test_form_pdf import read
from tests.referral.test_services import cared_for

pytestmark = pytest.mark.django_db


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def shown(client, by, address: str) -> str:
    sign_in(client, Staff.objects.get(pk=by.id))
    page = client.get(address).content.decode()
    return squeezed(html.unescape(re.sub(r"<[^>]+>", "", page)))


def number_of(county: County) -> str:
    return id_number_of(Patient.objects.select_related("person").get(pk=county.patient.pk).person)


def said_nowhere(made, text: str) -> list[str]:
    return [word for word in made.texts if squeezed(word) not in squeezed(text)]


def test_page_and_pdf_say_every_word_of_the_same_sheet(client):
    county = make_county()
    up = cared_for(county)
    leg = down(county, up)
    for by, one in ((county.specialist, up), (county.doctor, leg)):
        paper = selectors.paper(by=by, referral_id=one.pk)
        made = sheet(by=by, paper=paper, site="http://testserver")
        page = shown(client, by, f"/referrals/{one.pk}/paper/")
        pdf, _read = read(client.get(f"/referrals/{one.pk}/paper/pdf/").content)
        assert (said_nowhere(made, page), said_nowhere(made, pdf)) == ([], [])
    assert [grid.head[0] for grid in made.grids] == ["药品", "日期"]
    assert [row[0] for row in made.grids[0].rows] == ["氨氯地平片"]
    assert len(made.grids[1].rows) == 4


def test_beside_each_doctor_stands_what_signed_when_and_the_code():
    county = make_county()
    up = cared_for(county)

    signs = selectors.paper(by=county.specialist, referral_id=up.pk).signs

    seals = PaperSeal.objects.filter(subject=up.pk).order_by("version")
    assert [(one.role, one.kind, one.code) for one in signs] == [
        (role, "平台软件签名（演示），未经持证 CA", f"验证码 {seal.token}")
        for role, seal in zip(("转诊医生", "接诊医师"), seals, strict=True)
    ]
    assert [len(one.at) for one in signs] == [19, 19]


def test_who_reviewed_stands_between_and_the_author_is_not_said_to_have_signed():
    county = make_county()
    leg = services.draft(
        by=county.doctor, key="", patient_id=county.patient.pk, target_id=county.hospital.pk,
        priority="urgent", diagnosis="完全性房室传导阻滞", reason="头晕黑蒙", consent="patient",
    )  # fmt: skip
    leg = services.submit_for_review(by=county.doctor, referral_id=leg.pk, version=leg.version, key="")
    reviewer = make_actor(Role.BRANCH_REVIEWER, county.branch)
    services.approve(by=reviewer, referral_id=leg.pk, version=leg.version, key="")

    signs = selectors.paper(by=county.doctor, referral_id=leg.pk).signs

    assert [(one.role, one.kind, bool(one.code)) for one in signs] == [
        ("转诊医生", "本人未电子签名", False),
        ("审核医生", "平台软件签名（演示），未经持证 CA", True),
        ("接诊医师", "", False),
    ]


def test_a_print_with_the_whole_number_leaves_who_where_and_when(client):
    county = make_county()
    leg = make_submitted(county)
    sign_in(client, Staff.objects.get(pk=county.doctor.id))

    page = client.get(f"/referrals/{leg.pk}/paper/").content.decode()
    answer = client.post(f"/referrals/{leg.pk}/paper/print/", {"kind": "form", "whole": "1"})

    text, _pages = read(answer.content)
    number = number_of(county)
    assert (number in page, number in text, answer["Cache-Control"]) == (
        False,
        True,
        "private, no-store, max-age=0, no-cache, must-revalidate",
    )
    made = Printout.objects.get(referral=leg)
    assert (made.kind, made.whole, made.staff_id, made.organisation_id, made.workplace) == (
        "form", True, county.doctor.id, county.branch.pk, "127.0.0.1",
    )  # fmt: skip
    assert audit_trail()[-1] == (county.doctor.name, "referral.printed")


def test_the_masked_paper_and_the_plan_have_no_whole_number(client):
    county = make_county()
    leg = down(county, cared_for(county))
    sign_in(client, Staff.objects.get(pk=county.doctor.id))

    masked = read(client.get(f"/referrals/{leg.pk}/paper/pdf/").content)[0]
    plan = read(client.post(f"/referrals/{leg.pk}/paper/print/", {"kind": "plan", "whole": "1"}).content)[0]

    number = number_of(county)
    assert (number in masked, number in plan) == (False, False)
    told = Printout.objects.order_by("pk").values_list("kind", "whole")
    assert list(told) == [("form", False), ("plan", False)]
    paper = selectors.paper(by=county.doctor, referral_id=leg.pk)
    made = plan_sheet(by=county.doctor, paper=paper, site="")
    assert said_nowhere(made, shown(client, county.doctor, f"/referrals/{leg.pk}/paper/plan/")) == []


@pytest.mark.parametrize("role", [Role.RECEPTION, Role.BED_DESK, Role.MEDICAL_AFFAIRS])
def test_the_whole_number_is_for_who_treats_and_the_referral_centre(role):
    county = make_county()
    leg = make_submitted(county)
    other = make_actor(role, county.hospital)

    with pytest.raises(Refused):
        services.print_form(by=other, referral_id=leg.pk, whole=True)
    assert services.print_form(by=other, referral_id=leg.pk).whole is None


def test_nothing_is_printed_for_a_third_hospital_a_closed_record_or_a_low_clearance():
    county, other = make_county(), make_county()
    leg = make_submitted(county)

    with pytest.raises(OutOfReach):
        services.print_form(by=other.doctor, referral_id=leg.pk)
    with pytest.raises(OutOfReach):
        services.print_form(by=replace(county.doctor, clearance=3), referral_id=leg.pk, whole=True)
    with pytest.raises(Invalid):
        services.print_form(by=county.doctor, referral_id=leg.pk, kind="stub")
    assert Printout.objects.count() == 0
    assert PrintKind.values == ["form", "plan"]
