"""The bill of materials names every locked package; weaknesses, missing hashes and strange versions are found."""

import json
import re

import pytest

from config.local import supply
from config.local.places import ROOT

PURL = re.compile(r"^pkg:(pypi|npm)/[^@\s]+@[^@\s]+$")


def test_the_bill_names_every_locked_package_once():
    bill = supply.bill()
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.5")
    names = [one["purl"] for one in bill["components"]]
    assert (len(names), names) == (len(set(names)), sorted(names))
    locked = len(re.findall(r"^[A-Za-z0-9].*==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    required = [
        one
        for one in bill["components"]
        if one["purl"].startswith("pkg:pypi/") and one["scope"] == "required"
    ]
    assert len(required) == locked
    django = next(one for one in bill["components"] if one["name"] == "django")
    assert django["version"] == supply.installed()["django"][0]
    assert {one["alg"] for one in django["hashes"]} == {"SHA-256"}
    assert any(one["name"] == "@cornerstonejs/core" for one in bill["components"])
    assert [name for name in names if not PURL.match(name)] == []
    assert [one["purl"] for one in bill["components"] if not one["hashes"]] == []


def test_the_same_locks_give_the_same_bill(tmp_path):
    assert supply.main(["sbom", "--output", str(tmp_path / "one.json")]) == 0
    assert supply.main(["sbom", "--output", str(tmp_path / "two.json")]) == 0
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()


def test_nothing_is_wrong_with_what_is_locked_and_installed():
    assert supply.audit([*supply.python_parts(), *supply.node_parts()]).wrong == []


def test_a_known_weakness_is_found_in_an_advisory(tmp_path, capsys):
    version = supply.installed()["django"][0]
    affected = [{"package": {"ecosystem": "PyPI", "name": "Django"}, "versions": ["1.0", version]}]
    advisory = {"id": "TEST-2026-1", "summary": "anybody may come in", "affected": affected}
    (tmp_path / "a.json").write_text(json.dumps(advisory))
    assert supply.main(["audit", "--offline", "--advisories", str(tmp_path)]) == 1
    assert f"pkg:pypi/django@{version}: TEST-2026-1 anybody may come in" in capsys.readouterr().out
    affected[0]["versions"] = ["1.0"]
    (tmp_path / "a.json").write_text(json.dumps(advisory))
    assert supply.main(["audit", "--offline", "--advisories", str(tmp_path)]) == 0


def test_a_package_that_is_not_the_locked_one_is_found():
    parts = [supply.Part("pypi", "django", "0.1", "required", (("SHA-256", "0" * 64),))]
    assert [one.partition(" is installed, ")[2] for one in supply.audit(parts).wrong] == ["0.1 is locked"]


def test_a_lock_without_a_hash_is_found():
    assert supply.audit([supply.Part("npm", "left-pad", "1.0.0", "required")]).wrong == [
        "pkg:npm/left-pad@1.0.0 is locked without a hash"
    ]


@pytest.mark.parametrize(
    ("says", "code", "wrong", "unasked"),
    [
        ("No known vulnerabilities found", 0, 0, 0),
        ("Found 2 known vulnerabilities in 1 package", 1, 1, 0),
        ("Connection refused", 1, 0, 1),
    ],
)
def test_the_registries_are_asked_where_they_can_be(tmp_path, monkeypatch, says, code, wrong, unasked):
    """`pip-audit` and `npm` are programs of this folder for the moment; they say what the real ones say."""
    (tmp_path / "frontend").mkdir()
    for name in ("pip-audit", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{says}'\nexit {code}\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    found = supply.Findings()
    supply.ask_the_world(found, tmp_path)
    assert (len(found.wrong), len(found.unasked)) == (2 * wrong, 2 * unasked)


def test_that_nobody_could_be_asked_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert supply.main(["audit"]) == supply.UNREACHED
    assert "not asked: pip-audit is not installed" in capsys.readouterr().out


def test_offline_without_advisories_is_not_said_to_be_clean(capsys):
    assert supply.main(["audit", "--offline"]) == supply.UNREACHED
    told = capsys.readouterr().out
    assert (
        "not asked: published weaknesses: no registry was asked and no folder of advisories was given" in told
    )
    assert told.splitlines()[-1].endswith(" packages, 0 wrong, 1 not asked")
