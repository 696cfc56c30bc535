"""manage.py demo: the demo county with its people and stories, into an empty embedded database only."""

import gc
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.actor import Actor
from kernel.errors import DomainError
from portal.demo import county, money


class Command(BaseCommand):
    """Loads the county and writes var/demo/credentials.json; refuses anywhere else than in an empty demo."""

    help = "Load the demo county (invented people only) into an empty embedded database in demo mode."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=county.FULL)
        parser.add_argument("--seed", type=int, default=county.SEED)

    def handle(self, *args: Any, **options: Any) -> None:
        began = time.monotonic()
        # What is made lives until the end: looking through them for garbage frees nothing.
        gc.disable()
        try:
            by = Actor.system("demo")
            done = county.load(by=by, count=options["people"], seed=options["seed"])
            settled = money.tell(by=by, folder=Path(settings.DATA_DIR), payers=done.payers)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(
            f"{done.residents} people, {done.accounts} accounts, {done.insured} insured, {done.steps} steps of "
            f"stories, {settled} settlements in {time.monotonic() - began:.1f} s"
        )
