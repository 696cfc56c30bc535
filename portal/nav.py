"""Where each post can go: the rail, the home, the side of the home. Paths are the house's map (PORTAL.md 1.3)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from consortium.choices import MANAGERS, TREATING, Role
from diagnostics.choices import Group
from kernel.errors import Text
from kernel.work import Work


@dataclass(frozen=True, slots=True)
class Entry:
    """One place on the rail. `go` is the letter after G; `counts` names the tiles whose numbers it carries; `also`: a
    pattern of pages under other addresses that belong to it, where no entry of their own stands beside."""

    url: str
    label: Text
    icon: str
    go: str = ""
    counts: tuple[str, ...] = ()
    also: str = ""
    current: bool = False
    count: int = 0
    due: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a home that another app draws: fetched after the page stands."""

    key: str
    title: Text
    url: str


@dataclass(frozen=True, slots=True)
class Button:
    """What a post starts from its home. The first one is filled unless it is `quiet`: nothing of everyday."""

    url: str
    text: Text
    icon: str
    key: str = ""
    quiet: bool = False


HOME = Entry("/", pgettext_lazy("rail", "Home"), "home", "H", ("*",))
PATIENTS = Entry(
    "/patients/", pgettext_lazy("rail", "Patients"), "users", "P", also="/(encounters|contracts|search)/"
)
REFERRALS = Entry("/referrals/", pgettext_lazy("rail", "Referrals"), "arrows-exchange", "R", ("referral",))
ORDERS = Entry(
    "/orders/", pgettext_lazy("rail", "Exams"), "report-medical", "E", ("diagnostics",),
    also="/(reports|imaging|ecg)/",
)  # fmt: skip
FOLLOWUPS = Entry(
    "/referrals/followups/", pgettext_lazy("rail", "Visits"), "calendar-heart", "F", ("followups",),
    also="/drugs/",
)  # fmt: skip
STATISTICS = Entry("/referrals/stats/", pgettext_lazy("rail", "Figures"), "chart-bar", "S")
COUNTED_LEGS = Entry("/indicators/referrals/", pgettext_lazy("rail", "Referrals"), "arrows-exchange", "R")
COUNTED_EXAMS = Entry("/indicators/exams/", pgettext_lazy("rail", "Exams"), "report-medical", "E")
COUNTED_MONEY = Entry("/indicators/money/", pgettext_lazy("rail", "Money"), "receipt-yuan", "M")
TRIAGE = Entry("/referrals/triage/", pgettext_lazy("rail", "Triage"), "inbox", "H", ("referral",))
ALL_LEGS = Entry("/referrals/", pgettext_lazy("rail", "Referrals"), "arrows-exchange", "R")
BEDS = Entry("/referrals/beds/", pgettext_lazy("rail", "Beds"), "bed", "B")
ARRIVALS = Entry("/referrals/arrivals/", pgettext_lazy("rail", "Arrivals"), "door-enter", "A", ("arrivals",))
OUTSIDE = Entry(
    "/referrals/outside/", pgettext_lazy("rail", "Outside"), "phone", "O",
    also=r"/referrals/(messages/|[0-9a-f-]{36}/telephoned/)",
)  # fmt: skip
LEDGER = Entry("/referrals/register/", pgettext_lazy("rail", "Register"), "file-text", "T")
RELATIONS = Entry("/referrals/relations/", pgettext_lazy("rail", "Relations"), "link", "L")
IMAGING = Entry("/imaging/", pgettext_lazy("rail", "Images"), "photo-scan", "I", ("imaging",))
ECG = Entry("/ecg/", pgettext_lazy("rail", "ECG"), "heartbeat", "E", ("ecg_open",))
CRITICALS = Entry("/critical/", pgettext_lazy("rail", "Critical"), "urgent", "C", ("criticals",))
UNMATCHED = Entry("/imaging/unmatched/", pgettext_lazy("rail", "Unmatched"), "user-question", "M")
UPLOAD = Entry("/ecg/upload/", pgettext_lazy("rail", "Upload"), "upload", "U")
DAYS = Entry(
    "/insurance/days/", pgettext_lazy("rail", "Day close"), "receipt-yuan", "D", ("insurance-cases",)
)
SETTLE = Entry("/insurance/", pgettext_lazy("rail", "Settle"), "file-dollar", "S", ("insurance-pay",))
SHIFT = Entry("/insurance/shift/", pgettext_lazy("rail", "Shift close"), "clock", "C")
REVIEWS = Entry("/break-glass/", pgettext_lazy("rail", "Reviews"), "lock-open", "B", ("break_glass",))
REQUESTS = Entry("/requests/", pgettext_lazy("rail", "Requests"), "inbox", "Q", ("person_requests",))
IDENTITY = Entry("/identity/", pgettext_lazy("rail", "Who is who"), "git-merge", "W")
OPS = Entry("/ops/", pgettext_lazy("rail", "Running"), "activity", "O", ("consortium",))
PLACES = Entry(
    "/ops/places/", pgettext_lazy("rail", "Places"), "building-hospital", "I",
    also="/ops/(departments|beds|devices)/",
)  # fmt: skip
SECURITY = Entry("/security/", pgettext_lazy("rail", "Security"), "shield-lock", "S", ("consortium",))
ALARMS = Entry("/security/alarms/", pgettext_lazy("rail", "Alarms"), "bell-ringing", "M", ("consortium",))
GLASS = Entry("/security/breakglass/", pgettext_lazy("rail", "Break-glass"), "lock-open", "B")
LABELS = Entry("/security/labels/", pgettext_lazy("rail", "Labels"), "tags", "L")
AUDIT = Entry("/audit/", pgettext_lazy("rail", "Audit"), "shield-check", "A", ("consortium",))

