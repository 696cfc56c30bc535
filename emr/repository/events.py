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


@dataclass(frozen=True)
class ResourceRelabelled(outbox.Event):
    """A stored resource and its past have a higher label now: who keeps rows or files of it raises theirs."""

    topic = "emr.resource_relabelled"

    kind: str
    id: str
    label: int

    @property
    def stream(self) -> str:
        return f"{self.kind}/{self.id}"
