"""What other apps add to the chart is named by address only: no Python arrow points up."""

from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

register = template.Library()


@register.simple_tag
def address_of(name: str, *args: Any) -> str:
    """The address of a page of a higher app, "" where that app is not installed here."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
