"""A sheet as PDF, A4 or A5: barcode, code to verify, boxes, tables, signatures, stub; identity and page n/m on each
page. Pure: everything that is printed comes in a `Sheet`."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import segno
from fpdf import FPDF

from kernel.sheets.glyphs import FONT, embed, height, lacking, printable, table, write
from kernel.sheets.shapes import Box, Grid, Sheet, Sign

TOP, FOOT = 14.0, 16.0
LINE: Final = 5.6
SMALL, BODY, TITLE = 8.0, 10.5, 16.0
CODE: Final = 24.0
"""Millimetres of the QR code: read by a phone at arm's length."""
INK: Final = 14.0
"""Millimetres a drawn name is high."""


@dataclass(frozen=True, slots=True)
class Page:
    """Millimetres: width and height of the paper, left margin, width of the print and of a box's label."""

    paper: tuple[float, float]
    left: float
    wide: float
    label: float


PAGES: Final[Mapping[str, Page]] = {
    "A4": Page((210.0, 297.0), 15.0, 180.0, 24.0),
    "A5": Page((148.0, 210.0), 9.0, 130.0, 24.0),
}


class _Paper(FPDF):
    """A page with the sheet's identity above and who printed it, when, page n/m below."""

    def __init__(self, sheet: Sheet) -> None:
        super().__init__(format=PAGES[sheet.size].paper)
        self.sheet, self.page_of = sheet, PAGES[sheet.size]
        self.left, self.wide = self.page_of.left, self.page_of.wide
        embed(self)
        self.set_margins(self.left, TOP, self.left)
        self.set_auto_page_break(True, FOOT)
        self.set_line_width(0.2)
        self.set_title(f"{sheet.title} {sheet.number}")

    def header(self) -> None:
        if self.page_no() > 1:
            self.set_font(FONT, size=SMALL)
            self.cell(self.wide, 5, printable(self.sheet.identity), new_x="LMARGIN", new_y="NEXT")
            self.ln(1)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, size=SMALL)
        self.cell(self.wide - 25, 5, printable(self.sheet.foot))
        self.cell(25, 5, f"{self.page_no()} / {{nb}}", align="R")


def draw(sheet: Sheet) -> bytes:
    """The PDF."""
    paper = _Paper(sheet)
    paper.add_page()
    _head(paper, sheet)
    for row in sheet.rows:
        _row(paper, row)
    for grid in sheet.grids:
        _grid(paper, grid)
    _signs(paper, sheet.signs, sheet.notes)
    _lacks(paper, sheet)
    if sheet.stub:
        _stub(paper, sheet)
    return bytes(paper.output())


def _head(paper: _Paper, sheet: Sheet) -> None:
    paper.code39(f"*{sheet.number}*", x=paper.left, y=TOP, w=0.55, h=11)
    right = CODE + 4 if sheet.address else 0.0
    paper.set_font(FONT, size=9)
    half = paper.wide / 2
    paper.set_xy(paper.left + half, TOP)
    paper.multi_cell(half - right, 4.6, printable(sheet.heading), align="R")
    if sheet.address:
        _qr(paper, sheet.address, paper.left + paper.wide - CODE, TOP - 4, CODE)
    _title(paper, printable(sheet.title), right)


