"""`manage.py restore DIR`: a backup comes back into an empty installation."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.local.postgres import binaries
from config.management.commands.backup import passphrase
from kernel import backup
from kernel.actor import Actor


class Command(BaseCommand):
    """Bring a backup back."""

    help = "Verify the backup in DIR, bring it into this empty installation, compare every row and file."
    requires_system_checks = ()
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--passphrase-file", type=Path)
        parser.add_argument("--signed-by", default="", help="id of the only signing key that is accepted")

    def handle(self, *args: Any, **options: Any) -> None:
        words, by = passphrase(options["passphrase_file"]), Actor.system("backup")
        try:
            done = backup.restore(
                by=by,
                folder=options["folder"],
                passphrase=words,
                programs=binaries(),
                signed_by=options["signed_by"],
            )
        except backup.Refused as error:
            raise CommandError(f"not restored: {error}") from error
        self.stdout.write(
            f"restored the backup of {done.at}, signed by {done.signed_by}: "
            f"{done.rows} rows in {done.tables} tables and {done.files} files, all compared"
        )