CENTRES: Final[Mapping[str, Entry]] = {Group.ECG: ECG, Group.IMAGING: IMAGING}
BRANCH = (HOME, PATIENTS, REFERRALS, ORDERS, FOLLOWUPS, STATISTICS)
READING = (HOME, IMAGING, ECG, CRITICALS, PATIENTS)
FIGURES = (HOME, COUNTED_LEGS, COUNTED_EXAMS, COUNTED_MONEY, STATISTICS)

RAILS: Final[Mapping[str, Sequence[Entry]]] = {
    Role.BRANCH_DOCTOR: BRANCH,
    Role.BRANCH_REVIEWER: BRANCH,
    Role.COORDINATOR: (TRIAGE, BEDS, ARRIVALS, PATIENTS, ALL_LEGS, OUTSIDE, LEDGER, STATISTICS),
    Role.SPECIALIST: (HOME, PATIENTS, REFERRALS, ORDERS, STATISTICS),
    Role.READER: READING,
    Role.REVIEWING_READER: READING,
    Role.TECHNOLOGIST: (HOME, ORDERS, IMAGING, ECG, UPLOAD, UNMATCHED),
    Role.BED_DESK: (HOME, BEDS, ARRIVALS, REFERRALS),
    Role.RECEPTION: (HOME, ARRIVALS, BEDS, PATIENTS),
    Role.MEDICAL_AFFAIRS: (HOME, REVIEWS, REQUESTS, REFERRALS, LEDGER, STATISTICS, PATIENTS, IDENTITY),
    Role.INSURANCE_CLERK: (HOME, DAYS, SETTLE, PATIENTS),
    Role.CASHIER: (HOME, SETTLE, SHIFT, PATIENTS),
    Role.WELFARE_OFFICER: (HOME, PATIENTS),
    Role.STATISTICIAN: FIGURES,
    Role.LEADER: FIGURES,
    Role.SYSTEM_MANAGER: (OPS, PLACES),
    Role.SECURITY_MANAGER: (SECURITY, GLASS, LABELS, ALARMS),
    Role.AUDIT_MANAGER: (AUDIT,),
}
"""The first five stand in the bar of the phone."""

