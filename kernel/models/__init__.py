"""Tables of the floor, split by noun."""

from kernel.models.alarm import Alarm, AlarmRule
from kernel.models.audit import AuditCheck, AuditClosing, AuditEntry, AuditLane, AuditReport
from kernel.models.file import StoredFile
from kernel.models.idempotency import IdempotencyKey
from kernel.models.outbox import OutboxDelivery, OutboxEvent
from kernel.models.paper import PaperSeal

__all__ = [
    "Alarm",
    "AlarmRule",
    "AuditCheck",
    "AuditClosing",
    "AuditEntry",
    "AuditLane",
    "AuditReport",
    "IdempotencyKey",
    "OutboxDelivery",
    "OutboxEvent",
    "PaperSeal",
    "StoredFile",
]
