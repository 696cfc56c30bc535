"""What the repository announces: a resource has a new version. Ids only."""

from dataclasses import dataclass

from kernel import outbox


@dataclass(frozen=True)
class ResourceStored(outbox.Event):
    """A version was stored. `patient_id` is "" for what concerns no patient; `deleted` marks a tombstone."""

    topic = "emr.resource_stored"

    kind: str
    id: str
    patient_id: str = ""
    version: int = 1
    owner: str = ""
    deleted: bool = False

    @property
    def stream(self) -> str:
        return f"{self.kind}/{self.id}"
