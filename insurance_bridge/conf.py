"""What differs between regions and places: read once from the settings, each with a safe default."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from kernel.errors import Unavailable


@dataclass(frozen=True, slots=True)
class Centre:
    """One region's insurance centre (region profile)."""

    url: str
    secret: bytes
    region: str
    timeout: float
    late_commit: timedelta
    """How long a lost message may still take effect at the centre before its absence proves anything."""
    answer_within: timedelta
    """When an open message becomes somebody's task."""


SERVICE_PATH: Final = "/mbs/fmi/fsi/api/callFsiService/callService"


def centre() -> Centre:
    """The centre of this installation. Raises Unavailable when none is set up."""
    place = getattr(settings, "INSURANCE_DATA", None)
    url = getattr(settings, "INSURANCE_URL", "") or _local(place)
    if not url:
        raise Unavailable(code="no_insurance_centre")
    return Centre(
        url=url,
        secret=_secret(place),
        region=getattr(settings, "INSURANCE_REGION", "990101"),
        timeout=float(getattr(settings, "INSURANCE_TIMEOUT", 8)),
        late_commit=timedelta(seconds=int(getattr(settings, "INSURANCE_LATE_COMMIT", 60))),
        answer_within=timedelta(minutes=10),
    )


def _local(place: Path | None) -> str:
    port = place / "port" if place else None
    return f"http://127.0.0.1:{port.read_text().strip()}{SERVICE_PATH}" if port and port.exists() else ""


def _secret(place: Path | None) -> bytes:
    given = getattr(settings, "INSURANCE_SECRET", "")
    if given:
        return bytes.fromhex(given)
    if place is None or not (place / "secret").exists():
        raise Unavailable(code="no_insurance_centre")
    return bytes.fromhex((place / "secret").read_text().strip())
