"""What the tags of the house's look write."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from consortium.templatetags import charts, spoken, ui
from kernel import clock


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def drawn(text: str, **context: object) -> str:
    return Template("{% load ui charts %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (59, "59 s"),
        (400, "6 min 40 s"),
        (600, "10 min"),
        (4320, "1 h 12 min"),
        (3600, "1 h"),
        (86400, "1 day"),
        (2 * 86400 + 3 * 3600, "2 days 3 h"),
        (timedelta(minutes=11), "11 min"),
        (None, ""),
    ],
)
def test_a_span_is_said_with_its_units(seconds, words):
    assert spoken.duration(seconds) == words


def test_a_day_is_said_as_people_say_it():
    today = clock.today()
    assert spoken.local_day(today) == "today"
    assert spoken.local_day(today - timedelta(days=1)) == "yesterday"
    assert spoken.local_day(date(2001, 2, 3)) == "2001-02-03"
    assert spoken.local_day(None) == ""


def test_a_moment_is_told_in_county_time():
    assert spoken.local_time(datetime(2001, 2, 3, 16, 5, tzinfo=UTC)) == "2001-02-04 00:05"
    assert spoken.exact_time(datetime(2001, 2, 3, 16, 5, 9, tzinfo=UTC)) == "2001-02-04 00:05:09"
    assert spoken.brief_time(datetime(2001, 2, 3, 16, 5, tzinfo=UTC)) == "2001-02-04"
    assert spoken.full_day(datetime(2001, 2, 3, 16, 5, tzinfo=UTC)) == "2001-02-04 (Sun)"


@pytest.mark.parametrize(
    ("value", "plain", "signed"),
    [("1234.5", "1,234.50", "+1,234.50"), ("-3018.44", "−3,018.44", "−3,018.44"), ("0", "0.00", "0.00")],
)
def test_money_has_marks_places_and_a_true_minus(value, plain, signed):
    assert (spoken.money(Decimal(value)), spoken.signed_money(Decimal(value))) == (plain, signed)


@pytest.mark.parametrize(
    ("left", "span", "tone"),
    [(-1, 600, " is-late"), (100, 600, " is-soon"), (400, 600, ""), (100, 0, "")],
)
def test_a_clock_says_by_its_tone_how_little_is_left(left, span, tone):
    text = ui.clock(clock.now() + timedelta(seconds=left), span)
    assert f'class="ly-clock{tone}"' in text
    assert "data-due" in text


def test_a_clock_that_is_done_does_not_tick():
    assert "data-due" not in ui.clock(clock.now(), 60, clock.now())
    assert ui.clock(None) == ""


def test_a_badge_escapes_its_words_and_knows_its_tones():
    assert ui.state("<b>", "me") == '<span class="ly-state is-me">&lt;b&gt;</span>'
    with pytest.raises(TemplateSyntaxError):
        ui.tag("x", "purple")


def test_urgency_is_a_mark_with_words():
    assert (
        drawn('{% priority "emergency" %}') == '<span class="ly-prio is-emergency" title="Emergency">E</span>'
    )


class Order(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput)
    key = forms.CharField(widget=forms.HiddenInput)
    why = forms.CharField(label="Why", help_text="In a sentence", max_length=10, widget=forms.Textarea)
    level = forms.ChoiceField(label="Level", choices=[("urgent", "Urgent")], widget=forms.RadioSelect)
    sure = forms.BooleanField(label="Sure")


def test_a_field_is_bound_to_its_hint_and_then_to_its_error():
    fresh = drawn("{% field form.why %}", form=Order())
    assert 'aria-describedby="id_why-h"' in fresh
    assert '<p class="ly-hint" id="id_why-h">In a sentence</p>' in fresh
    assert 'data-counter="id_why"' in fresh

    wrong = drawn("{% field form.why %}", form=Order({"why": ""}))
    assert 'aria-invalid="true"' in wrong
    assert 'aria-describedby="id_why-e"' in wrong
    assert "In a sentence" not in wrong


def test_a_choice_is_a_group_of_its_own():
    text = drawn('{% field form.level css="is-3" %}', form=Order())
    assert '<fieldset class="is-3" id="id_level"><legend>Level' in text
    assert '<label class="is-urgent">' in text


def test_an_order_carries_version_and_key():
    form = Order(initial={"version": 3, "key": "k"})
    assert 'name="version" value="3"' in drawn("{% order_fields form %}", form=form)
    row = drawn("{% order_fields row %}", row=SimpleNamespace(version=7))
    assert 'name="version" value="7"' in row
    assert 'name="key"' in row
    assert 'name="version"' not in drawn("{% order_fields %}")


def test_the_address_keeps_its_state(rf):
    text = drawn('{% query tab="b" page=None %}', request=rf.get("/?tab=a&page=2&days=7"))
    assert text == "?days=7&amp;tab=b"


def test_a_course_breaks_where_a_value_is_missing():
    text = charts.spark([1, 2, None, 3], 1, 2, "mmHg")
    assert text.count("<polyline") == 2
    assert 'aria-label="mmHg 1 2 3"' in text
    assert charts.spark([None]) == ""


def test_a_bar_never_leaves_its_frame():
    assert 'width="100.0"' in charts.bar(140)
    assert 'x1="95"' in charts.bar(83.1, 95, "bad")
    with pytest.raises(TemplateSyntaxError):
        charts.bar(1, tone="blue")
