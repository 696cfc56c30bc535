"""A verb ordered twice with one key happens once."""

from uuid import UUID

from kernel import clock
from kernel.actor import Actor
from kernel.database import prepared

FIRST = """
INSERT INTO kernel_idempotencykey (actor, verb, key, subject, used_at) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (actor, verb, key) DO NOTHING RETURNING id
"""
EARLIER = "SELECT subject FROM kernel_idempotencykey WHERE actor = %s AND verb = %s AND key = %s"


def first(*, by: Actor, verb: str, key: str, subject: UUID) -> UUID | None:
    """None when this actor orders `verb` with `key` for the first time, else the subject of the first time.

    Runs in the verb's transaction: a second order waits until the first has committed or rolled back, and
    a verb that fails leaves its key free. An empty `key` asks for no protection.
    """
    if not key:
        return None
    place = [str(by.id or by.name), verb, key]
    with prepared.cursor() as cursor:
        cursor.execute(FIRST, [*place, subject, clock.now()])
        if cursor.fetchone():
            return None
        cursor.execute(EARLIER, place)
        found: tuple[UUID] = cursor.fetchone()
    return found[0]
