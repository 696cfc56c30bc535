"""The evidence pack: every clause has a control that exists and a test that exists, and says what is missing."""

import ast
import io
import json
from importlib.util import find_spec

import pytest
from django.core.management import call_command

from config.local.places import ROOT
from config.protection import evidence, report
from config.protection.clauses import CLAUSES
from config.protection.evidence import Result

CONTROLLED = [clause for clause in CLAUSES if not clause.outside]


def ids(clause):
    return clause.number


@pytest.mark.parametrize("clause", CONTROLLED, ids=ids)
def test_a_clause_names_code_that_exists(clause):
    assert clause.code
    assert [name for name in clause.code if find_spec(name) is None] == []


@pytest.mark.parametrize("clause", CONTROLLED, ids=ids)
def test_a_clause_names_tests_that_exist(clause):
    assert clause.tests
    assert [name for name in clause.tests if not exists(name)] == []


def exists(name):
    path, _, function = name.partition("::")
    if not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text())
    return not function or any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == function
        for node in ast.walk(tree)
    )


def test_a_clause_is_named_once():
    numbers = [clause.number for clause in CLAUSES]
    assert len(set(numbers)) == len(numbers)


def test_a_clause_passes_only_when_all_its_tests_passed():
    clause = next(one for one in CONTROLLED if not one.gap and one.tests)
    good = dict.fromkeys(clause.tests, "passed")
    assert evidence.line(clause, good).result is Result.PASS
    assert evidence.line(clause, {}).result is Result.PARTIAL
    failed = {**good, clause.tests[0] + "[one]": "failed"}
    told = evidence.line(clause, failed)
    assert (told.result, told.outcomes[clause.tests[0]]) == (Result.PARTIAL, "failed")


def test_a_known_gap_is_never_a_pass():
    clause = next(one for one in CONTROLLED if one.gap)
    assert evidence.line(clause, dict.fromkeys(clause.tests, "passed")).result is Result.PARTIAL


def test_a_control_that_went_off_unnoticed_is_no_pass():
    clause = next(one for one in CONTROLLED if not one.gap)
    good = dict.fromkeys(clause.tests, "passed")
    noticed = evidence.Switched("the lock never locks", "tests/x.py::test_y", "2026-11-28")
    assert evidence.line(clause, good, (noticed,)).result is Result.PASS
    told = evidence.line(clause, good, (noticed, evidence.Switched("nobody is told", "", "2026-11-28")))
    assert (told.result, told.gap) == (Result.PARTIAL, "unnoticed: nobody is told")


def test_what_was_switched_off_stands_beside_its_clause(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    one = {
        "clause": CONTROLLED[0].number,
        "switch": "lock",
        "off": "the lock never locks",
        "noticed_by": "tests/x.py::test_y",
    }
    (tmp_path / "protection").mkdir()
    (tmp_path / evidence.CONTROLS).write_text(
        json.dumps([{**one, "words": "", "at": "2026-11-28T10:00:00+00:00"}])
    )
    assert [len(one.switched) for one in report.lines({})] == [1, *[0] * (len(CLAUSES) - 1)]
    call_command("protection", "report", "--out", str(tmp_path / "pack"), stdout=io.StringIO())
    assert "tests/x.py::test_y" in (tmp_path / "pack" / "report.html").read_text()


def test_the_report_is_a_list_on_standard_output():
    out = io.StringIO()
    call_command("protection", "report", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert [one["clause"] for one in found] == [clause.number for clause in CLAUSES]
    assert {one["result"] for one in found} <= {"pass", "partial", "outside"}
    assert all(set(one) == {"clause", "control", "code", "test", "result", "gap"} for one in found)


def test_the_report_is_a_page_to_take_away(tmp_path):
    call_command("protection", "report", "--out", str(tmp_path), stdout=io.StringIO())
    page = (tmp_path / "report.html").read_text()
    assert all(clause.number in page for clause in CLAUSES)
    assert (tmp_path / report.STYLE.name).exists()
