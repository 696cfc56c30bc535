"""The emr app: one Django app, its rooms in sub-packages."""

import importlib
import importlib.util

from django.apps import AppConfig

HANDLER_ROOMS = (
    "emr.repository.handlers",
    "emr.access.handlers",
    "emr.index.handlers",
    "emr.chart.handlers",
)


class EmrConfig(AppConfig):
    """Patient record of the county (电子健康档案与病历)."""

    name = "emr"
    label = "emr"

    def ready(self) -> None:
        for room in HANDLER_ROOMS:
            if importlib.util.find_spec(room):
                importlib.import_module(room)
        from emr.prescriptions.choices import PAPER  # lazy: models are ready only now
        from emr.prescriptions.selectors.standing import standing  # lazy: models are ready only now
        from kernel import papers  # lazy: models are ready only now

        papers.paper_kind(PAPER, standing)
        anchors()


def anchors() -> None:
    """What of the record keeps a bed or a department from closing."""
    from consortium import services  # lazy: models are ready only now
    from emr.capacity import selectors  # lazy: models are ready only now

    services.anchor(services.Place.BED, selectors.keeps_bed_open)
    services.anchor(services.Place.DEPARTMENT, selectors.keeps_department_open)
