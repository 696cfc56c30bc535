"""Fetching is asking: 403 without the role, 404 out of reach; a workflow is a table."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.db.models import Q

from kernel.actor import Actor
from kernel.errors import Conflict, DomainError, OutOfReach, Refused
from kernel.labels import highest
from kernel.models import StoredFile
from kernel.policy import Grant, Policy, everything
from kernel.workflow import Step, move
from tests.factories.kernel import make_actor, make_file


def mine(actor):
    return Q(stored_by=actor.name)


def small(actor):
    return Q(size__lt=10)


FILES = Policy(
    StoredFile,
    {
        "view": [Grant("reader", mine), Grant("clerk", small), Grant("auditor", everything)],
        "seal": [Grant("system", everything)],
    },
)


@pytest.fixture
def files(db):
    return {
        "wang": make_file(by=make_actor(name="wang")),
        "li": make_file(b"small", by=make_actor(name="li")),
    }


@pytest.mark.parametrize(
    ("roles", "seen"),
    [
        (["reader"], {"wang"}),
        (["clerk"], {"li"}),
        (["reader", "clerk"], {"wang", "li"}),
        (["auditor", "reader"], {"wang", "li"}),
    ],
)
def test_a_list_holds_the_union_of_the_scopes(files, roles, seen):
    rows = FILES.rows(make_actor(*roles, name="wang"), "view")
    assert {name for name, file in files.items() if rows.filter(pk=file.pk).exists()} == seen


def test_without_the_role_it_is_403(files):
    with pytest.raises(Refused) as refused:
        FILES.fetch(make_actor("cashier"), "view", files["wang"].pk)
    assert (refused.value.status, refused.value.detail) == (
        403,
        {"action": "view", "model": "kernel.storedfile"},
    )
    assert not FILES.allows(make_actor("cashier"), "view")


@pytest.mark.parametrize("pk", ["li", uuid4(), "no-uuid", "' OR 1=1"])
def test_out_of_reach_and_absent_are_the_same_404(files, pk):
    with pytest.raises(OutOfReach) as refused:
        FILES.fetch(make_actor("reader", name="wang"), "view", files[pk].pk if pk == "li" else pk)
    assert refused.value.status == 404


def test_a_row_in_reach_comes_locked(files):
    row = FILES.fetch(make_actor("reader", name="wang"), "view", files["wang"].pk, lock=True)
    assert row == files["wang"]


def test_the_house_acts_only_where_the_table_says_so(files):
    assert FILES.rows(Actor.system("kernel"), "seal").count() == 2
    with pytest.raises(Refused):
        FILES.rows(Actor.system("kernel"), "view")
    with pytest.raises(Refused):
        FILES.rows(make_actor("reader"), "seal")


def test_an_unknown_action_is_a_mistake_of_ours(files):
    with pytest.raises(KeyError):
        FILES.rows(make_actor("auditor"), "shred")


@dataclass
class Row:
    status: str = "draft"
    version: int = 1


TABLE = {("draft", "submit"): Step("submitted")}


def test_a_move_follows_the_table():
    row = Row()
    assert move(row, "submit", TABLE, version=1) == Step("submitted")
    assert (row.status, row.version) == ("submitted", 2)


def test_a_move_from_an_old_version_or_a_wrong_state_is_409():
    with pytest.raises(Conflict) as old:
        move(Row(version=2), "submit", TABLE, version=1)
    with pytest.raises(Conflict) as wrong:
        move(Row(status="submitted"), "submit", TABLE)
    assert (old.value.code, wrong.value.code) == ("version_conflict", "illegal_step")


def test_a_label_passes_on():
    assert (highest([3, 5, 1]), highest([])) == (5, 3)


def test_an_actor_is_a_value():
    by = make_actor("reader")
    assert by.has("reader", "cashier")
    assert not by.has("cashier")


def test_an_error_has_a_sentence_a_code_and_a_status():
    error = DomainError("no", code="x", fields={"a": "b"}, detail={"c": 1})
    assert (str(error), error.code, error.status, error.fields, error.detail) == (
        "no", "x", 400, {"a": "b"}, {"c": 1},
    )  # fmt: skip
