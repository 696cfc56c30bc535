"""Words and numbers of the picture's frame."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imaging import fhir
from imaging.engine.render import decodes
from imaging.models import Study
from imaging.selectors import Film
from kernel.errors import Text

register = template.Library()


@dataclass(frozen=True, slots=True)
class Preset:
    """A window people ask for by name. `value` is "centre,width" in Hounsfield units, "" the device's own."""

    name: Text
    value: str


OWN: Final = Preset(gettext_lazy("Device"), "")
PRESETS: Final[dict[str, Sequence[Preset]]] = {
    "CT": (
        Preset(gettext_lazy("Lung"), "-600,1500"),
        Preset(gettext_lazy("Mediastinum"), "40,400"),
        Preset(gettext_lazy("Bone"), "400,1800"),
    ),
}


@register.simple_tag
def presets(modality: str) -> Sequence[Preset]:
    """The windows of a modality; the device's own where no other makes sense."""
    return PRESETS.get(modality, (OWN,))


@register.simple_tag
def series_name(film: Film) -> str:
    """`3 肺窗`, or the modality where the device gave no words."""
    number = "" if film.number is None else str(film.number)
    return f"{number} {film.description or film.modality}".strip()


@register.simple_tag
def study_time(study: Study) -> str:
    """Date and time the device gave the study."""
    return fhir.started_at(study)[:16].replace("T", " ")


@register.simple_tag
def drawable(film: Film) -> bool:
    """Whether the server has a codec for the series' middle picture."""
    return decodes(film.middle.transfer_syntax)


@register.simple_tag
def viewer_words() -> str:
    """What imaging.ts says, in the user's language; the template escapes it."""
    words = {
        "image": _("image"),
        "zoom": _("zoom"),
        "sideR": _("R side"),
        "sideL": _("L side"),
        "sideA": _("A side"),
        "sideP": _("P side"),
        "sideH": _("H side"),
        "sideF": _("F side"),
    }
    return json.dumps(words, ensure_ascii=False)
