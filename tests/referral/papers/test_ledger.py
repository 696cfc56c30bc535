"""The monthly register: out and in, its rights, its literal statements, and what is taken out of the house."""

import io
import zipfile
from datetime import timedelta

import pytest

from consortium.choices import Role
from kernel import clock
from kernel.errors import Invalid, OutOfReach, Refused
from kernel.sheets.shapes import Ledger
from referral import selectors, services
from referral.engine.ledger_pdf import draw_ledger
from tests.factories.consortium import make_actor, make_staff, sign_in
from tests.factories.emr import make_patient
from tests.factories.kernel import audit_trail
from tests.factories.referral import County, make_county, make_followed, make_submitted
from tests.referral.papers.test_form_pdf import read

pytestmark = pytest.mark.django_db


def keeper(county: County, place=None):
    return make_actor(Role.MEDICAL_AFFAIRS, place or county.branch)


def wanted(by, **said):
    return selectors.wanted_of(by=by, place=None, day=clock.today(), **said)


def more(county: County, count: int) -> None:
    for _turn in range(count):
        patient = make_patient(organisation=county.branch)
        services.refer(
            by=county.doctor, key="", how="send", patient_id=patient.pk, target_id=county.hospital.pk,
            priority="urgent", diagnosis="肺炎", reason="发热 3 天", consent="patient",
        )  # fmt: skip


def test_what_went_out_and_what_came_in_of_the_month():
    county = make_county()
    up = make_submitted(county)
    down = make_followed(county.hospital, county.branch, county.patient.pk, county.doctor)
    by = keeper(county)

    found = selectors.register(by=by, wanted=wanted(by))

    assert [entry.leg for entry in found.entries] == [down.pk, up.pk] or [e.leg for e in found.entries] == [
        up.pk,
        down.pk,
    ]
    assert found.summary == "转出 1（上转 1）　转入 1（下转 1）"
    line = next(cells for entry, cells in found.lines if entry.leg == up.pk)
    cells = {words: cell for words, cell, _look in line}
    assert (cells["单号"], cells["诊断"], cells["结果"]) == (up.number, up.diagnosis, "待接收")
    assert "*" in cells["身份证号"]
    only = selectors.register(by=by, wanted=wanted(by, side="receiver", direction="down"))
    assert ([entry.leg for entry in only.entries], only.number) == ([down.pk], 1)
    before = selectors.wanted_of(by=by, place=None, day=clock.today() - timedelta(days=40))
    assert selectors.register(by=by, wanted=before).number == 0


def test_a_register_is_of_ones_own_institution_and_of_who_keeps_it():
    county, other = make_county(), make_county()
    make_submitted(other)
    by = keeper(county)

    with pytest.raises(OutOfReach):
        selectors.wanted_of(by=by, place=other.branch.pk, day=clock.today())
    with pytest.raises(Refused):
        wanted(county.doctor)
    assert selectors.register(by=by, wanted=wanted(by)).number == 0


@pytest.mark.parametrize("count", [1, 3])
def test_the_register_takes_the_same_statements(count, django_assert_num_queries):
    county = make_county()
    more(county, count)
    by = keeper(county)
    asked = wanted(by)

    with django_assert_num_queries(10):
        found = selectors.register(by=by, wanted=asked)

    assert len(found.entries) == count


def test_each_line_leads_to_its_leg_and_each_count_to_its_lines(client):
    county = make_county()
    leg = make_submitted(county)
    sign_in(client, make_staff(Role.MEDICAL_AFFAIRS, county.branch))

    page = client.get("/referrals/register/").content.decode()

    assert f'href="/referrals/{leg.pk}/"' in page
    assert "side=sender&amp;direction=up" in page
    assert client.get(f"/referrals/{leg.pk}/").status_code == 200
    assert client.get("/referrals/register/?month=x&place=y&side=z&page=0").status_code == 200


def test_taking_it_out_needs_a_purpose_and_a_fresh_proof_and_is_recorded(client):
    county = make_county()
    leg = make_submitted(county)
    by = keeper(county)
    asked = wanted(by)

    with pytest.raises(Invalid):
        services.export_register(by=by, wanted=asked, purpose="", form="pdf")
    with pytest.raises(Invalid):
        services.export_register(by=by, wanted=asked, purpose="supervision", form="doc")
    with pytest.raises(Refused):
        services.export_register(by=county.doctor, wanted=asked, purpose="supervision", form="pdf")
    taken = services.export_register(by=by, wanted=asked, purpose="supervision", form="pdf")

    assert [name for _who, name in audit_trail()[-2:]] == ["export.made", "referral.register_exported"]
    assert taken.foot.endswith(" · 监督或测评")
    assert leg.number in taken.rows[0]


def test_pdf_and_workbook_hold_the_lines_of_the_page(client):
    county = make_county()
    leg = make_submitted(county)
    sign_in(client, make_staff(Role.MEDICAL_AFFAIRS, county.branch))
    said = {"purpose": "supervision", "month": f"{clock.today():%Y-%m}"}

    text, made = read(client.post("/referrals/register/export/", {**said, "form": "pdf"}).content)
    book = client.post("/referrals/register/export/", {**said, "form": "xlsx"}).content

    cells = zipfile.ZipFile(io.BytesIO(book)).read("xl/sharedStrings.xml").decode()
    width, height = made.pages[0].mediabox[2:]
    assert (width > height, leg.number in text.replace(" ", ""), leg.number in cells) == (True, True, True)


def test_a_long_register_has_its_head_on_every_page_and_no_cut_row():
    rows = [[str(n), f"ZZ{n:04}", "头晕黑蒙 2 小时，心室率 34 次/分"] for n in range(1, 90)]
    made = draw_ledger(
        Ledger("登记表", "机构", ["序号", "单号", "原因"], [10, 30, 60], rows, "导出", ["遮盖"])
    )

    pages = list(read(made)[1].pages)
    texts = [page.extract_text().replace("\n", "").replace("\x00", "") for page in pages]

    assert len(pages) > 1
    assert ["单号" in text for text in texts] == [True] * len(pages)
    assert [sum(f"ZZ{n:04}" in text for text in texts) for n in range(1, 90)] == [1] * 89
