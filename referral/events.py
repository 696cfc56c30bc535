"""What referral announces: ids only."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class LegMoved(Event):
    """A leg took a step; the legs of one referral stay in order."""

    topic: ClassVar[str] = "referral.moved"
    referral_id: str
    event: str
    status: str
    version: int

    @property
    def stream(self) -> str:
        return f"referral:{self.referral_id}"


@dataclass(frozen=True)
class LegTold(Event):
    """Something happened to a leg beside the table (`what`: Aside); in order with its steps."""

    topic: ClassVar[str] = "referral.told"
    referral_id: str
    what: str
    version: int

    @property
    def stream(self) -> str:
        return f"referral:{self.referral_id}"


@dataclass(frozen=True)
class LegTalked(Event):
    """Somebody has said something about a leg."""

    topic: ClassVar[str] = "referral.talked"
    comment_id: str
    referral_id: str

    @property
    def stream(self) -> str:
        return f"referral:{self.referral_id}"
