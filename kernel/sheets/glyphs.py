"""The embedded Chinese font: what it can print, and what is printed where it cannot.

A character the font lacks (𠮷) is printed as its number and named at the foot, so that nobody is named wrongly.
"""

import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import Final

from fontTools.ttLib import TTFont
from fpdf import FPDF
from pylopdf_fonts_zh_cn import sans_path

logging.getLogger("fontTools").setLevel(logging.WARNING)  # it would write every glyph of a form into the log

FONT: Final = "hanzi"
OPENING, CLOSING = "（〔《“‘([", "，。、；：？！）〕》”’·%℃,.;:!?)]"
WORD: Final = r"[A-Za-z0-9\-+*/.:_=<>≤≥²³μ]+"
PIECE: Final = re.compile(rf"[{re.escape(OPENING)}]*(?:{WORD}|.)[{re.escape(CLOSING)}]* *", re.DOTALL)
"""What stays on one line: a word or number, or one character, with the marks that belong to it."""
PLAIN: Final = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
"""What may be written otherwise without another meaning."""


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


def embed(paper: FPDF) -> None:
    """Put the font, cut to the glyphs that are used, into a paper."""
    paper.add_font(FONT, fname=sans_path())
    paper.set_lang("zh-CN")


def wrapped(paper: FPDF, text: str, wide: float) -> list[str]:
    """The lines of a text in a column of the present font: a line breaks beside any hanzi and at spaces, never within
    a number or a Latin word that fits, never before a closing mark."""
    room = wide - 2 * paper.c_margin
    lines = []
    for paragraph in printable(text).split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            if not line or paper.get_string_width((line + piece).rstrip()) <= room:
                line += piece
            else:
                lines.append(line.rstrip())
                line = piece.lstrip()
            while paper.get_string_width(line.rstrip()) > room and len(line) > 1:
                fits = _fitting(paper, line, room)
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """What stays together: a run of Latin and digits with its spaces behind, or a hanzi, with closing marks after it
    and opening ones before it."""
    return [found.group() for found in PIECE.finditer(text)]


def _fitting(paper: FPDF, text: str, room: float) -> int:
    """How many characters of a word that is too long for any line fit into one; at least one."""
    count = len(text)
    while count > 1 and paper.get_string_width(text[:count]) > room:
        count -= 1
    return count


def height(paper: FPDF, text: str, wide: float, line: float) -> float:
    """Millimetres a text takes in a column."""
    return len(wrapped(paper, text, wide)) * line


def write(paper: FPDF, text: str, wide: float, line: float) -> None:
    """A text in a column, from where the pen stands; the pen goes to the left margin below it."""
    x, y = paper.x, paper.y
    for place, words in enumerate(wrapped(paper, text, wide)):
        paper.set_xy(x, y + place * line)
        paper.cell(wide, line, words)
    paper.set_xy(paper.l_margin, y + height(paper, text, wide, line))


def table_row(
    paper: FPDF, cells: Sequence[str], wides: Sequence[float], *, line: float, fill: bool = False
) -> None:
    """A row of bordered cells, as high as the fullest."""
    highs = [height(paper, text, wide - 2, line) for text, wide in zip(cells, wides, strict=True)]
    high = max(highs) + 2
    x, y = paper.l_margin, paper.get_y()
    paper.set_fill_color(241, 241, 241)
    for text, wide in zip(cells, wides, strict=True):
        paper.rect(x, y, wide, high, style="DF" if fill else "D")
        paper.set_xy(x + 1, y + 1)
        write(paper, text, wide - 2, line)
        x += wide
    paper.set_xy(paper.l_margin, y + high)


def row_height(paper: FPDF, cells: Sequence[str], wides: Sequence[float], line: float) -> float:
    """Millimetres a row of cells takes."""
    pairs = zip(cells, wides, strict=True)
    return max(height(paper, text, wide - 2, line) for text, wide in pairs) + 2


def table(
    paper: FPDF,
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    wides: Sequence[float],
    *,
    size: float,
    line: float,
) -> None:
    """A table whose head stands on every page and whose rows are never cut; the head never stands alone."""
    paper.set_font(FONT, size=size)
    first = row_height(paper, rows[0], wides, line) if rows else 0
    if paper.get_y() + row_height(paper, head, wides, line) + first > paper.page_break_trigger:
        paper.add_page()
        paper.set_font(FONT, size=size)
    table_row(paper, head, wides, line=line, fill=True)
    for cells in rows:
        if paper.get_y() + row_height(paper, cells, wides, line) > paper.page_break_trigger:
            paper.add_page()
            paper.set_font(FONT, size=size)
            table_row(paper, head, wides, line=line, fill=True)
        table_row(paper, cells, wides, line=line)
