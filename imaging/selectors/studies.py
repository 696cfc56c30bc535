"""Studies as the reading page shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from imaging.models import Instance, Study
from imaging.policies import STUDY
from kernel.actor import Actor
from kernel.errors import OutOfReach


@dataclass(frozen=True, slots=True)
class Picture:
    """One object of a series: its address parts and size."""

    uid: str
    frames: int
    rows: int
    columns: int
    transfer_syntax: str


@dataclass(frozen=True, slots=True)
class Film:
    """One series with its pictures in order; objects without pixels (reports, states) are left out."""

    study_uid: str
    uid: str
    number: int | None
    modality: str
    description: str
    pictures: Sequence[Picture]

    @property
    def count(self) -> int:
        return sum(picture.frames for picture in self.pictures)

    @property
    def middle(self) -> Picture:
        """The picture a person wants to see first."""
        return self.pictures[len(self.pictures) // 2]


def study(*, by: Actor, study_uid: str) -> Study:
    """One study by its UID. Raises Refused (403) or OutOfReach (404)."""
    row = STUDY.rows(by, "view").filter(uid=study_uid).order_by("pk").first()
    if row is None:
        raise OutOfReach(detail={"action": "view", "model": "imaging.study"})
    return row


def studies_of_request(*, by: Actor, request_id: UUID) -> list[Study]:
    """The studies given to a request, oldest first."""
    return list(STUDY.rows(by, "view").filter(request=request_id).order_by("received_at", "pk"))


def film(*, by: Actor, studies: Sequence[Study]) -> list[Film]:
    """The series of these studies that have pictures, by number; `studies` came from a selector of `by`. One query."""
    if not studies:
        return []
    rows = (
        Instance.objects.filter(study__in=STUDY.rows(by, "view").filter(pk__in=[one.pk for one in studies]))
        .exclude(rows=0)
        .order_by("study__received_at", "series__number", "series__uid", "number", "uid")
        .values_list(
            "study__uid", "series__uid", "series__number", "series__modality", "series__description",
            "uid", "frame_count", "rows", "columns", "transfer_syntax",
        )
    )  # fmt: skip
    grouped: dict[tuple[str, str, int | None, str, str], list[Picture]] = {}
    for study_uid, uid, number, modality, description, *picture in rows:
        grouped.setdefault((study_uid, uid, number, modality, description), []).append(Picture(*picture))
    return [Film(*head, pictures=pictures) for head, pictures in grouped.items()]
