"""Nothing that was typed is lost."""

from django import forms
from django.test import RequestFactory
from django.utils import translation

from kernel.web.forms import OrderForm, form_key
from tests.kernel.urls import NoteForm


def test_an_order_carries_version_key_and_fields(edge):
    answer = edge.post("/note/", {"text": "short", "version": "3", "key": "k-1"})
    version, key, text = answer.content.decode().split(" ")
    assert (version, len(key), text) == ("3", 64, "short")


def test_a_key_stands_for_what_was_typed_with_it(edge):
    def key(**typed):
        return edge.post("/note/", {"text": "short", "version": "3", "key": "k-1", **typed}).content.split()[
            1
        ]

    assert key() == key(version="4", csrfmiddlewaretoken="x", kept_form="")
    assert len({key(), key(text="other"), key(key="k-2")}) == 3


def test_an_order_without_them_is_an_order_too(edge):
    assert edge.post("/note/", {"text": "short"}).content == b"None  short"


def test_a_wrong_field_comes_back_with_what_was_typed(edge):
    answer = edge.post("/note/", {"text": "much too long", "version": "3", "key": "k-1"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="much too long"' in body
    assert 'value="k-1"' in body
    assert "Ensure this value has at most 5 characters" in body
    assert '<p id="patient">p-1</p>' in body


def test_a_verb_that_refuses_puts_its_sentence_at_the_field(edge):
    answer = edge.post("/note/", {"text": "taken"})
    body = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="taken"' in body
    assert "is taken" in body
    assert "is wrong" in body


def test_who_was_slower_keeps_what_was_typed(edge):
    answer = edge.post("/note/", {"text": "late"})
    assert answer.status_code == 409
    assert 'value="late"' in answer.content.decode()
    assert "somebody was faster" in answer.content.decode()


def test_htmx_gets_the_fragment(edge):
    answer = edge.post("/note/", {"text": "much too long"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content[:3]) == (422, b"<p>")


def test_a_view_without_an_order_form_names_its_own(edge):
    answer = edge.post("/bare/", {"text": "abc"})
    assert answer.status_code == 422
    assert 'value="abc"' in answer.content.decode()
    assert "nothing here is right" in answer.content.decode()


def test_without_any_form_the_middleware_answers(edge):
    answer = edge.post("/formless/", {})
    assert answer.status_code == 422
    assert "no form" in answer.content.decode()


def test_each_page_has_a_key_of_its_own():
    one, two = (NoteForm()["key"].value() for _ in range(2))
    assert one != two
    assert len(one) == 32
    assert form_key().max_length == 64


def test_a_version_that_is_no_number_is_wrong():
    form = NoteForm(RequestFactory().post("/", {"text": "a", "version": "-1"}).POST)
    assert list(form.errors) == ["version"]


class AskForm(OrderForm):
    words = forms.CharField()
    ward = forms.ChoiceField(choices=[("a", "A")])
    bed = forms.CharField(error_messages={"required": "Name the bed."})


def test_what_was_left_out_is_asked_for_in_plain_words_and_a_fields_own_sentence_stays():
    with translation.override("zh-hans"):
        said = {name: list(words) for name, words in AskForm({}).errors.items()}
    assert said == {"words": ["请填写。"], "ward": ["请选择。"], "bed": ["Name the bed."]}
