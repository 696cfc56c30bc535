"""A referral form as A4 PDF: barcode, code to verify, boxes, signatures, stub; identity and page n/m on each sheet.

Pure: everything that is printed comes in a `Sheet`. The Chinese font is embedded, cut to the glyphs that are used.
A character the font lacks (𠮷) is printed as its number and named at the foot, so that nobody is named wrongly.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import segno
from fontTools.ttLib import TTFont
from fpdf import FPDF
from pylopdf_fonts_zh_cn import sans_path

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it would write every glyph of a form into the log

FONT: Final = "hanzi"
LEFT, WIDE, TOP, FOOT = 15.0, 180.0, 14.0, 16.0
LABEL: Final = 24.0
LINE: Final = 5.6
SMALL, BODY, TITLE = 8.0, 10.5, 16.0
PLAIN: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
"""What may be written otherwise without another meaning."""


@dataclass(frozen=True, slots=True)
class Box:
    """One labelled box; `share` of the row's width, `least` height in mm."""

    label: str
    text: str
    share: float = 1.0
    least: float = 7.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form. `address` leads to the page that verifies it, empty without a seal; `stub` is cut off below."""

    title: str
    number: str
    heading: str
    address: str
    rows: Sequence[Sequence[Box]]
    signs: Sequence[str]
    notes: Sequence[str]
    stub_title: str
    stub: Sequence[Sequence[Box]]
    foot: str
    identity: str
    missing: str
    """Words before the characters the font lacks."""


@cache
def _known() -> frozenset[int]:
    with TTFont(sans_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())


def lacking(text: str) -> list[str]:
    """The characters of a text that the embedded font lacks, each once."""
    plain = text.translate(PLAIN)
    return [one for one in dict.fromkeys(plain) if ord(one) not in _known() and one not in "\n\r\t"]


def printable(text: str) -> str:
    """The text as it is printed: what the font lacks as 〔U+20BB7〕."""
    plain = text.translate(PLAIN)
    for one in lacking(plain):
        plain = plain.replace(one, f"〔U+{ord(one):04X}〕")
    return plain


class _Paper(FPDF):
    """A4 with the form's identity above and who printed it, when, page n/m below."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format="A4")
        self.sheet = sheet
        self.add_font(FONT, fname=sans_path())
        self.set_margins(LEFT, TOP, LEFT)
        self.set_auto_page_break(True, FOOT)
        self.set_line_width(0.2)
        self.set_title(f"{sheet.title} {sheet.number}")
        self.set_lang("zh-CN")

    def header(self) -> None:
        if self.page_no() > 1:
            self.set_font(FONT, size=SMALL)
            self.cell(WIDE, 5, printable(self.sheet.identity), new_x="LMARGIN", new_y="NEXT")
            self.ln(1)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, size=SMALL)
        self.cell(WIDE - 25, 5, printable(self.sheet.foot))
        self.cell(25, 5, f"{self.page_no()} / {{nb}}", align="R")


def draw(sheet: Sheet) -> bytes:
    """The PDF."""
    paper = _Paper(sheet)
    paper.add_page()
    _head(paper, sheet)
    for row in sheet.rows:
        _row(paper, row)
    _signs(paper, sheet)
    if sheet.stub:
        _stub(paper, sheet)
    lacks = lacking("".join(box.text for row in sheet.rows for box in row) + sheet.identity)
    if lacks:
        paper.set_font(FONT, size=SMALL)
        named = "、".join(f"U+{ord(one):04X}" for one in lacks)
        paper.multi_cell(WIDE, 4, f"{sheet.missing} {named}", new_x="LMARGIN", new_y="NEXT")
    return bytes(paper.output())


