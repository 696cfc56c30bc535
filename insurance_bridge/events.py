"""What the insurance desk announces: ids only."""

from dataclasses import dataclass
from typing import ClassVar

from kernel.outbox import Event


@dataclass(frozen=True)
class SettlementEvent(Event):
    """Something happened to one settlement; events of one settlement stay in order."""

    settlement_id: str

    @property
    def stream(self) -> str:
        return f"settlement:{self.settlement_id}"


@dataclass(frozen=True)
class SettlementPosted(SettlementEvent):
    topic: ClassVar[str] = "insurance.settled"


@dataclass(frozen=True)
class SettlementCancelled(SettlementEvent):
    topic: ClassVar[str] = "insurance.cancelled"


@dataclass(frozen=True)
class DayClosed(Event):
    topic: ClassVar[str] = "insurance.day_closed"
    day_id: str

    @property
    def stream(self) -> str:
        return f"day:{self.day_id}"
