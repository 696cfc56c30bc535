"""Sealed columns of consortium: what they are sealed as, and to whom."""

from typing import Final

from kernel.resealing import Column

COLUMNS: Final = (
    Column("consortium_staff", "id_number_sealed", "consortium_staff.id_number"),
    Column("consortium_staff", "phone_sealed", "consortium_staff.phone"),
    Column("consortium_totpdevice", "secret_sealed", "consortium_totp.secret", "staff_id::text"),
    Column("consortium_apiclient", "signing_key_sealed", "consortium_apiclient.signing_key"),
    Column("consortium_textmessage", "telephone_sealed", "consortium_textmessage.telephone"),
    Column("consortium_keptform", "sealed", "consortium_keptform.sealed"),
)