def _head(paper: FPDF, sheet: Sheet) -> None:
    paper.code39(f"*{sheet.number}*", x=LEFT, y=TOP, w=0.55, h=11)
    paper.set_font(FONT, size=9)
    paper.set_xy(LEFT + 90, TOP + 1)
    paper.multi_cell(62, 4.6, printable(sheet.heading), align="R")
    if sheet.address:
        _qr(paper, sheet.address, LEFT + WIDE - 22, TOP - 4, 22)
    paper.set_xy(LEFT, TOP + 16)
    paper.set_font(FONT, size=TITLE)
    paper.cell(WIDE, 10, sheet.title, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.ln(1)


def _qr(paper: FPDF, text: str, x: float, y: float, wide: float) -> None:
    matrix = segno.make(text, error="m", micro=False).matrix
    step = wide / len(matrix)
    paper.set_fill_color(0, 0, 0)
    for down, line in enumerate(matrix):
        for right, dark in enumerate(line):
            if dark:
                paper.rect(x + right * step, y + down * step, step + 0.02, step + 0.02, style="F")


def _row(paper: FPDF, boxes: Sequence[Box], size: float = BODY) -> None:
    """Boxes side by side, as high as the fullest; a row that does not fit begins a new page."""
    paper.set_font(FONT, size=size)
    wides = [box.share * WIDE / sum(one.share for one in boxes) for box in boxes]
    highs = [_height(paper, box, wide) for box, wide in zip(boxes, wides, strict=True)]
    high = max(highs)
    if paper.get_y() + high > paper.page_break_trigger and high < 200:
        paper.add_page()
        paper.set_font(FONT, size=size)
    x, y = LEFT, paper.get_y()
    for box, wide in zip(boxes, wides, strict=True):
        _box(paper, box, x, y, wide, high)
        x += wide
    paper.set_xy(LEFT, y + high)


def _height(paper: FPDF, box: Box, wide: float) -> float:
    told: Any = paper.multi_cell(
        wide - LABEL - 3, LINE, printable(box.text) or " ", align="L", dry_run=True, output="HEIGHT"
    )
    return max(box.least, float(told) + 2)


def _box(paper: FPDF, box: Box, x: float, y: float, wide: float, high: float) -> None:
    paper.set_fill_color(241, 241, 241)
    paper.rect(x, y, LABEL, high, style="DF")
    paper.rect(x + LABEL, y, wide - LABEL, high)
    paper.set_xy(x + 0.5, y + 1)
    paper.cell(LABEL - 1, LINE, box.label)
    paper.set_xy(x + LABEL + 1.5, y + 1)
    paper.multi_cell(wide - LABEL - 3, LINE, printable(box.text), align="L")


def _signs(paper: FPDF, sheet: Sheet) -> None:
    paper.ln(2)
    paper.set_font(FONT, size=9.5)
    wide = WIDE / max(1, len(sheet.signs))
    if paper.get_y() + 16 > paper.page_break_trigger:
        paper.add_page()
        paper.set_font(FONT, size=9.5)
    y = paper.get_y()
    for place, words in enumerate(sheet.signs):
        paper.set_xy(LEFT + place * wide, y)
        paper.multi_cell(wide - 4, 4.6, printable(words))
        paper.line(LEFT + place * wide, y + 13, LEFT + (place + 1) * wide - 4, y + 13)
    paper.set_xy(LEFT, y + 14)
    paper.set_font(FONT, size=SMALL)
    for note in sheet.notes:
        paper.multi_cell(WIDE, 4, printable(note), new_x="LMARGIN", new_y="NEXT")


def _stub(paper: FPDF, sheet: Sheet) -> None:
    if paper.get_y() + 12 + 8 * len(sheet.stub) > paper.page_break_trigger:
        paper.add_page()
    paper.ln(2)
    paper.set_dash_pattern(dash=1.5, gap=1)
    paper.line(0, paper.get_y(), 210, paper.get_y())
    paper.set_dash_pattern()
    paper.set_font(FONT, size=SMALL)
    paper.cell(WIDE, 6, sheet.stub_title, align="C", new_x="LMARGIN", new_y="NEXT")
    for row in sheet.stub:
        _row(paper, row, 9.5)
