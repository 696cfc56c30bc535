"""A register as A4 PDF across: its head on every page, no row cut, page n/m and who printed it below."""

from typing import Final

from fpdf import FPDF

from kernel.sheets.glyphs import FONT, embed, printable, table, write
from kernel.sheets.shapes import Ledger

LEFT, WIDE, TOP, FOOT = 10.0, 277.0, 10.0, 14.0
SMALL, BODY, TITLE = 8.0, 7.5, 15.0
LINE: Final = 3.7


class _Paper(FPDF):
    def __init__(self, ledger: Ledger) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.ledger = ledger
        embed(self)
        self.set_margins(LEFT, TOP, LEFT)
        self.set_auto_page_break(True, FOOT)
        self.set_line_width(0.2)
        self.set_title(ledger.title)

    def header(self) -> None:
        if self.page_no() > 1:
            self.set_font(FONT, size=SMALL)
            self.cell(WIDE, 5, printable(self.ledger.title), new_x="LMARGIN", new_y="NEXT")

    def footer(self) -> None:
        self.set_y(-11)
        self.set_font(FONT, size=SMALL)
        self.cell(WIDE - 25, 5, printable(self.ledger.foot))
        self.cell(25, 5, f"{self.page_no()} / {{nb}}", align="R")


def draw_ledger(ledger: Ledger) -> bytes:
    """The PDF."""
    paper = _Paper(ledger)
    paper.add_page()
    paper.set_font(FONT, size=TITLE)
    paper.cell(WIDE, 9, printable(ledger.title), align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_font(FONT, size=9)
    write(paper, ledger.under, WIDE, 5)
    paper.set_font(FONT, size=SMALL)
    write(paper, "　".join(ledger.notes), WIDE, 4)
    paper.ln(1)
    whole = sum(ledger.widths)
    wides = [WIDE * wide / whole for wide in ledger.widths]
    table(paper, ledger.head, ledger.rows, wides, size=BODY, line=LINE)
    return bytes(paper.output())
