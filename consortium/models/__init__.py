"""Tables of consortium, split by noun."""

from consortium.models.calendar import CalendarDay, WorkingHours
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
from consortium.models.keys import Certificate, KnownDevice, Passkey
from consortium.models.notices import Notification, NotificationRecipient
from consortium.models.organisation import Bed, Department, Organisation, OrganisationIdentifier
from consortium.models.staff import DutyShift, Post, Staff
from consortium.models.texts import TextMessage

__all__ = [
    "ApiClient",
    "ApplicationEntity",
    "Bed",
    "CalendarDay",
    "Certificate",
    "Change",
    "Department",
    "DutyShift",
    "KeptForm",
    "KnownDevice",
    "Narrowing",
    "Notification",
    "NotificationRecipient",
    "Organisation",
    "OrganisationIdentifier",
    "Passkey",
    "PastPassword",
    "Post",
    "RecoveryCode",
    "Staff",
    "StaffSession",
    "TextMessage",
    "Throttle",
    "TotpDevice",
    "WorkingHours",
]