HERE_TODAY: Final = _("Here today")
HERE: Final = _("My institution")
ELSEWHERE: Final = _("Elsewhere in the county")

HOMES: Final[Mapping[str, str]] = {
    Role.SYSTEM_MANAGER: "/ops/",
    Role.SECURITY_MANAGER: "/security/",
    Role.AUDIT_MANAGER: "/audit/",
    Role.COORDINATOR: "/referrals/triage/",
}
"""Posts whose home is a page of its own."""

OPEN_TO: Final[Mapping[str, Sequence[str]]] = {
    "referral:new": (Role.BRANCH_DOCTOR, Role.SPECIALIST),
    "referral:patient_panel": (
        *TREATING, Role.COORDINATOR, Role.BED_DESK, Role.RECEPTION, Role.MEDICAL_AFFAIRS,
    ),
    "emr:prescribe": TREATING,
    "emr:prescription": (*TREATING, Role.COORDINATOR, Role.INSURANCE_CLERK),
    "emr:prescriptions": (*TREATING, Role.COORDINATOR, Role.INSURANCE_CLERK),
    "diagnostics:order_new": TREATING,
    "diagnostics:patient_panel": (
        *TREATING, Role.COORDINATOR, Role.TECHNOLOGIST, Role.READER, Role.REVIEWING_READER,
    ),
    "diagnostics:report": (
        *TREATING, Role.COORDINATOR, Role.TECHNOLOGIST, Role.READER, Role.REVIEWING_READER,
    ),
}  # fmt: skip
"""What the pages of one patient offer, and to whom. The policies decide; a walk of every post over every link shows
that this list never promises more."""

OFFICE_POSTS: Final = (Role.LEADER, Role.STATISTICIAN, Role.MEDICAL_AFFAIRS)
"""Posts that keep the relations when they stand at the consortium office."""
COUNTING: Final = (Role.LEADER, Role.STATISTICIAN)
"""Posts whose home is the county in numbers."""

NO_SEARCH: Final = frozenset({*MANAGERS, *COUNTING})
"""Posts that see counts and places, never a patient."""


REGISTER = Button("/patients/new/", _("Register a patient"), "user-plus", "N")
DIRECTORY = Button("/referrals/directory/", _("Where to refer"), "building-hospital", "D")
REFER = Button("/referrals/new/", _("Refer up"), "arrow-up-right", "U")
READ_IMAGES = Button("/imaging/", _("Read images"), "photo-scan", "I")
READ_ECG = Button("/ecg/", _("Read ECGs"), "heartbeat", "C")
UPLOAD_ECG = Button("/ecg/upload/", _("Upload an ECG"), "upload", "U")

CALENDAR = Button("/calendar/", _("Working hours and public holidays"), "calendar", "C", quiet=True)

BUTTONS: Final[Mapping[str, tuple[Button, ...]]] = {
    Role.BRANCH_DOCTOR: (REGISTER, REFER, DIRECTORY),
    Role.BRANCH_REVIEWER: (REGISTER,),
    Role.SPECIALIST: (REGISTER,),
    Role.RECEPTION: (REGISTER,),
    Role.TECHNOLOGIST: (UPLOAD_ECG,),
    Role.READER: (READ_IMAGES, READ_ECG),
    Role.REVIEWING_READER: (READ_IMAGES, READ_ECG),
    Role.MEDICAL_AFFAIRS: (CALENDAR,),
    Role.CASHIER: (Button("/insurance/", _("Settle"), "file-dollar", "S"),),
    Role.INSURANCE_CLERK: (Button("/insurance/days/", _("Close the day"), "receipt-yuan", "D"),),
}

OFFICE_BUTTONS: Final = (
    Button("/referrals/relations/", _("Who refers to whom"), "link", "L"),
    Button("/referrals/criteria/", pgettext_lazy("referral", "Referral criteria"), "checkup-list", "C"),
)
"""What the consortium office starts from its home."""

