"""What a paper holds, before it is drawn or shown: page and PDF are made of the same `Sheet`."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """One labelled box; `share` of the row's width, `least` height in mm. `picture`: a PNG below the words."""

    label: str
    text: str
    share: float = 1.0
    least: float = 7.0
    picture: bytes = b""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its head, repeated on each page; `widths` in parts of the whole."""

    title: str
    head: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class Sign:
    """One signature: as what, who, which kind of key signed, when, and the code that checks it."""

    role: str
    name: str
    kind: str
    at: str = ""
    code: str = ""

    @property
    def words(self) -> str:
        return "\n".join(
            part for part in (f"{self.role}：{self.name}", self.kind, self.at, self.code) if part
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form. `address` leads to the page that verifies it, empty without a seal; `stub` is cut off below."""

    title: str
    number: str
    heading: str
    address: str
    rows: Sequence[Sequence[Box]]
    signs: Sequence[Sign]
    notes: Sequence[str]
    stub_title: str
    stub: Sequence[Sequence[Box]]
    foot: str
    identity: str
    missing: str
    """Words before the characters the font lacks."""
    grids: Sequence[Grid] = ()
    size: str = "A4"
    """Name of the page's size, A4 or A5."""

    @property
    def texts(self) -> list[str]:
        """Every word of the form, label and content, in order: page and PDF both say all of them."""
        boxes = [word for row in [*self.rows, *self.stub] for box in row for word in (box.label, box.text)]
        grids = [
            word
            for grid in self.grids
            for word in (grid.title, *grid.head, *(cell for row in grid.rows for cell in row))
        ]
        signs = [
            word for sign in self.signs for word in (sign.role, sign.name, sign.kind, sign.at, sign.code)
        ]
        return [word for word in (self.title, self.number, *boxes, *grids, *signs, *self.notes) if word]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A register on A4 across: numbered rows under a head, who printed it below."""

    title: str
    under: str
    head: Sequence[str]
    widths: Sequence[float]
    rows: Sequence[Sequence[str]]
    foot: str
    notes: Sequence[str] = ()
