"""What other apps add to the chart is named by address only: no Python arrow points up."""

from collections.abc import Collection, Iterable
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.filter
def offered(tabs: Iterable[Any], closed: Collection[str]) -> list[Any]:
    """The tabs of a chart without those that only a closed panel would fill. `closed`: names of addresses."""
    return [one for one in tabs if one.drawn_by not in closed]


@register.simple_tag
def address_of(name: str, *args: Any) -> str:
    """The address of a page of a higher app, "" where that app is not installed here."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