def _title(paper: _Paper, title: str, right: float) -> None:
    """The title in the middle of the page: beside the code to verify where it has room, else below it, in lines.
    `right`: millimetres the code takes."""
    paper.set_font(FONT, size=TITLE)
    beside = paper.get_string_width(title) + 2 <= paper.wide - 2 * right
    paper.set_xy(paper.left, TOP + (15 if beside or not right else CODE - 2))
    paper.multi_cell(paper.wide, 8, title, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.ln(1)


def _qr(paper: _Paper, text: str, x: float, y: float, wide: float) -> None:
    matrix = segno.make(text, error="m", micro=False).matrix
    step = wide / len(matrix)
    paper.set_fill_color(0, 0, 0)
    for down, line in enumerate(matrix):
        for right, dark in enumerate(line):
            if dark:
                paper.rect(x + right * step, y + down * step, step + 0.02, step + 0.02, style="F")


def _row(paper: _Paper, boxes: Sequence[Box], size: float = BODY) -> None:
    """Boxes side by side, as high as the fullest; a row that does not fit begins a new page."""
    paper.set_font(FONT, size=size)
    wides = [box.share * paper.wide / sum(one.share for one in boxes) for box in boxes]
    high = max(_height(paper, box, wide) for box, wide in zip(boxes, wides, strict=True))
    if paper.get_y() + high > paper.page_break_trigger and high < 200:
        paper.add_page()
        paper.set_font(FONT, size=size)
    x, y = paper.left, paper.get_y()
    for box, wide in zip(boxes, wides, strict=True):
        _box(paper, box, x, y, wide, high)
        x += wide
    paper.set_xy(paper.left, y + high)


def _height(paper: _Paper, box: Box, wide: float) -> float:
    words = height(paper, box.text, wide - paper.page_of.label - 3, LINE) + (INK if box.picture else 0)
    return max(box.least, words + 2, height(paper, box.label, paper.page_of.label - 1, LINE) + 2)


def _box(paper: _Paper, box: Box, x: float, y: float, wide: float, high: float) -> None:
    paper.set_fill_color(241, 241, 241)
    paper.rect(x, y, paper.page_of.label, high, style="DF")
    paper.rect(x + paper.page_of.label, y, wide - paper.page_of.label, high)
    paper.set_xy(x + 0.5, y + 1)
    write(paper, box.label, paper.page_of.label - 1, LINE)
    paper.set_xy(x + paper.page_of.label + 1.5, y + 1)
    write(paper, box.text, wide - paper.page_of.label - 3, LINE)
    if box.picture:
        paper.image(io.BytesIO(box.picture), x + paper.page_of.label + 1.5, y + high - INK - 0.5, h=INK)


def _grid(paper: _Paper, grid: Grid) -> None:
    """A table under its title; title, head and first row stay together."""
    if paper.get_y() + 24 > paper.page_break_trigger:
        paper.add_page()
    paper.ln(1.5)
    paper.set_font(FONT, size=BODY)
    paper.cell(paper.wide, 6, grid.title, new_x="LMARGIN", new_y="NEXT")
    whole = sum(grid.widths)
    wides = [paper.wide * wide / whole for wide in grid.widths]
    table(paper, grid.head, grid.rows, wides, size=9.5, line=4.8)


def _signs(paper: _Paper, signs: Sequence[Sign], notes: Sequence[str]) -> None:
    """Up to three beside one another, and what is said of them; all of it on one page."""
    paper.ln(2)
    paper.set_font(FONT, size=9)
    beside = 2 if len(signs) == 4 else min(3, max(1, len(signs)))
    wide = paper.wide / beside
    lines = [signs[start : start + beside] for start in range(0, len(signs), beside)]
    highs = [max(height(paper, one.words, wide - 4, 4.6) for one in line) + 3 for line in lines]
    if paper.get_y() + sum(highs) + 5 * len(notes) > paper.page_break_trigger:
        paper.add_page()
        paper.set_font(FONT, size=9)
    for line, high in zip(lines, highs, strict=True):
        y = paper.get_y()
        for place, one in enumerate(line):
            paper.set_xy(paper.left + place * wide, y)
            write(paper, one.words, wide - 4, 4.6)
            paper.line(
                paper.left + place * wide, y + high - 1, paper.left + (place + 1) * wide - 4, y + high - 1
            )
        paper.set_xy(paper.left, y + high)
    paper.set_font(FONT, size=SMALL)
    for note in notes:
        write(paper, note, paper.wide, 4)


def _lacks(paper: _Paper, sheet: Sheet) -> None:
    """The characters that were printed as numbers, named."""
    if lacks := lacking("".join(sheet.texts) + sheet.identity):
        paper.set_font(FONT, size=SMALL)
        named = "、".join(f"U+{ord(one):04X}" for one in lacks)
        write(paper, f"{sheet.missing} {named}", paper.wide, 4)


def _stub(paper: _Paper, sheet: Sheet) -> None:
    """The stub below its cut line, whole on one page: half of it could not be filed."""
    paper.set_font(FONT, size=9.5)
    high = 10.0
    for row in sheet.stub:
        wides = [box.share * paper.wide / sum(one.share for one in row) for box in row]
        high += max(_height(paper, box, wide) for box, wide in zip(row, wides, strict=True))
    if paper.get_y() + high > paper.page_break_trigger:
        paper.add_page()
    paper.ln(2)
    paper.set_dash_pattern(dash=1.5, gap=1)
    paper.line(0, paper.get_y(), paper.w, paper.get_y())
    paper.set_dash_pattern()
    paper.set_font(FONT, size=SMALL)
    paper.cell(paper.wide, 6, sheet.stub_title, align="C", new_x="LMARGIN", new_y="NEXT")
    for row in sheet.stub:
        _row(paper, row, 9.5)
