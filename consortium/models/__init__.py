"""Tables of consortium, split by noun."""

from consortium.models.changes import Change, Narrowing
from consortium.models.clients import ApiClient, ApplicationEntity
from consortium.models.credentials import (
    KeptForm,
    PastPassword,
    RecoveryCode,
    StaffSession,
    Throttle,
    TotpDevice,
)
from consortium.models.notices import Notification, NotificationRecipient
from consortium.models.organisation import Bed, Department, Organisation, OrganisationIdentifier
from consortium.models.staff import DutyShift, Post, Staff

__all__ = [
    "ApiClient",
    "ApplicationEntity",
    "Bed",
    "Change",
    "Department",
    "DutyShift",
    "KeptForm",
    "Narrowing",
    "Notification",
    "NotificationRecipient",
    "Organisation",
    "OrganisationIdentifier",
    "PastPassword",
    "Post",
    "RecoveryCode",
    "Staff",
    "StaffSession",
    "Throttle",
    "TotpDevice",
]
