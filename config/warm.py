"""What the first visitors of a process would wait for is made before it answers anybody.

A process that serves keeps some 400,000 objects for its whole life (addresses, models, templates, messages). The
collector's full pass walks them all: 150 ms on a small machine, in the middle of somebody's page. They are set aside.
What a request leaves behind is looked through every AFTER objects: by its own measure the collector would run after
each machine's request and thirty times in a page, a twentieth of their time, and find next to nothing.
"""

import gc
from pathlib import Path
from typing import Final

from django.conf import settings
from django.template.loader import get_template
from django.urls import get_resolver
from django.utils import translation

AFTER: Final = 20_000


def warm() -> None:
    """Load addresses, messages and the house's own templates, then set all of it aside from collection."""
    _ = get_resolver().url_patterns
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            translation.gettext("Home")
    for name in _templates():
        get_template(name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(AFTER, 10, 10)


def _templates() -> list[str]:
    """Names of the house's own pages and parts."""
    rooms = Path(settings.BASE_DIR).glob("*/templates")
    return sorted(str(file.relative_to(room)) for room in rooms for file in room.rglob("*.html"))
