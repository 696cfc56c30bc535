"""`manage.py fhir_structure`: writes the element table the repository validates with."""

from pathlib import Path
from typing import Any

import orjson
from django.core.management.base import BaseCommand

from emr.repository.choices import KINDS
from emr.repository.engine import structure_source

TARGET = Path(structure_source.__file__).with_name("structure.json")


class Command(BaseCommand):
    """One line per type, so that a change of the models shows in the diff."""

    help = "Derive emr/repository/engine/structure.json from fhir.resources"

    def handle(self, *args: Any, **options: Any) -> None:
        told = structure_source.structure(KINDS)
        lines = ",\n".join(f'"{name}":{orjson.dumps(type_).decode()}' for name, type_ in told.items())
        TARGET.write_text("{\n" + lines + "\n}\n")
        self.stdout.write(f"{len(told)} types")
