"""Security labels: the five levels of GB/T 39725-2020 on fields, resources and files."""

from collections.abc import Iterable
from typing import Final

PUBLIC: Final = 1
WIDE: Final = 2
CARE: Final = 3
"""Ordinary clinical content: people with a treating post."""
IDENTITY: Final = 4
"""Directly identifies a person; stored sealed."""
SENSITIVE: Final = 5
"""HIV, STI, psychiatry: a very small circle; stored sealed."""

SEALED_FROM: Final = IDENTITY


def highest(labels: Iterable[int]) -> int:
    """A label passes on to whatever refers to a labelled thing."""
    return max(labels, default=CARE)
