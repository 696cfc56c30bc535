"""What consortium holds about persons. The words are explained in kernel.privacy."""

from typing import Final

from kernel.privacy import Category, Held, Kept, Personal, Plain, Purpose, Retention

_STAFF = (Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.EMPLOYED)
_LET_IN = (Category.ATTRIBUTES, Purpose.SIGN_IN, Retention.EMPLOYED)

PERSONAL: Final[Personal] = {
    "Staff": (
        Held("name username pinyin initials licence_number", 2, *_STAFF),
        Held("id_number_sealed phone_sealed", 4, *_STAFF, Kept.SEALED),
        Held("id_number_index", 4, *_STAFF, Kept.KEYED),
        Held("password", 4, *_LET_IN, Kept.HASHED),
    ),
    "PastPassword": (Held("password", 4, *_LET_IN, Kept.HASHED),),
    "TotpDevice": (Held("secret_sealed", 4, *_LET_IN, Kept.SEALED),),
    "RecoveryCode": (Held("code_hash", 4, *_LET_IN, Kept.HASHED),),
    "KnownDevice": (
        Held("mark", 2, *_LET_IN, Kept.KEYED),
        Held("agent", 2, Category.ATTRIBUTES, Purpose.SIGN_IN, Retention.EMPLOYED),
    ),
    "Passkey": (Held("name credential public_key transports", 2, *_LET_IN),),
    "Certificate": (Held("fingerprint subject serial bound_by revoked_by", 2, *_LET_IN),),
    "StaffSession": (
        Held("address agent browser", 2, Category.ATTRIBUTES, Purpose.ACCOUNT, Retention.AUDIT),
    ),
    "Throttle": (Held("index", 2, Category.ATTRIBUTES, Purpose.SIGN_IN, Retention.SHORT, Kept.KEYED),),
    "KeptForm": (Held("sealed", 4, Category.CARE, Purpose.TREAT, Retention.SHORT, Kept.SEALED),),
    "Notification": (Held("title body said", 3, Category.CARE, Purpose.TREAT, Retention.SHORT),),
    "TextMessage": (
        Held("telephone_sealed", 4, Category.ATTRIBUTES, Purpose.REACH, Retention.SHORT, Kept.SEALED),
        Held("telephone_key", 4, Category.ATTRIBUTES, Purpose.REACH, Retention.SHORT, Kept.KEYED),
        Held("values", 3, Category.CARE, Purpose.TREAT, Retention.SHORT),
    ),
    "Change": (Held("payload reason answer paper", 2, *_STAFF),),
    "Narrowing": (Held("given_by ended_by period", 2, *_STAFF),),
    "Post": (Held("given_by ended_by period", 2, *_STAFF),),
    "DutyShift": (Held("telephone", 2, Category.RESOURCES, Purpose.REACH, Retention.EMPLOYED),),
}
PLAIN: Final[Plain] = {
    "Narrowing": "action model",
    "ApiClient": "client_id name secret_hash signing_key_sealed scopes",
    "ApplicationEntity": "title name host",
    "Change": "kind",
    "KeptForm": "path",
    "Notification": "key url made_by",
    "TextMessage": "key template answer problem",
    "Organisation": "name short_name pinyin region_code address telephone closes_date",
    "OrganisationIdentifier": "value period",
    "Department": "code name specialty telephone services closes_date",
    "Bed": "code room",
    "CalendarDay": "name day_date",
    "WorkingHours": "week",
}
