"""`manage.py audit verify`, `audit checkpoint` and `audit purge --until 2026-03`."""

import json
import time
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel import clock
from kernel.chain import checkpoint, closings, verifying
from kernel.chain.lanes import Finding
from kernel.errors import Invalid


class Command(BaseCommand):
    """Verify the audit chain, write a signed checkpoint over it, or take months past their time offline."""

    help = (
        "verify: recompute the chain and name every broken row. checkpoint: sign the heads of all lanes. "
        "purge: archive and drop the months up to --until; none younger than 180 days."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=["verify", "checkpoint", "purge"])
        parser.add_argument("--json", action="store_true", help="answer as JSON")
        parser.add_argument("--until", type=_month, help="the last month to take offline, as 2026-03")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "checkpoint":
            point = checkpoint.write()
            self.stdout.write(f"checkpoint {point.line} of {point.at}: {checkpoint.path()}")
        elif options["what"] == "purge":
            self.purge(options["until"])
        else:
            self.verify(options["json"])

    def verify(self, as_json: bool) -> None:
        start = time.perf_counter()
        result = verifying.verify()
        seconds = time.perf_counter() - start
        if as_json:
            words = {**asdict(result), "sound": result.sound, "seconds": round(seconds, 3)}
            self.stdout.write(json.dumps(words, ensure_ascii=False))
        else:
            for found in result.findings:
                self.stdout.write(_spoken(found))
            self.stdout.write(f"{result.rows} rows, {result.checkpoints} checkpoints, {seconds:.1f} s")
        if not result.sound:
            raise CommandError(f"the audit chain is broken in {len(result.findings)} places")

    def purge(self, until: date | None) -> None:
        if until is None:
            raise CommandError("say up to which month: --until 2026-03")
        # A broken chain is evidence: nothing of it goes away.
        self.verify(as_json=False)
        try:
            gone = closings.take_offline(until)
        except Invalid as refusal:
            raise CommandError(str(refusal.message)) from None
        checkpoint.write()
        for month in gone:
            self.stdout.write(f"{month:%Y-%m} is offline: audit/archive/{month:%Y-%m}.jsonl.gz")
        self.stdout.write(f"{len(gone)} months, {len(closings.months())} stay online")


def _month(text: str) -> date:
    return datetime.strptime(f"{text}-01", "%Y-%m-%d").replace(tzinfo=UTC).date()


def _spoken(found: Finding) -> str:
    when = clock.local(datetime.fromtimestamp(found.at, UTC)).isoformat(" ", "seconds") if found.at else "-"
    return (
        f"{found.kind}: lane {found.lane} row {found.sequence} of {when} {found.entry} {found.note}".rstrip()
    )
