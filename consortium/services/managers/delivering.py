"""A message between rooms that failed is delivered now, not after its wait: the cause was mended."""

from functools import partial

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from consortium.policies import DELIVERY
from kernel import audit, clock, wake
from kernel.actor import Actor
from kernel.errors import Conflict
from kernel.models import OutboxDelivery


@transaction.atomic
def try_again(*, by: Actor, delivery_id: int | None = None) -> int:
    """Make one failed delivery due now, or every one of them; answers how many. Its failures stay counted.

    Raises Conflict ("not_waiting") when none is left: it was delivered meanwhile, or a worker has it in hand.
    """
    failed = DELIVERY.rows(by, "retry").filter(done_at__isnull=True, attempts__gt=0)
    if delivery_id is not None:
        failed = failed.filter(pk=delivery_id)
    # What a worker has in hand is being tried already.
    pks = list(failed.select_for_update(skip_locked=True).order_by("pk").values_list("pk", flat=True))
    if not pks:
        raise Conflict(_("This was delivered meanwhile, or is being tried right now."), code="not_waiting")
    OutboxDelivery.objects.filter(pk__in=pks).update(due_at=clock.now())
    audit.record(by=by, action="consortium.delivery_tried_again", detail={"count": len(pks)})
    transaction.on_commit(partial(wake.up), robust=True)
    return len(pks)
