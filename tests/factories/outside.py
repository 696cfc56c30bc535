"""A hospital outside as a real process beside the tests, and what a test county needs to meet it."""

from pathlib import Path
from typing import Any

from consortium.choices import OrganisationKind
from consortium.models import Organisation
from kernel.actor import Actor
from kernel.simulator.beside import Beside
from referral import services
from tests.factories.consortium import make_organisation

HOUSE = Actor.system("tests")
DOOR = "/fhir/$process-message"


class Hospital(Beside):
    """A running hospital outside: the address of its door, its token, what it received."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        super().__init__("referral.simulator", folder, port)
        self.address, self.token = self.base + DOOR, self.secret("token")

    def received(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("messages")["messages"]
        return found


def make_outside(hospital: Hospital | None = None) -> Organisation:
    """A hospital outside the county; reached by messages where one runs."""
    place = make_organisation(kind=OrganisationKind.OUTSIDE)
    if hospital is not None:
        services.set_peer(by=HOUSE, organisation_id=place.pk, address=hospital.address, token=hospital.token)
    return place
