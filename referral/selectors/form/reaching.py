"""How people around a leg are reached: masked for its page, in clear for who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from kernel import crypto
from kernel.database import rows
from kernel.errors import Text
from referral.choices import Kinship
from referral.models import Reach, Referral

SEALED_AS: Final = "referral_reach.sealed"
MASK: Final = "****"


@dataclass(frozen=True, slots=True)
class Reached:
    """What the form says beside the record. `words` by the names of `reaching.MOST`."""

    words: Mapping[str, str]

    @property
    def phone(self) -> str:
        return self.words.get("phone", "")

    @property
    def address(self) -> str:
        return self.words.get("address", "")

    @property
    def contact(self) -> str:
        return self.words.get("contact", "")

    @property
    def kinship(self) -> Text:
        said = self.words.get("kinship", "")
        return Kinship(said).label if said else ""

    @property
    def contact_phone(self) -> str:
        return self.words.get("contact_phone", "")

    @property
    def doctor_phone(self) -> str:
        return self.words.get("doctor_phone", "")

    @property
    def hides(self) -> bool:
        """Whether the masked page leaves something out that an order shows."""
        return bool(self.phone or self.address or self.contact_phone)

    @property
    def masked(self) -> "Reached":
        """As the leg's page shows it: the doctor's own number stays, of the others the ends."""
        shown = dict(self.words)
        for name in ("phone", "contact_phone"):
            if number := shown.get(name):
                shown[name] = f"{number[:3]}{MASK}{number[-4:]}" if len(number) >= 8 else MASK
        if place := shown.get("address"):
            shown["address"] = f"{place[:6]}***"
        return Reached(shown)


def reached(referral: Referral) -> Reached:
    """In clear, for the house itself and for `services.show_reach`; one statement."""
    row = rows.first(Reach, "referral_id = %s", [referral.pk])
    if row is None:
        return Reached({})
    return Reached(orjson.loads(crypto.unseal_bytes(SEALED_AS, row.pk, bytes(row.sealed))))
