"""What consortium announces; ids only."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class OrganisationChanged(Event):
    """An organisation was registered or changed."""

    topic: ClassVar[str] = "consortium.organisation_changed"
    organisation_id: str

    @property
    def stream(self) -> str:
        return f"organisation:{self.organisation_id}"


@dataclass(frozen=True)
class OrganisationCloses(Event):
    """An institution will close on `day`, or, `closed`, has just done so. `round`: how often a closing of it was taken
    back before, so that the same day announced anew is told anew."""

    topic: ClassVar[str] = "consortium.organisation_closes"
    organisation_id: str
    day: str
    closed: bool
    round: int = 0

    @property
    def stream(self) -> str:
        return f"organisation:{self.organisation_id}"


@dataclass(frozen=True)
class OrganisationStays(Event):
    """An institution that was to close on `day` stays open."""

    topic: ClassVar[str] = "consortium.organisation_stays"
    organisation_id: str
    day: str
    round: int = 0

    @property
    def stream(self) -> str:
        return f"organisation:{self.organisation_id}"


@dataclass(frozen=True)
class DepartmentChanged(Event):
    """A department or one of its beds was registered or changed."""

    topic: ClassVar[str] = "consortium.department_changed"
    department_id: str

    @property
    def stream(self) -> str:
        return f"department:{self.department_id}"


@dataclass(frozen=True)
class StaffChanged(Event):
    """Somebody got an account, another name or title, or left."""

    topic: ClassVar[str] = "consortium.staff_changed"
    staff_id: str

    @property
    def stream(self) -> str:
        return f"staff:{self.staff_id}"


@dataclass(frozen=True)
class PostChanged(Event):
    """A post was given or ended."""

    topic: ClassVar[str] = "consortium.post_changed"
    staff_id: str
    post_id: str

    @property
    def stream(self) -> str:
        return f"staff:{self.staff_id}"
