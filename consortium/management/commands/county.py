"""manage.py county load FOLDER, and manage.py county staff-list FILE --signature FILE: readable tables in."""

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
        parser.add_argument("verb", choices=["load", "staff-list"])
        parser.add_argument("source", type=Path, help="the folder of tables, or the staff list")
        parser.add_argument("--signature", type=Path, help="SM2 over the staff list, base64")
        parser.add_argument(
            "--credentials", type=Path, help="write the new credentials here (mode 0600), as JSON"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._load(options) if options["verb"] == "load" else self._propose(options)
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal

    def _propose(self, options: dict[str, Any]) -> None:
        if options["signature"] is None:
            raise CommandError("Name the signature of the list with --signature")
        made = services.load_staff_list(
            by=Actor.system("setup"),
            data=options["source"].read_bytes(),
            signature_b64=options["signature"].read_text().strip(),
        )
        self.stdout.write(f"{len(made)} posts proposed; one security manager approves them")

    def _load(self, options: dict[str, Any]) -> None:
        made = services.load_county(by=Actor.system("setup"), source=options["source"])
        if path := options["credentials"]:
            path.touch(mode=0o600)
            path.write_text(json.dumps(asdict(made), ensure_ascii=False, indent=1), encoding="utf-8")
        self.stdout.write(f"{len(made.staff)} accounts, {len(made.clients)} API clients")
