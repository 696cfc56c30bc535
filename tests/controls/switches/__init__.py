"""The literal table of switches, in the order of the clauses they belong to."""

from typing import Final

from tests.controls.switch import Switch
from tests.controls.switches import access, audit, data, identity, intrusion, law, managers

SWITCHES: Final[tuple[Switch, ...]] = (
    *identity.SWITCHES,
    *access.SWITCHES,
    *audit.SWITCHES,
    *intrusion.SWITCHES,
    *data.SWITCHES,
    *managers.SWITCHES,
    *law.SWITCHES,
)
