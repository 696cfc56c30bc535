"""`manage.py peer NAME ADDRESS --token FILE`: where a hospital outside takes messages."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from consortium import selectors as consortium
from kernel.actor import Actor
from kernel.errors import DomainError
from referral import services


class Command(BaseCommand):
    """Write down address and key of a hospital outside, or stop writing to it."""

    help = (
        "NAME: as in the directory. ADDRESS: its $process-message. --token FILE: the bearer token it gave us. "
        "--stop: it is told by telephone again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("address", nargs="?", default="")
        parser.add_argument("--token", type=Path)
        parser.add_argument("--stop", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        places = {one.name: one for one in consortium.outside_organisations()}
        place = places.get(options["name"])
        if place is None:
            raise CommandError(f"No hospital outside is named so; known: {', '.join(places) or 'none'}")
        if not options["stop"] and (options["token"] is None or not options["address"]):
            raise CommandError("Give the address and --token FILE, or --stop")
        token = "" if options["stop"] else options["token"].read_text().strip()
        try:
            services.set_peer(
                by=Actor.system("operations"),
                organisation_id=place.pk,
                address=options["address"],
                token=token,
                active=not options["stop"],
            )
        except DomainError as refusal:
            raise CommandError(str(refusal.message)) from refusal
        self.stdout.write(f"{place.name}: {'by telephone' if options['stop'] else options['address']}")
