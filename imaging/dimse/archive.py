"""Who may come in by DICOM, and where the bytes of a data set go until they are filed."""

import logging
import os
from dataclasses import replace
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, close_old_connections

from consortium import selectors as consortium
from consortium.choices import APPLICATION_ENTITY
from imaging.choices import Fault, Way
from imaging.dimse.committer import Committer, Settler
from imaging.engine import dimse, part10, pdu
from imaging.engine.association import Sink
from imaging.services import Arrival, Outcome
from imaging.services.arrivals import examine
from kernel import audit, ids, labels
from kernel.actor import Actor, Kind
from kernel.errors import DomainError

logger = logging.getLogger(__name__)

ANSWERS: Final = {
    Fault.UNREADABLE: dimse.Answer(dimse.CANNOT_UNDERSTAND, "cannot be read as DICOM"),
    Fault.IDENTIFIERS_DIFFER: dimse.Answer(
        dimse.CLASS_MISMATCH, "SOP class or instance UID is not the one announced"
    ),
    Fault.DUPLICATE: dimse.Answer(
        dimse.DUPLICATE, "another object has this SOP instance UID", (dimse.SOP_INSTANCE,)
    ),
    Fault.OTHER_PLACE: dimse.Answer(
        dimse.CANNOT_UNDERSTAND + 1, "its study came from another institution", (dimse.STUDY,)
    ),
    Fault.OTHER_PATIENT: dimse.Answer(
        dimse.CANNOT_UNDERSTAND + 2, "its study belongs to another patient", (dimse.STUDY, dimse.PATIENT)
    ),
}
"""What a sender hears about an object that was put aside: never success, for it is not under its identifier."""


def refusal(fault: Fault, arrival: Arrival) -> dimse.Answer:
    """The answer to a fault; where the header was at fault, with what the reader of it found."""
    answer = replace(ANSWERS[fault], offending=ANSWERS[fault].offending or arrival.offending)
    return replace(answer, comment=arrival.detail) if fault is Fault.UNREADABLE and arrival.detail else answer


def entity_actor(title: str, address: str) -> Actor | None:
    """The actor of a calling AE title; None for a stranger. Strangers may be let in as the head hospital's."""
    close_old_connections()
    entity = consortium.entity(title)
    if entity is None and not settings.DICOM_ACCEPT_STRANGERS:
        return None
    stores = entity is None or entity.stores
    place = entity.organisation_id if entity else consortium.head_hospital().pk
    return Actor(
        kind=Kind.AE,
        name=f"ae:{title}",
        id=entity.pk if entity else None,
        display=entity.name if entity else title,
        organisation=place,
        organisations=frozenset({place}),
        roles=frozenset({APPLICATION_ENTITY}) if stores else frozenset(),
        clearance=labels.CARE,
        address=address,
    )


class Archive:
    """Behind one association. `Committer` and `Settler` are shared by all."""

    def __init__(self, address: str, *, folder: Path, committer: Committer, settler: Settler) -> None:
        self.address, self.folder = address, folder
        self.committer, self.settler = committer, settler
        self.by: Actor | None = None
        self.calling = ""
        self.studies: set[UUID] = set()

    @property
    def stores(self) -> bool:
        """Whether the caller's images are taken; some devices may test the connection only (PS3.7 annex C, 0124H)."""
        return self.by is not None and self.by.has(APPLICATION_ENTITY)

    def admit(self, proposal: pdu.Proposal) -> pdu.Rejection | None:
        """Reject another's title, a stranger, and everybody while the tables cannot be asked."""
        if proposal.called != settings.DICOM_AE_TITLE:
            return pdu.UNKNOWN_CALLED
        try:
            self.by, self.calling = entity_actor(proposal.calling, self.address), proposal.calling
            if self.by is None:
                self._turned_away()
        except (DatabaseError, DomainError):
            logger.exception("association of %s refused for now", proposal.calling)
            return pdu.TOO_MANY
        finally:
            close_old_connections()
        return pdu.UNKNOWN_CALLER if self.by is None else None

    def _turned_away(self) -> None:
        """A stranger's knock is on record, with the title it gave itself."""
        logger.warning("association of unknown AE %r from %s refused", self.calling, self.address)
        stranger = Actor(kind=Kind.AE, name="unknown", address=self.address)
        audit.record_refusal(
            by=stranger, action="imaging.association_refused", detail={"calling": self.calling}
        )

    def begin(self, *, sop_class: str, sop_uid: str, transfer_syntax: str) -> Sink:
        head = part10.head(
            sop_class=sop_class, sop_uid=sop_uid, transfer_syntax=transfer_syntax, source=self.calling
        )
        return Spool(self, head, sop_class, sop_uid)

    def filed(self, arrival: Arrival) -> Outcome:
        """Wait until the arrival is safe; remember its study for the end of the association."""
        if self.by is None:
            raise RuntimeError("nothing is filed for a caller who was not admitted")
        outcome = self.committer.file(self.by, arrival)
        if outcome.study_id is not None:
            self.studies.add(outcome.study_id)
        return outcome

    def end(self) -> None:
        self.settler.settle(self.studies)


class Spool:
    """One data set on its way to disk."""

    def __init__(self, archive: Archive, head: bytes, sop_class: str, sop_uid: str) -> None:
        self.archive, self.sop_class, self.sop_uid = archive, sop_class, sop_uid
        self.path = archive.folder / f"{ids.uuid7()}.part"
        self.file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self.left = settings.DICOM_MAX_BYTES
        self.write(memoryview(head))

    def write(self, data: memoryview, /) -> None:
        """Append. Raises OSError when the disk is full, TooLarge for an object longer than this door takes."""
        self.left -= len(data)
        if self.left < 0:
            raise dimse.TooLarge("the object is larger than this door takes")
        while data:
            data = data[os.write(self.file, data) :]

    def finish(self) -> dimse.Answer:
        """File what was spooled; the answer to the sender. Success means: no killed process can lose it."""
        try:
            os.close(self.file)
            self.file = -1
            if not self.archive.stores:
                return dimse.NOT_ALLOWED
            arrival = examine(
                self.path,
                way=Way.STORE,
                source=self.archive.calling,
                sop_class=self.sop_class,
                sop_uid=self.sop_uid,
            )
            outcome = self.archive.filed(arrival)
        except (OSError, DatabaseError, DomainError):
            logger.exception("object %s not stored; the sender is told to send it again", self.sop_uid)
            return dimse.NOT_NOW
        finally:
            self.path.unlink(missing_ok=True)
        return dimse.DONE if outcome.fault is None else refusal(outcome.fault, arrival)

    def discard(self) -> None:
        if self.file >= 0:
            os.close(self.file)
        self.path.unlink(missing_ok=True)
