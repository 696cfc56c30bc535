"""A wrong value in a form is told in the words of a desk."""

import re

import polib
import pytest
from django import forms
from django.utils import translation

from config.local.places import ROOT
from kernel.web.plainly import SENTENCES

CLUMSY = re.compile("字段|变量|确保|确认|可用的选项|该值")


class Order(forms.Form):
    words = forms.CharField(max_length=3)
    amount = forms.DecimalField(min_value=1, max_value=99999, max_digits=4, decimal_places=2)
    way = forms.ChoiceField(choices=[("a", "a")])
    day = forms.DateField()
    file = forms.FileField()


def test_each_sentence_has_words_of_ours():
    catalogue = polib.pofile(str(ROOT / "kernel/locale/zh_Hans/LC_MESSAGES/django.po"))
    ours = {entry.msgid for entry in catalogue if entry.translated()}
    assert [one for one in SENTENCES if one not in ours] == []


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"words": "头晕黑蒙"}, "最多 3 个字，现在有 4 个。"),
        ({"words": ""}, "请填写此项。"),
        ({"words": "a\x00"}, "含有无法保存的字符，请重新输入。"),
        ({"amount": "1.234"}, "小数最多 2 位。"),
        ({"amount": "-1"}, "不能小于 1。"),
        ({"amount": "一百"}, "请填写数字。"),
        ({"way": "z"}, "没有“z”这一项，请从列出的各项中选择。"),
        ({"day": "2026-02-30"}, "没有这个日期，请核对。"),
    ],
)
def test_a_doctor_is_told_what_to_type(said, sentence):
    with translation.override("zh-hans"):
        form = Order({"words": "头晕", "amount": "5", "way": "a", "day": "2026-02-01", **said})
        (field,) = said
        assert form.errors[field] == [sentence]
        assert not CLUMSY.search(str(form.errors))
