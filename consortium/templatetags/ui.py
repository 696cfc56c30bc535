"""Tags of the house's look: icons, badges, clocks, form fields, times and sums as they are read aloud.

Everything that a component file in templates/ui/ cannot say in plain template language stands here.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from consortium.engine import agents
from consortium.templatetags import spoken
from kernel import ids
from kernel.errors import Text

register = template.Library()
for _filter in (
    spoken.local_time,
    spoken.brief_time,
    spoken.local_day,
    spoken.full_day,
    spoken.broken_words,
    spoken.exact_time,
    spoken.iso,
    spoken.duration,
    spoken.money,
    spoken.signed_money,
):
    register.filter(_filter)
register.filter("browser_name", agents.name_of)

SOON: Final = 4
"""A clock turns amber when less than one part in four of its span is left."""

PRIORITIES: Final[Mapping[str, tuple[Text, Text]]] = {
    "emergency": (pgettext_lazy("one-letter mark", "E"), gettext_lazy("Emergency")),
    "urgent": (pgettext_lazy("one-letter mark", "U"), gettext_lazy("Urgent")),
    "routine": (pgettext_lazy("one-letter mark", "R"), gettext_lazy("Routine")),
}
TONES: Final = frozenset({"", "here", "me", "good", "stop", "down", "warn", "ok", "allergy", "welfare"})


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """One symbol of the sprite (frontend/icons.txt). `size`: "sm"; `label`: only when no word stands beside."""
    shape = _shape(name, size)
    return format_html('{}<span class="visually-hidden">{}</span>', shape, label) if label else shape


@lru_cache(1024)
def _shape(name: str, size: str) -> SafeString:
    """A page shows a hundred of them, always the same few."""
    small = " icon-sm" if size == "sm" else ""
    sprite = static("dist/icons.svg")
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', small, sprite, name
    )


@register.simple_tag
def priority(level: str) -> SafeString:
    """The one-character mark of urgency; shape says it as well as colour."""
    mark, words = PRIORITIES[level]
    return format_html('<span class="ly-prio is-{}" title="{}">{}</span>', level, words, mark)


@register.simple_tag
def state(text: Text, tone: str = "", symbol: str = "") -> SafeString:
    """A state badge. `tone`: here, me (amber: waits for the reader), good, stop, down, or nothing (grey)."""
    return _badge("ly-state", text, tone, symbol)


@register.simple_tag
def tag(text: Text, tone: str = "", symbol: str = "") -> SafeString:
    """A fact beside a name. `tone`: allergy, welfare, warn, ok, or nothing."""
    return _badge("ly-tag", text, tone, symbol)


def _badge(kind: str, text: Text, tone: str, symbol: str) -> SafeString:
    if tone not in TONES:
        raise template.TemplateSyntaxError(f"no tone {tone!r}")
    mark = format_html("{} ", icon(symbol, "sm")) if symbol else ""
    return format_html('<span class="{}{}">{}{}</span>', kind, f" is-{tone}" if tone else "", mark, text)


@register.simple_tag
def clock(due_at: datetime | None, span_seconds: int = 0, done_at: datetime | None = None) -> SafeString:
    """Time left until `due_at` out of `span_seconds`; done when `done_at` is set. Ticked by portal.ts; without
    script the due time stands there."""
    if due_at is None:
        return SafeString("")
    if done_at is not None:
        return format_html('<span class="ly-clock is-done">✓ {}</span>', spoken.local_time(done_at))
    left = (due_at - timezone.now()).total_seconds()
    tone = " is-late" if left < 0 else " is-soon" if span_seconds and left * SOON <= span_seconds else ""
    return format_html(
        '<time class="ly-clock{}" datetime="{}" data-due data-span="{}" title="{}">{}</time>',
        tone,
        due_at.isoformat(timespec="seconds"),
        span_seconds,
        spoken.local_time(due_at),
        _("by %(time)s") % {"time": spoken.local_time(due_at)},
    )


@register.simple_tag
def line(cells: Iterable[tuple[Text, object, str]], url: str) -> SafeString:
    """A long table's line: each cell with its column's words and its class; the one that leads opens `url`."""
    return SafeString("".join(_cell(words, told, look, url) for words, told, look in cells))


def _cell(words: Text, told: object, look: str, url: str) -> str:
    """Plainly written: a register has hundreds of them, and `format_html` costs more than the row does."""
    said = conditional_escape(str(told or "–"))
    if look == "is-lead":
        address = conditional_escape(url)
        return f'<th scope="row" class="is-lead"><a class="ly-mono" href="{address}">{said}</a></th>'
    named = f' class="{conditional_escape(look)}"' if look else ""
    return f'<td{named} data-label="{conditional_escape(str(words))}">{said}</td>'


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's own query string with `changes` put in (None takes out), so that back and reload keep the state."""
    params = context["request"].GET.copy()
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = value
    return f"?{params.urlencode()}"


