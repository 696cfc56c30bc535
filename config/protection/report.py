"""The pack itself, as HTML to take away or as a list for programs."""

from collections import Counter
from pathlib import Path

from django.template.loader import render_to_string

from config.protection.clauses import CLAUSES
from config.protection.evidence import Line, last_results, last_switched, line
from kernel import clock, privacy

STYLE = Path(__file__).with_name("report.css")


def lines(results: dict[str, str] | None = None) -> list[Line]:
    """Every clause of the table, in its order."""
    known = last_results() if results is None else results
    switched = last_switched()
    return [line(clause, known, switched.get(clause.number, ())) for clause in CLAUSES]


def html(found: list[Line]) -> str:
    """The report as one page; its style sheet is written beside it."""
    context = {
        "lines": found,
        "counts": dict(Counter(one.result.value for one in found)),
        "register": privacy.entries(),
        "now": clock.now(),
    }
    return render_to_string("config/protection.html", context)


def write(folder: Path, found: list[Line]) -> Path:
    """Write page and style sheet into `folder`; the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STYLE.name).write_text(STYLE.read_text())
    page = folder / "report.html"
    page.write_text(html(found))
    return page
