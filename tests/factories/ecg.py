"""Synthetic recordings for tests."""

import io
from typing import Any

from ecg import services
from ecg.models import Recording
from fixtures.ecg import files
from fixtures.ecg.synthetic import Heart, draw
from kernel.actor import Actor


def ecg_file(rhythm: str = "sinus", rate: float = 72, seed: int = 1, **said: Any) -> bytes:
    """A DICOM twelve-lead ECG of a synthetic heart."""
    return files.dicom(draw(Heart(rhythm, rate, seed=seed)), seed=f"{rhythm}{rate}{seed}", **said)


def make_recording(by: Actor, data: bytes | None = None, name: str = "ecg.dcm", **said: Any) -> Recording:
    return services.receive(
        by=by,
        stream=io.BytesIO(ecg_file() if data is None else data),
        name=name,
        content_type="application/dicom",
        **said,
    )