ON_THE_WAY = Panel("onway", _("Where my patients are"), "/home/referrals/")
RECENT = Panel("recent", _("Recently seen patients"), "/home/patients/")
FREE_BEDS = Panel("beds", _("Free beds at the head hospital"), "/home/beds/")

PANELS: Final[Mapping[str, tuple[Panel, ...]]] = {
    Role.BRANCH_DOCTOR: (ON_THE_WAY, RECENT, FREE_BEDS),
    Role.BRANCH_REVIEWER: (ON_THE_WAY, RECENT, FREE_BEDS),
    Role.SPECIALIST: (ON_THE_WAY, RECENT, FREE_BEDS),
    Role.RECEPTION: (FREE_BEDS,),
    Role.BED_DESK: (FREE_BEDS,),
}
"""What other apps draw beside the queue."""


def closed(roles: Iterable[str]) -> frozenset[str]:
    """Names of addresses that a patient's pages do not offer to this post."""
    held = set(roles)
    return frozenset(name for name, open_to in OPEN_TO.items() if held.isdisjoint(open_to))


def panels(roles: Iterable[str]) -> tuple[Panel, ...]:
    """The side of a post's home."""
    return tuple(panel for role in roles for panel in PANELS.get(role, ()))


def buttons(roles: Iterable[str], centres: Iterable[Group], *, office: bool = False) -> tuple[Button, ...]:
    """What a post starts from its home; a reader, only in the centres she reads for; `office`: the consortium's."""
    open_ = {CENTRES[group].url for group in centres}
    listed = [button for role in roles for button in BUTTONS.get(role, ())]
    listed += OFFICE_BUTTONS if office else ()
    return tuple(one for one in listed if one not in (READ_IMAGES, READ_ECG) or one.url in open_)


def entries(
    roles: Iterable[str],
    path: str,
    counts: Mapping[str, tuple[int, bool]],
    centres: Iterable[Group] = tuple(Group),
    *,
    office: bool = False,
) -> list[Entry]:
    """The rail of a post on the page at `path`, with what waits at each place. `centres`: those a reader reads for;
    `office`: the post stands at the consortium office, which keeps the relations."""
    shut = {CENTRES[group].url for group in Group} - {CENTRES[group].url for group in centres}
    whole = [
        *next((RAILS[role] for role in roles if role in RAILS), (HOME,)),
        *([RELATIONS] if office else []),
    ]
    rail = [one for one in whole if one.url not in shut]
    here = max(rail, key=lambda one: _reach(one, path), default=None)
    current = here.url if here is not None and any(_reach(here, path)) else ""
    return [_at(one, current, counts) for one in rail]


def _reach(entry: Entry, path: str) -> tuple[int, int]:
    """How much of the path is this entry's own, or belongs to it as well; the longest wins, at a tie its own. The home
    is one page only."""
    own = path.startswith(entry.url) and (entry.url != HOME.url or path == HOME.url)
    also = re.match(entry.also, path) if entry.also else None
    return max((len(entry.url), 1) if own else (0, 0), (also.end(), 0) if also else (0, 0))


def _at(entry: Entry, here: str, counts: Mapping[str, tuple[int, bool]]) -> Entry:
    told = [counts[name] for name in entry.counts if name in counts]
    return replace(
        entry,
        current=entry.url == here,
        count=sum(number for number, _late in told),
        due=any(late for _n, late in told),
    )


def tally(work: Mapping[str, Work]) -> dict[str, tuple[int, bool]]:
    """What the rail shows: how much waits per app and per tile, and whether something is late."""
    told: dict[str, tuple[int, bool]] = {}
    for app, part in work.items():
        told[app] = (len(part.waiting), any(count.late for count in part.counts))
        told |= {count.key: (count.number, count.late > 0) for count in part.counts}
    waiting = sum(len(part.waiting) for part in work.values())
    told["*"] = (waiting, any(count.late for part in work.values() for count in part.counts))
    return told
