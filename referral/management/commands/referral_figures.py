"""manage.py referral_figures compare|recount: hold the statistics against the histories, or make them again."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.actor import Actor
from referral import services


class Command(BaseCommand):
    """`compare` names every difference and ends with an error when there is one; `recount` makes all tallies again."""

    help = "Compare the referral statistics with the histories, or count them again from the histories."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["compare", "recount"])

    def handle(self, *args: Any, **options: Any) -> None:
        by = Actor.system("referral")
        if options["verb"] == "recount":
            self.stdout.write(f"{services.recount(by=by)} legs counted")
            return
        found = services.compare(by=by)
        for one in found:
            self.stdout.write(str(one))
        if found:
            raise CommandError(f"{len(found)} differences")
        self.stdout.write("every number is as the histories tell it")
