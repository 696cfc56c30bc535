"""`manage.py backup DIR`: the whole platform of this moment, sealed and signed, below DIR."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import env
from config.local.postgres import binaries
from kernel import backup
from kernel.actor import Actor

VARIABLE = "LIANYI_BACKUP_PASSPHRASE"


def passphrase(given: Path | None) -> str:
    """From a file or from the environment; never an argument, which every user of the machine reads."""
    words = given.read_text(encoding="utf-8").strip() if given else env.text(VARIABLE)
    if not words:
        raise CommandError(f"Give the passphrase: --passphrase-file, or {VARIABLE}.")
    return words


class Command(BaseCommand):
    """Make a backup while the platform runs."""

    help = "Database, files and keys of one moment in a new folder below DIR. `manage.py restore` brings it back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--passphrase-file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        words = passphrase(options["passphrase_file"])
        by = Actor.system("backup")
        try:
            made = backup.make(by=by, folder=options["folder"], passphrase=words, programs=binaries())
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(made))
