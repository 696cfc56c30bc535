"""The forms as PDF: what they say, whose font they carry, and what happens to a character it lacks."""

import io

import pytest
from pypdf import PdfReader

from consortium.models import Staff
from kernel import papers
from kernel.models import PaperSeal
from kernel.sheets.drawing import draw
from kernel.sheets.glyphs import lacking, printable
from kernel.sheets.shapes import Box, Sheet, Sign
from referral import services
from referral.choices import PAPER
from referral.models import Referral
from tests.factories.consortium import make_organisation, sign_in
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.django_db


def read(data: bytes) -> tuple[str, PdfReader]:
    made = PdfReader(io.BytesIO(data))
    return "".join(words(page) for page in made.pages), made


def words(page) -> str:
    """The page's words without breaks; the reader leaves the upper byte of each code standing."""
    return page.extract_text().replace("\n", "").replace("\x00", "")


def opened(client, by, leg):
    sign_in(client, Staff.objects.get(pk=by.id))
    return client.get(f"/referrals/{leg.pk}/paper/pdf/")


def test_the_transfer_form_says_what_the_page_says_and_carries_its_font(client):
    county = make_county()
    leg = make_submitted(county, history="高血压 12 年", treatment="阿托品 0.5 mg 静注")

    answer = opened(client, county.doctor, leg)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    text, made = read(answer.content)
    seal = PaperSeal.objects.get(kind=PAPER, subject=leg.pk)
    said = [
        leg.number,
        leg.diagnosis,
        leg.reason,
        "高血压 12 年",
        "阿托品 0.5 mg 静注",
        "存根",
        seal.token,
        "1 / 1",
    ]
    assert [one for one in said if one.replace(" ", "") not in text.replace(" ", "")] == []
    fonts = [font.get_object() for font in made.pages[0]["/Resources"]["/Font"].get_object().values()]
    held = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]
    assert fonts
    assert all("/FontFile3" in one or "/FontFile2" in one for one in held)
    assert papers.verdict(seal.token).state == "genuine"


def test_a_return_form_has_the_reply_and_both_signatures(client):
    county = make_county()
    leg = make_submitted(county)
    steps = [
        (services.accept, county.coordinator, {"department_id": county.ward.pk, "bed_id": county.bed.pk}),
        (services.arrive, county.reception, {"identity_checked": True}),
        (services.admit, county.specialist, {"complaint": "黑蒙"}),
        (
            services.complete_care,
            county.specialist,
            {
                "outcome": "起搏器植入术后",
                "advice": "一周后拆线",
                "follow_up": "none",
                "no_plan": "cured",
                "no_plan_words": "恢复良好",
            },
        ),
    ]
    for verb, by, said in steps:
        leg = Referral.objects.get(pk=leg.pk)
        verb(by=by, referral_id=leg.pk, version=leg.version, key="", **said)

    text, _made = read(opened(client, county.specialist, leg).content)

    tokens = PaperSeal.objects.filter(subject=leg.pk).order_by("version").values_list("token", flat=True)
    assert len(tokens) == 2
    missing = [
        one for one in ("起搏器植入术后", "一周后拆线", *(one[:12] for one in tokens)) if one not in text
    ]
    assert missing == []


def test_a_third_hospital_has_no_paper(client):
    county, other = make_county(), make_county()
    leg = make_submitted(county)

    assert opened(client, other.doctor, leg).status_code == 404
    assert make_organisation().pk != leg.source_id


def test_rare_characters_are_printed_or_named_never_dropped():
    assert [one for one in "㛃喆龑镕" if lacking(one)] == []
    assert (lacking("李𠮷₂"), printable("李𠮷 SpO₂")) == (["𠮷"], "李〔U+20BB7〕 SpO2")
    row, doctor = [Box("姓名", "李𠮷")], Sign("医生", "甲", "")
    text, _made = read(
        draw(Sheet("单", "ZZ1", "ZZ1", "", [row], [doctor], [], "存根", [], "打印", "ZZ1 李𠮷", "缺字："))
    )
    assert "缺字： U+20BB7" in text


def test_a_long_form_goes_on_with_its_identity_on_every_sheet():
    rows = [[Box("主要病史", "反复头晕黑蒙" * 40)] for _row in range(12)]
    doctor = Sign("医生", "甲", "")
    made = draw(
        Sheet("转出单", "ZZ2", "ZZ2", "https://x/verify/a", rows, [doctor], [], "存根", [row[:1] for row in rows[:1]],
              "打印", "ZZ2 · 周桂芳", "缺字：")
    )  # fmt: skip
    pages = [words(page) for page in PdfReader(io.BytesIO(made)).pages]

    assert len(pages) > 1
    assert ["ZZ2 · 周桂芳" in page for page in pages[1:]] == [True] * (len(pages) - 1)
    assert [f"{place} / {len(pages)}" in page for place, page in enumerate(pages, 1)] == [True] * len(pages)


def test_a_title_too_long_for_its_line_stands_in_two_below_the_code():
    doctor, title = Sign("医生", "甲", ""), "青禾县第一人民医院医共体总院（青禾县中心医院）处方笺"
    sheet = Sheet(title, "CF1", "CF1", "https://x/verify/a", [], [doctor], [], "", [], "打印", "CF1", "缺字：",
                  size="A5")  # fmt: skip
    lines = PdfReader(io.BytesIO(draw(sheet))).pages[0].extract_text().replace("\x00", "").split("\n")
    at = next(place for place, line in enumerate(lines) if line.startswith("青禾县"))

    assert lines[at] != title
    assert "".join(lines[at : at + 2]) == title
