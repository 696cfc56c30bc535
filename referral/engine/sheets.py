"""Numbers as files: a workbook with one sheet for each table, or the tables below one another as plain text."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import xlsxwriter

Cell = str | int | float | None
BOM: Final = "\ufeff"
"""Without it the office programs of the county read UTF-8 as GBK."""
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet would take for a formula at the beginning of a text."""
A4: Final = 9


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet: a head and rows; `widths` of the first columns in characters."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    widths: Sequence[int] = (28,)


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes out: tables under a title, who took it out, when and what for, and what is to be known."""

    title: str
    tables: Sequence[Table]
    stamp: str
    notes: Sequence[str] = ()


def workbook(taken: Taken) -> bytes:
    """xlsx; texts stay texts, never formulas or links."""
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        formats = {
            "head": book.add_format({"bold": True, "bg_color": "#E8EEF2", "border": 1, "text_wrap": True}),
            "title": book.add_format({"bold": True, "font_size": 14}),
            "number": book.add_format({"num_format": "#,##0.##"}),
            "foot": book.add_format({"italic": True, "font_color": "#555555"}),
        }
        for table in taken.tables:
            _sheet(book.add_worksheet(table.title[:31]), table, taken, formats)
    return made.getvalue()


def _sheet(sheet: Any, table: Table, taken: Taken, formats: Mapping[str, Any]) -> None:
    sheet.write_string(0, 0, f"{taken.title} · {table.title}", formats["title"])
    for column, words in enumerate(table.head):
        sheet.write_string(2, column, words, formats["head"])
        sheet.set_column(column, column, table.widths[column] if column < len(table.widths) else 12)
    for row, cells in enumerate(table.rows, 3):
        for column, cell in enumerate(cells):
            if isinstance(cell, int | float):
                sheet.write_number(row, column, cell, formats["number"])
            elif cell is not None:
                sheet.write_string(row, column, cell)
    for place, words in enumerate([taken.stamp, *taken.notes], 4 + len(table.rows)):
        sheet.write_string(place, 0, words, formats["foot"])
    sheet.freeze_panes(3, 1)
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&L&8" + taken.stamp.replace("&", "&&")[:180] + "&R&P / &N")


def plain(taken: Taken) -> bytes:
    """CSV in UTF-8 with the mark by which spreadsheets know it; no text begins like a formula."""
    made = io.StringIO()
    made.write(BOM)
    writer = csv.writer(made)
    for table in taken.tables:
        writer.writerow([f"{taken.title} · {table.title}"])
        writer.writerow(table.head)
        writer.writerows([[_harmless(cell) for cell in cells] for cells in table.rows])
        writer.writerow([])
    writer.writerow([_harmless(taken.stamp)])
    return made.getvalue().encode()


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(DANGEROUS) else cell


WRITERS: Final[Mapping[str, tuple[str, Callable[[Taken], bytes]]]] = {
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", workbook),
    "csv": ("text/csv; charset=utf-8", plain),
}
