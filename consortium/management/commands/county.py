"""manage.py county load FOLDER: the organisations, people and rosters of a county from readable tables."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consortium import services
from kernel.actor import Actor
from kernel.errors import DomainError


class Command(BaseCommand):
    """Loads the tables (fixtures/county shows their columns) into a platform that has no organisation yet."""

    help = (
        "Load organisations, departments, beds, people, rosters, AE titles and API clients from TSV tables."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("verb", choices=["load"])
        parser.add_argument("folder", type=Path)
        parser.add_argument(
            "--credentials", type=Path, help="write the new credentials here (mode 0600), as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = services.load_county(by=Actor.system("setup"), source=options["folder"])
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        if path := options["credentials"]:
            path.touch(mode=0o600)
            path.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1), encoding="utf-8")
        self.stdout.write(f"{len(made.staff)} accounts, {len(made.clients)} API clients")
