"""Institutions, departments, beds and devices as the system manager keeps them, closed ones too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from consortium.anchors import Place, hanging
from consortium.choices import OrganisationKind, Specialty
from consortium.models import ApplicationEntity, Bed, Department, Organisation, OrganisationIdentifier, Post
from consortium.policies import BED, DEPARTMENT, ENTITY, ORGANISATION
from kernel import clock
from kernel.actor import Actor
from kernel.errors import Text

FOLDED: Final = 80
"""From so many institutions on village clinics are shown under the branch that was opened, or found by a search."""
HERE: Final = Q(departments__active=True)


@dataclass(slots=True)
class Node:
    """An institution in the tree, with the codes it bears today; `shown`: those below it that the page lists, `below`:
    how many there are."""

    place: Organisation
    codes: list[OrganisationIdentifier] = field(default_factory=list)
    shown: list["Node"] = field(default_factory=list)
    below: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Institutions of a kind that nothing listed stands above."""

    label: Text
    nodes: list[Node]


@dataclass(frozen=True, slots=True)
class Tree:
    """The directory. `number`: institutions that match; `folded`: village clinics open branch by branch."""

    groups: list[Group]
    number: int
    folded: bool


GROUPS: Final = (
    (_("County"), (OrganisationKind.COUNTY_BUREAU, OrganisationKind.CONSORTIUM_OFFICE)),
    (_("Head hospital"), (OrganisationKind.HEAD_HOSPITAL,)),
    (_("Branches and village clinics"), (OrganisationKind.BRANCH, OrganisationKind.VILLAGE_CLINIC)),
    (_("Hospitals outside the county"), (OrganisationKind.OUTSIDE,)),
)


def place_tree(*, by: Actor, text: str = "", opened: str = "") -> Tree:
    """Every institution, closed ones too; `text` is looked for in names, pinyin, its initials and codes of any time.
    `opened`: id of the branch whose village clinics are listed where there are too many."""
    ORGANISATION.ask(by, "view")
    counted = ORGANISATION.rows(by, "view").annotate(rooms=Count("departments", filter=HERE))
    places = list(counted.order_by("sequence", "name", "pk"))
    codes: dict[UUID, list[OrganisationIdentifier]] = {}
    for code in OrganisationIdentifier.objects.order_by("system", "-period", "pk"):
        codes.setdefault(code.organisation_id, []).append(code)
    wanted = text.strip().lower()
    found = [one for one in places if _matches(one, codes.get(one.pk, []), wanted)]
    folded = not wanted and len(found) > FOLDED
    return Tree(_groups(found, codes, opened if folded else None), len(found), folded)


def _matches(place: Organisation, codes: Iterable[OrganisationIdentifier], wanted: str) -> bool:
    syllables = place.pinyin.split()
    initials = "".join(one[0] for one in syllables)
    names = (place.name.lower(), place.short_name.lower(), "".join(syllables), initials)
    return any(wanted in one for one in names) or any(wanted in one.value.lower() for one in codes)


def _groups(
    found: Sequence[Organisation], codes: dict[UUID, list[OrganisationIdentifier]], opened: str | None
) -> list[Group]:
    """The tree; with `opened` the village clinics of that branch alone, without it (None) all of them."""
    today = clock.today()
    nodes = {
        one.pk: Node(one, [code for code in codes.get(one.pk, []) if today in code.period]) for one in found
    }
    tops: list[Node] = []
    for node in nodes.values():
        place = node.place
        under = place.parent_id if place.kind == OrganisationKind.VILLAGE_CLINIC else None
        above = nodes.get(under) if under else None
        if above is None:
            tops.append(node)
            continue
        above.below += 1
        if opened is None or opened == str(above.place.pk):
            above.shown.append(node)
    listed = [Group(label, [one for one in tops if one.place.kind in kinds]) for label, kinds in GROUPS]
    return [group for group in listed if group.nodes]


@dataclass(frozen=True, slots=True)
class PlacePage:
    """One institution: its facts, its codes with their periods, its departments and devices."""

    place: Organisation
    codes: list[OrganisationIdentifier]
    departments: list[Department]
    devices: list[ApplicationEntity]
    today: date


