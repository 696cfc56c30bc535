"""`manage.py protection check-rows`: every row under a MAC is held against it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import guarded


class Command(BaseCommand):
    """Controls of the graded protection that are run by hand or by a timer."""

    help = "check-rows: recompute the MAC of every row that decides over rights and name those that differ."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["check-rows"])

    def handle(self, *args: Any, **options: Any) -> None:
        rows, damaged = guarded.walk()
        for error in damaged:
            self.stdout.write(f"changed: {error.detail['model']} {error.detail['pk']}")
        self.stdout.write(f"{rows} rows in {len(guarded.tables())} tables")
        if damaged:
            raise CommandError(f"{len(damaged)} rows were changed past the house")