@register.simple_tag
def order_fields(thing: Any = None) -> SafeString:
    """Hidden fields of an order: the version it was decided on and its idempotency key.

    A form that has such fields renders its own; for a row (anything with `version`) fresh ones are made.
    """
    if isinstance(thing, forms.BaseForm):
        hidden = [thing[name] for name in ("version", "key") if name in thing.fields]
        shape = '<input type="hidden" name="{}" value="{}" id="{}">'
        return format_html_join(
            "", shape, ((one.html_name, _plain(one.value()), one.auto_id) for one in hidden)
        )
    row = format_html('<input type="hidden" name="key" value="{}">', ids.uuid7())
    version = getattr(thing, "version", None)
    return (
        row
        if version is None
        else format_html('{}<input type="hidden" name="version" value="{}">', row, version)
    )


def _plain(value: Any) -> Any:
    return "" if value is None else value


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, css: str = "", hint: Text = "", origin: Text = "") -> dict[str, Any]:
    """A form field with label, control, hint and error. `css`: its width in ly-fields (is-1, is-3, is-6);
    `origin`: where a value came from, said right of the label."""
    widget = bound.field.widget
    kind = _kind(widget)
    told = hint or bound.help_text
    return {
        "bound": bound,
        "kind": kind,
        "css": css,
        "hint": told,
        "note": origin or _limit(widget),
        "control": _control(bound, kind, bool(told)),
        "id": bound.id_for_label,
    }


def _kind(widget: forms.Widget) -> str:
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "pick"
    if isinstance(widget, forms.RadioSelect):
        return "choice"
    return "tick" if isinstance(widget, forms.CheckboxInput) else "plain"


def _limit(widget: forms.Widget) -> str:
    """The counter's resting text; portal.ts counts while somebody types."""
    most = widget.attrs.get("maxlength")
    return f"0 / {most}" if most and isinstance(widget, forms.Textarea) else ""


def _control(bound: BoundField, kind: str, hinted: bool) -> SafeString:
    widget, invalid = bound.field.widget, bool(bound.errors)
    given = widget.attrs.get("class", "")
    base = {
        "tick": "form-check-input",
        "plain": "form-select" if isinstance(widget, forms.Select) else "form-control",
    }
    attrs: dict[str, str | bool] = {
        "class": f"{base.get(kind, '')} {given}{' is-invalid' if invalid else ''}".strip()
    }
    if not attrs["class"]:
        del attrs["class"]
    described = [
        f"{bound.auto_id}-{part}" for part, there in (("h", hinted and not invalid), ("e", invalid)) if there
    ]
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if invalid:
        attrs["aria-invalid"] = "true"
    return bound.as_widget(attrs=attrs)


@register.simple_tag
def words() -> Mapping[str, str]:
    """What portal.ts says to the user, in her language; it stands in the page as data."""
    return {
        "left": _("%(t)s left"),
        "late": _("%(t)s late"),
        "day": pgettext("short unit", "d"),
        "hour": pgettext("short unit", "h"),
        "minute": pgettext("short unit", "min"),
        "second": pgettext("short unit", "s"),
        "online": _("online"),
        "offline": _(
            "The line is down since %(t)s. What you write stays on this page; send it once the line is back."
        ),
        "sending": _("Sending…"),
        "saved": _("Draft kept on this computer %(t)s"),
        "here": _("Kept on this computer %(t)s; saved when the line is back."),
        "queued": _("Kept %(t)s. It goes out by itself when the line is back."),
        "sent": _("What you wrote while the line was down has gone out."),
        "unsent": _("Not sent: %(t)s Open it and put it right; what you wrote is still there."),
        "restored": _("What you had written before is back."),
        "leave": _("What you wrote has not been sent."),
        "nothing": _("No answer yet."),
        "again": _("Try again"),
        "failed": _("Not saved; what you typed is still here."),
        "urgent": _("(urgent)"),
        "critical": _("(critical)"),
        "close": _("Close"),
        "keys": _("Keys of this page"),
        "fresh": _("%(t)s new: show"),
        "gone": _("dealt with"),
    }


@register.filter
def as_json(value: Mapping[str, str]) -> str:
    """Words for a data attribute; the template escapes them."""
    return json.dumps(value, ensure_ascii=False)
