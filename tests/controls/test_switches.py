"""The table of switches holds: every clause has one, each has its place in the code, each changes something there.

That the clause's tests miss the control is shown by `script/controls`, which runs them without it.
"""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from config.local.places import ROOT
from config.protection import evidence
from config.protection.clauses import CLAUSES
from tests import databases
from tests.controls import off
from tests.controls.switch import Body, Edit, Missing, Sql
from tests.controls.switches import SWITCHES

CONTROLLED = [clause for clause in CLAUSES if not clause.outside]
SHAPE = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
UNION ALL SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
UNION ALL SELECT relname, 'rights', relacl::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
UNION ALL SELECT 'accounts', 'count', count(*)::text FROM consortium_staff
"""
"""What a switch in the database may change: constraints, triggers, rights, shipped accounts."""


def test_every_clause_has_a_switch_and_every_switch_a_clause_and_a_name_of_its_own():
    assert {one.clause for one in SWITCHES} == {clause.number for clause in CONTROLLED}
    assert len(off.BY_NAME) == len(SWITCHES)


def test_a_switch_is_seen_by_tests_its_clause_names():
    named = {clause.number: clause.tests for clause in CLAUSES}
    asked = [(one, name.partition("[")[0]) for one in SWITCHES for name in one.seen_by]
    wrong = [
        (one.name, name)
        for one, name in asked
        if not {name, name.partition("::")[0]} & set(named[one.clause])
    ]
    assert wrong == []
    assert [one.name for one in SWITCHES if not one.seen_by] == []


def test_a_switch_changes_its_place_in_the_code():
    same = []
    for switch in [one for one in SWITCHES if not isinstance(one.how, Sql)]:
        source = (ROOT / switch.how.file).read_text()
        changed = switch.how.applied(source)
        compile(changed, switch.how.file, "exec")
        if ast.dump(changed) == ast.dump(ast.parse(source)):
            same.append(switch.name)
    assert same == []


@pytest.mark.django_db
def test_a_switch_changes_its_place_in_the_database():
    same = []
    with databases.superuser(connection.settings_dict["NAME"]) as own:
        before = sorted(map(str, own.execute(SHAPE).fetchall()))
        for switch in [one for one in SWITCHES if isinstance(one.how, Sql)]:
            with own.transaction(force_rollback=True):
                own.execute(switch.how.statements)
                if sorted(map(str, own.execute(SHAPE).fetchall())) == before:
                    same.append(switch.name)
    assert same == []


@pytest.mark.parametrize(
    "how",
    [
        Edit("kernel/web/limits.py", "nobody wrote this", ""),
        Edit("kernel/web/limits.py", "import", ""),
        Body("kernel/web/limits.py", "nobody", "pass"),
        Body("kernel/web/limits.py", "Nobody.step", "pass"),
    ],
)
def test_a_place_that_is_not_there_is_told(how):
    with pytest.raises(Missing):
        how.applied((ROOT / how.file).read_text())


def test_a_process_that_is_started_is_without_the_control_as_well():
    order = "from consortium.engine import passwords; print(passwords.weaknesses('aB3!efgh'))"
    said = [
        subprocess.run(
            [sys.executable, "-c", order], cwd=ROOT, env=os.environ | more, capture_output=True, text=True, check=True
        ).stdout.strip()
        for more in ({}, off.environment("password-length"))
    ]  # fmt: skip
    assert said == ["[<Weakness.SHORT: 'short'>]", "[]"]


def test_without_a_control_the_tests_notice_and_are_no_evidence(tmp_path):
    """The whole way once: the option, the changed module, the failing assertion, the report."""
    test = "tests/consortium/test_engine.py::test_why_a_password_is_weak"
    report = tmp_path / "report.json"
    order = [
        sys.executable,
        "-m",
        "pytest",
        "-n0",
        "-q",
        "-p",
        "no:cacheprovider",
        "--without",
        "password-length",
        test,
    ]
    ended = subprocess.run(
        order, cwd=ROOT, env=os.environ | {"LIANYI_WITHOUT_REPORT": str(report), "LIANYI_DATA": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (ended.returncode != 0, '"noticed"' in report.read_text()) == (True, True)
    assert not Path(tmp_path / evidence.FILE).exists()
