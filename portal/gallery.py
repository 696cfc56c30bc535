"""The gallery at /ui/: every component in every state, with invented people. Look here before you draw a new one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from kernel import clock, days
from kernel.work import Count

TONES: Final = ("", "here", "me", "good", "down", "stop")


class SampleForm(forms.Form):
    """Fields of every kind, two of them wrong."""

    use_required_attribute = False

    id_number = forms.CharField(
        label=_("ID number"), max_length=18, help_text="18 / 15", widget=forms.TextInput({"class": "ly-mono"})
    )
    onset = days.MomentField(label=_("Onset"), help_text=_("For example 1121 1145"))
    ward = forms.ChoiceField(label=_("Department"), choices=[("c", "心内科"), ("n", "神经内科")])
    reason = forms.CharField(label=_("Reason"), max_length=100, widget=forms.Textarea({"rows": 2}))
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=[("emergency", _("Emergency")), ("urgent", _("Urgent")), ("routine", _("Routine"))],
        widget=forms.RadioSelect,
    )
    attached = forms.MultipleChoiceField(
        label=_("Attached"),
        choices=[("e", "12 导心电 13:52"), ("x", "胸部正位 DR"), ("l", "电解质、肾功能")],
        widget=forms.CheckboxSelectMultiple,
    )
    known = forms.BooleanField(label=_("I know that this is reviewed"))


@dataclass(frozen=True, slots=True)
class Sample:
    """A form as it stands before it is sent, and as it comes back."""

    fresh: SampleForm
    wrong: SampleForm


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a whole, or one bar of a histogram."""

    label: str
    number: int
    share: float
    tone: str = ""


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Every component, every state."""
    return render(request, "portal/gallery.html", _samples(clock.now()))


def _samples(now: datetime) -> dict[str, Any]:
    return {
        **_work(now),
        **_way(),
        **_record(now),
        **_chosen(now),
        **_charts(),
        "tones": TONES,
        "form": Sample(
            SampleForm(initial={"urgency": "emergency", "attached": ["e"]}, auto_id="a_%s"),
            SampleForm(
                {"id_number": "99012419590312204", "onset": "1121 2545", "reason": "…"}, auto_id="b_%s"
            ),
        ),
        "filters": [
            {"url": "?days=7", "label": _("All"), "current": True, "number": 46},
            {"url": "?days=30", "label": "心内科", "current": False, "number": 2},
        ],
        "tabs": [
            {"url": "?tab=a", "label": _("Summary"), "current": True},
            {"url": "?tab=b", "label": _("Timeline"), "current": False, "number": 12},
        ],
        "course": [142, 138, 145, None, 140, 98],
    }


def _work(now: datetime) -> dict[str, Any]:
    row = {"url": "/ui/", "action": _("Open")}
    return {
        "counts": [
            Count("late", _("Waiting for me"), 6, "/ui/?show=late", late=1),
            Count("way", _("On the way"), 4, "/ui/?show=way", sub="1 人转运中"),
            Count("zero", _("Drafts"), 0, "/ui/?show=zero"),
        ],
        "rows": [
            row | {"key": "1", "priority": "emergency", "what": "补充转诊资料", "who": "刘大勇 男 58岁", "span": 600,
                   "sub": "总院分诊台：请补肌钙蛋白结果、发病时间", "due_at": now - timedelta(minutes=12)},
            row | {"key": "2", "priority": "urgent", "what": "下转待接收", "who": "欧阳㛃㛃 女 71岁", "span": 12000,
                   "sub": "神经内科 林立：康复方案 6 项", "due_at": now + timedelta(minutes=48)},
            row | {"key": "3", "priority": "routine", "what": "确认总院反馈",
                   "who": "买买提·阿不都热依木·艾合买提 男 63岁", "sub": "普外科 11-20 出院",
                   "due_at": now + timedelta(days=2, hours=3), "span": 3600},
        ],
        "clocks": [
            (now + timedelta(hours=1, minutes=12), 7200, None), (now + timedelta(seconds=400), 3600, None),
            (now - timedelta(minutes=23), 3600, None), (now, 3600, now - timedelta(minutes=4)),
        ],
        "alerts": [{"title": "危急值待您回读：", "body": "周桂芳 女 67岁 · 心电：Ⅲ度房室传导阻滞，心室率 34 次/分",
                    "due_at": now + timedelta(minutes=4), "url": "/ui/"}],
    }  # fmt: skip


def _way() -> dict[str, Any]:
    """How far something has come: on the way, waiting, stopped."""
    return {
        "steps": [
            {"label": _("Submitted"), "note": "14:10 王丽华", "state": "done"},
            {"label": _("Triage"), "note": "14:14 沈静", "state": "done"},
            {"label": _("On the way"), "note": "14:22", "state": "current"},
            {"label": _("Arrival"), "note": "", "state": "", "keep": True},
        ],
        "steps_waiting": [
            {"label": _("Submitted"), "note": "14:10", "state": "done"},
            {"label": _("Triage"), "note": _("more was asked"), "state": "waiting"},
            {"label": _("Arrival"), "note": "", "state": ""},
        ],
        "steps_stopped": [
            {"label": _("Submitted"), "note": "14:10", "state": "done"},
            {"label": _("Rejected"), "note": "14:31", "state": "stop"},
        ],
    }  # fmt: skip


def _record(now: datetime) -> dict[str, Any]:
    """What was done, said and found, and whose turn it is."""
    return {
        "turn": {"who": "总院 急诊接诊台", "what": "扫描到诊码并核对身份", "phone": "100****6640",
                 "mine": True, "span": 3600, "due_at": now + timedelta(minutes=9), "foot": "病情变化请直接呼叫心内科。",
                 "buttons": [{"url": "/ui/", "text": _("Note vital signs"), "icon": "activity", "key": "V"}]},
        "events": [
            {"at": now - timedelta(minutes=2), "what": "出发", "text": "王丽华 · 县 120 三号车", "tone": "up"},
            {"at": now - timedelta(minutes=9), "what": "接收", "text": "沈静 · CCU 03", "tone": "good"},
            {"at": now - timedelta(minutes=20), "what": "危急值", "text": "心电中心 赵敏", "tone": "bad"},
            {"at": now - timedelta(days=400), "what": "住院 6 天", "text": "总院普外科", "url": "/ui/",
             "link": "出院小结"},
        ],
        "talk": [
            {"who": "林立", "place": "总院 心内科", "at": now, "side": "head", "own": False,
             "text": "途中持续心电监护，备阿托品和异丙肾上腺素。"},
            {"who": "王丽华", "place": "柳溪镇分院", "at": now, "side": "branch", "own": True, "read_at": now,
             "text": "已带异丙肾上腺素 2 支。"},
        ],
    }  # fmt: skip


def _charts() -> dict[str, Any]:
    """A course under its goal, shares with and without one, a whole in its parts, a histogram."""
    return {
        "feedback": [71.0, 78.5, None, 82.0, 88.4, 91.2, 86.0],
        "shares": [("接收率", 96.4, 95, ""), ("按时答复率", 88.2, 90, "warn"), ("反馈及时率", 61.0, 90, "bad"),
                   ("康复随访率", None, 85, "")],
        "stands": [Piece("已结案", 41, 58.6, "good"), Piece("在走", 18, 25.7, "here"),
                   Piece("已撤回", 7, 10.0, "quiet"), Piece("已拒绝", 4, 5.7, "bad")],
        "waits": [Piece("15 分内", 22, 73.3), Piece("1 时内", 30, 100), Piece("2 时内", 11, 36.7),
                  Piece("24 时内", 5, 16.7), Piece("更久", 2, 6.7)],
    }  # fmt: skip


def _chosen(now: datetime) -> dict[str, Any]:
    """What is chosen from, and what is signed."""
    return {
        "pairs": [("诊断", "I44.2 完全性房室传导阻滞"), ("血压", "98/56 mmHg"), ("体温", "36.6 ℃")],
        "picks": [
            {"id": "k1", "name": "to", "value": "1", "label": "总院 心内科", "sub": "空床 2 · 答复中位 18 分",
             "checked": True, "state": {"text": _("recommended"), "tone": "good", "icon": "check"}},
            {"id": "k2", "name": "to", "value": "2", "label": "石桥中心分院 内科", "off": True,
             "sub": "无起搏能力，不能选"},
        ],
        "hits": [
            {"label": _("Here today"), "hits": [
                {"key": "1", "name": "周桂芳", "who": "女 67岁", "right": "13:45",
                 "sub": "柳溪镇杨家湾村 · 990***********2048", "url": "/ui/", "tag": "同名 2 人"}]},
        ],
        "signature": {"who": "赵敏", "role": "审核医师", "at": now, "algorithm": "SM2",
                      "code": "7F3A-21C9", "valid": True},
    }  # fmt: skip
