"""`manage.py audit verify` and `manage.py audit checkpoint`."""

import json
import time
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import chain, checkpoint


class Command(BaseCommand):
    """Verify the audit chain, or write a signed checkpoint over it."""

    help = "verify: recompute the chain and name every broken row. checkpoint: sign the heads of all lanes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "checkpoint"])
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "checkpoint":
            point = checkpoint.write()
            self.stdout.write(f"checkpoint {point.line} of {point.at}: {checkpoint.path()}")
            return
        self.verify(options["json"])

    def verify(self, as_json: bool) -> None:
        start = time.perf_counter()
        result = chain.verify()
        seconds = time.perf_counter() - start
        if as_json:
            words = {
                **asdict(result),
                "sound": result.sound,
                "seconds": round(seconds, 3),
            }
            self.stdout.write(json.dumps(words, ensure_ascii=False))
        else:
            for found in result.findings:
                self.stdout.write(
                    f"{found.kind}: lane {found.lane} row {found.sequence} {found.entry} {found.note}"
                )
            self.stdout.write(f"{result.rows} rows, {result.checkpoints} checkpoints, {seconds:.1f} s")
        if not result.sound:
            raise CommandError(f"the audit chain is broken in {len(result.findings)} places")
