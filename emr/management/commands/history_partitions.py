"""`manage.py history_partitions`: makes the months of the FHIR history that lie ahead. Run it monthly, as the owner."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connections, transaction

from emr.repository import ddl
from kernel import clock
from kernel.database.operations import AppendOnly

EXISTS = "SELECT to_regclass(%s) IS NOT NULL"


class Command(BaseCommand):
    """Months that exist are left alone; a month missed stays in the partition for the rest."""

    help = "Create the history partitions of the coming months"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--months", type=int, default=14)

    def handle(self, *args: Any, **options: Any) -> None:
        today = clock.today()
        made = [
            month[0] for month in ddl.months(today.year, today.month, options["months"]) if self._make(month)
        ]
        self.stdout.write(f"{len(made)} partitions made")

    def _make(self, month: tuple[str, str, str]) -> bool:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute(EXISTS, [month[0]])
            if cursor.fetchone()[0]:
                return False
            cursor.execute(ddl.month_partition(*month))
            with connections["owner"].schema_editor() as editor:
                for statement in AppendOnly(month[0]).forwards(editor):
                    cursor.execute(statement)
        return True
