"""`manage.py protection`: the evidence pack of level 3, and the check of every row under a MAC."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.protection import report
from kernel import guarded
from kernel.conf import data_folder


class Command(BaseCommand):
    """Controls of the graded protection that are run by hand or by a timer."""

    help = (
        "report: clause, control, code, test, last result, gap; HTML, or a list on standard output with --json. "
        "check-rows: recompute the MAC of every row that decides over rights and name those that differ."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["report", "check-rows"])
        parser.add_argument("--json", action="store_true", help="report: a list on standard output")
        parser.add_argument("--out", type=Path, help="report: the folder the page is written into")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "check-rows":
            self._check_rows()
        elif options["json"]:
            found = [one.as_json() for one in report.lines()]
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1, default=str))
        else:
            folder = options["out"] or data_folder() / "protection"
            self.stdout.write(str(report.write(folder, report.lines())))

    def _check_rows(self) -> None:
        rows, damaged = guarded.walk()
        for error in damaged:
            self.stdout.write(f"changed: {error.detail['model']} {error.detail['pk']}")
        self.stdout.write(f"{rows} rows in {len(guarded.tables())} tables")
        if damaged:
            raise CommandError(f"{len(damaged)} rows were changed past the house")
