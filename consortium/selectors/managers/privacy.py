"""The register of personal information as the security manager reads it."""

from dataclasses import dataclass

from django.db.models import Model

from consortium.policies import POST
from kernel import privacy
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the database and what it holds about persons."""

    name: str
    title: str
    lines: tuple[privacy.Held, ...]


def register(*, by: Actor) -> list[Table]:
    """Every table that holds something about a person, floor first. Raises Refused (403)."""
    POST.ask(by, "view")
    return [
        Table(f"{config.label}.{name}", _title(config.get_model(name)), lines)
        for config, personal, _plain in privacy.registers()
        for name, lines in personal.items()
    ]


def _title(model: type[Model]) -> str:
    """The first sentence the code says about the table."""
    return (model.__doc__ or "").split("\n")[0]
