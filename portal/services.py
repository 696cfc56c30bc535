"""The portal's one verb: a search is counted and recorded before it is answered."""

from django.db import transaction

from emr.index import services as index
from kernel.actor import Actor
from portal import selectors
from portal.selectors import Result


@transaction.atomic
def search(*, by: Actor, text: str) -> Result:
    """Find by whatever was typed: a patient, or the exam of an accession number. Nothing typed finds nothing.

    Recorded by the index without what was typed. Raises TooMany (429) beyond the quota, Refused (403).
    """
    if not text.strip():
        return Result()
    if address := selectors.numbered(by=by, text=text.strip()):
        return Result(only=address)
    return selectors.grouped(by=by, found=index.search(by=by, text=text))
