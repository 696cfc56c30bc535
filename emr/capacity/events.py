"""What capacity announces."""

from dataclasses import dataclass

from kernel import outbox


@dataclass(frozen=True)
class BedUsed(outbox.Event):
    """The use of a bed changed: held, occupied, cleaning, blocked, or free."""

    topic = "emr.bed_used"

    bed_id: str
    use: str
    source: str

    @property
    def stream(self) -> str:
        return f"bed:{self.bed_id}"


@dataclass(frozen=True)
class PoolUsed(outbox.Event):
    """The use of one number of a pool changed, or the pool was told anew (`use` "told")."""

    topic = "emr.pool_used"

    pool_id: str
    use: str
    source: str

    @property
    def stream(self) -> str:
        return f"pool:{self.pool_id}"
