"""The register of personal information as the security manager reads it."""

from dataclasses import dataclass

from consortium import holdings
from consortium.policies import POST
from kernel import privacy
from kernel.actor import Actor
from kernel.errors import Text


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the database and what it holds about persons."""

    room: str
    name: str
    title: Text
    lines: tuple[privacy.Held, ...]


def register(*, by: Actor) -> list[Table]:
    """Every table that holds something about a person, floor first. Raises Refused (403)."""
    POST.ask(by, "view")
    return [
        Table(config.label, f"{config.label}.{name}", holdings.title(f"{config.label}.{name}".lower()), lines)
        for config, personal, _plain in privacy.registers()
        for name, lines in personal.items()
    ]
