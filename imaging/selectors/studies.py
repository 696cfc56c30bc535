"""Studies as the reading page shows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from diagnostics.selectors import Reading
from imaging.engine.render import decodes
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
    for row in rows:
        grouped.setdefault(row[:5], []).append(Picture(*row[5:]))
    return [Film(*head, pictures=pictures) for head, pictures in grouped.items()]


@dataclass(frozen=True, slots=True)
class Viewing:
    """What the picture part of the page starts with: all series, the chosen one, its slice (counted from 1)."""

    studies: Sequence[Study]
    films: Sequence[Film]
    film: Film | None
    slice: int
    taken_back: frozenset[UUID] = frozenset()
    """Studies this person may take off the request again."""
    withdrawn: frozenset[str] = frozenset()
    """UIDs of studies that were asked to be made again: kept, but no longer what is read."""

    @property
    def picture(self) -> Picture | None:
        """The object the slice lies in."""
        return self._place[0] if self.film else None

    @property
    def frame(self) -> int:
        """The frame of that object, from 1."""
        return self._place[1] if self.film else 0

    @property
    def drawable(self) -> bool:
        """Whether the server can draw it; else only the viewer's own codecs can."""
        return self.picture is not None and decodes(self.picture.transfer_syntax)

    @property
    def before(self) -> int:
        return max(1, self.slice - 1)

    @property
    def after(self) -> int:
        return min(self.film.count, self.slice + 1) if self.film else 1

    @property
    def _place(self) -> tuple[Picture, int]:
        left = self.slice
        pictures = self.film.pictures if self.film else ()
        for picture in pictures:
            if left <= picture.frames:
                return picture, left
            left -= picture.frames
        return pictures[-1], pictures[-1].frames


def viewing(*, by: Actor, reading: Reading, chosen: Mapping[str, str]) -> Viewing:
    """The pictures of an opened case. `chosen` may name `series` (UID) and `image` (from 1); by default the middle
    slice of the series with most pictures among the valid studies. Withdrawn studies stand last."""
    valid = {material.ref for material in reading.materials}
    studies = studies_of_request(by=by, request_id=reading.request.pk)
    withdrawn = frozenset(one.uid for one in studies if one.pk not in valid)
    films = sorted(film(by=by, studies=studies), key=lambda one: one.study_uid in withdrawn)
    shown = Viewing(
        sorted(studies, key=lambda one: one.uid in withdrawn),
        films,
        None,
        0,
        _may_take_back(by, studies),
        withdrawn,
    )
    named = next((one for one in films if one.uid == chosen.get("series")), None)
    fresh = [one for one in films if one.study_uid not in withdrawn]
    current = named or max(fresh or films, key=lambda one: one.count, default=None)
    if current is None:
        return shown
    wanted = chosen.get("image", "")
    number = (
        int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 7 else current.count // 2 + 1
    )
    return replace(shown, film=current, slice=min(max(1, number), current.count))


def _may_take_back(by: Actor, studies: Sequence[Study]) -> frozenset[UUID]:
    if not studies or not STUDY.allows(by, "take_back"):
        return frozenset()
    rows = STUDY.rows(by, "take_back").filter(pk__in=[one.pk for one in studies])
    return frozenset(rows.values_list("pk", flat=True))