def place_page(*, by: Actor, organisation_id: UUID) -> PlacePage:
    """One institution with everything that is in it. Raises OutOfReach (404) when there is none."""
    place = ORGANISATION.fetch(by, "view", organisation_id)
    open_beds = Count("beds", filter=Q(beds__active=True))
    rooms = DEPARTMENT.rows(by, "view").filter(organisation=place).annotate(open_beds=open_beds)
    devices = ENTITY.rows(by, "view").filter(organisation=place).select_related("department")
    codes = OrganisationIdentifier.objects.filter(organisation=place)
    return PlacePage(
        place,
        list(codes.order_by("system", "-period", "pk")),
        list(rooms.order_by("-active", "sequence", "code", "pk")),
        list(devices.order_by("-active", "title", "pk")),
        clock.today(),
    )


def kept_place(*, by: Actor, organisation_id: UUID) -> Organisation:
    """One institution to change. Raises OutOfReach (404) when there is none."""
    return ORGANISATION.fetch(by, "change", organisation_id)


def may_keep_places(*, by: Actor) -> None:
    """Raise Refused (403) unless the actor registers institutions: an empty form asks before it is shown."""
    ORGANISATION.ask(by, "register")


@dataclass(frozen=True, slots=True)
class DepartmentPage:
    """One department with its beds; `hangs`: why it cannot close yet, or stayed open on its day."""

    department: Department
    beds: list[Bed]
    hangs: list[Text]

    @property
    def specialty(self) -> Text:
        """What the department is for, in words."""
        return dict(Specialty.choices).get(self.department.specialty, self.department.specialty)

    @property
    def open_beds(self) -> int:
        return sum(bed.active for bed in self.beds)


def department_page(*, by: Actor, department_id: UUID) -> DepartmentPage:
    """One department and its beds, closed ones last. Raises OutOfReach (404) when there is none."""
    row = DEPARTMENT.fetch(by, "view", department_id)
    beds = BED.rows(by, "view").filter(department=row)
    hangs = hangs_on(row.pk, clock.today()) if row.active else []
    return DepartmentPage(row, list(beds.order_by("-active", "code", "pk")), hangs)


def hangs_on(department_id: UUID, day: date) -> list[Text]:
    """What keeps a department from closing on `day`, a sentence each: beds, devices, posts that run on that day or
    begin after it, and what other rooms name (`anchors`)."""
    beds = Bed.objects.filter(department=department_id, active=True).count()
    devices = ApplicationEntity.objects.filter(department=department_id, active=True).count()
    running = Q(period__endswith__isnull=True) | Q(period__endswith__gt=day)
    posts = Post.objects.filter(running, department=department_id).exclude(period__isempty=True)
    people = posts.values("staff").distinct().count()
    counted: list[tuple[int, Text]] = [
        (beds, ngettext_lazy("%(n)d bed is open.", "%(n)d beds are open.", "n")),
        (
            devices,
            ngettext_lazy("%(n)d DICOM device stands here.", "%(n)d DICOM devices stand here.", "n"),
        ),
        (
            people,
            ngettext_lazy(
                "%(n)d person holds a post here; a security manager ends it.",
                "%(n)d people hold posts here; a security manager ends them.",
                "n",
            ),
        ),
    ]
    own = [words % {"n": number} for number, words in counted if number]
    return [*own, *hanging(Place.DEPARTMENT, department_id)]


def kept_bed(*, by: Actor, bed_id: UUID) -> Bed:
    """One bed to change. Raises OutOfReach (404) when there is none."""
    return BED.fetch(by, "change", bed_id)


def kept_entity(*, by: Actor, entity_id: UUID) -> ApplicationEntity:
    """One device to change. Raises OutOfReach (404) when there is none."""
    return ENTITY.fetch(by, "change", entity_id)


def parent_choices() -> list[tuple[str, str]]:
    """What an institution may stand under: every open one that is no village clinic and not outside."""
    leaves = (OrganisationKind.VILLAGE_CLINIC, OrganisationKind.OUTSIDE)
    rows = (
        Organisation.objects.filter(active=True).exclude(kind__in=leaves).order_by("sequence", "name", "pk")
    )
    return [(str(one.pk), one.short_name) for one in rows]
