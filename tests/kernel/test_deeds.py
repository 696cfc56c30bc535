"""Every action the house records in the audit chain has a name in both languages."""

import ast
import re

from django.utils import translation

from consortium.choices import Verdict
from emr.capacity.choices import Use
from emr.index.choices import ChangeKind
from kernel import deeds
from referral.choices import Aside, Event
from tests import code

WRITTEN = {
    "consortium.change_": Verdict, "emr.bed_": Use, "emr.patient_": ChangeKind, "referral.": [*Event, *Aside],
}  # fmt: skip
"""Actions put together from a choice's value, by how they begin."""
RECORDERS = {"record", "record_refusal", "_append", "trace", "failed", "_written", "_changed"}
"""Calls that carry an action, by its name or in their place."""
ACTION = re.compile(r"[a-z]+\.[a-z_]+")


def carried(call: ast.Call) -> list[str]:
    """The actions named in a call that records one; an action made of a choice is every one it may become."""
    told = [word.value for word in call.keywords if word.arg == "action"]
    if not told and isinstance(call.func, ast.Name | ast.Attribute):
        name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr
        told = list(call.args) if name in RECORDERS else []
    return [action for node in told for action in spelled(node)]


def spelled(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value] if ACTION.fullmatch(node.value) else []
    if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
        start = str(node.values[0].value)
        return [f"{start}{one.value}" for one in WRITTEN[start]]
    return []


def recorded() -> set[str]:
    calls = (node for path in code.files("**/*.py") for node in ast.walk(code.tree(path)))
    return {action for node in calls if isinstance(node, ast.Call) for action in carried(node)}


def written() -> set[str]:
    """Every literal of the house that looks like an action, the names themselves left out."""
    trees = (code.tree(path) for path in code.files("**/*.py") if path.name != "deeds.py")
    nodes = (node for tree in trees for node in ast.walk(tree))
    return {action for node in nodes if isinstance(node, ast.Constant) for action in spelled(node)}


def test_no_action_is_without_a_name_and_no_name_without_an_action():
    actions = recorded()
    assert actions - set(deeds.named()) == set()
    assert set(deeds.named()) - actions - written() == set()


def test_every_action_and_every_room_is_named_in_chinese():
    with translation.override("zh-hans"):
        words = {str(one) for one in (*deeds.named().values(), *deeds.ROOMS.values())}
    assert [one for one in words if not re.search(r"[\u4e00-\u9fff]", one)] == []
    assert {action.partition(".")[0] for action in deeds.named()} - set(deeds.ROOMS) == set()


def test_actions_are_found_by_the_words_of_the_reader():
    with translation.override("zh-hans"):
        assert deeds.called("危急值") == ["critical.passed_up", "critical.raised", "critical.read_back"]
        assert deeds.name("nothing.of_the_kind") == "nothing.of_the_kind"
