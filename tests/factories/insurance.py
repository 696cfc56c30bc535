"""The insurance centre as a real process beside the tests."""

from pathlib import Path
from typing import Any

from insurance_bridge.conf import SERVICE_PATH
from kernel.simulator.beside import Beside


class Centre(Beside):
    """A running simulator: the address of its service, its secret, whom it insures."""

    def __init__(self, folder: Path) -> None:
        super().__init__("insurance_bridge.simulator", folder)
        self.url = self.base + SERVICE_PATH

    def insure(self, **person: Any) -> str:
        (number,) = self.control("persons", persons=[person])["psn_no"]
        return str(number)

    def settlements(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("settlements")["settlements"]
        return found
