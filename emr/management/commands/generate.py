"""manage.py generate --people N: synthetic people for measuring, by COPY."""

import re
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from consortium import selectors as consortium
from consortium.choices import OrganisationKind
from emr.chart import services as chart
from fixtures.people import people
from kernel import clock
from kernel.actor import Actor

HOLDERS = (OrganisationKind.HEAD_HOSPITAL, OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC)


def town(address: str) -> str:
    """青禾县柳溪镇街道12号 → 青禾县柳溪镇."""
    found = re.match(r".*?[镇乡]", address)
    return found.group() if found else address


class Command(BaseCommand):
    """Synthetic people of region 99 into the institutions that stand."""

    help = "Generate synthetic people (valid numbers of the unused region 99) into the present institutions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, required=True)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--visits", action="store_true", help="with past visits and FHIR resources")

    def handle(self, *args: Any, **options: Any) -> None:
        homes = [one for one in consortium.all_organisations() if one.kind in HOLDERS]
        if not homes:
            raise CommandError("No institution stands yet: load the county first.")
        made = people(
            options["people"],
            seed=options["seed"],
            places=[town(one.address or one.name) for one in homes],
            today=clock.today(),
            visits=options["visits"],
        )
        found = chart.load_people(
            by=Actor.system("generate"),
            people=made,
            places=[chart.Place(one.pk, one.short_name) for one in homes],
            resources=options["visits"],
        )
        self.stdout.write(f"{len(found)} people in {len(homes)} institutions")
