"""Files that are not those of the release stop the start."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config import release
from config.local.places import ROOT
from kernel.crypto import sm2


@pytest.fixture
def keys(tmp_path) -> tuple[Path, Path]:
    key = sm2.Key.generate()
    private, public = tmp_path / "maker.pem", tmp_path / "maker.pub"
    private.write_bytes(key.private_pem())
    public.write_bytes(key.public_pem())
    return private, public


@pytest.fixture
def program(tmp_path) -> Path:
    """A copy of the program's files, as they lie on a server."""
    root = tmp_path / "program"
    for folder in ("config", "kernel"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
    for name in release.SINGLE:
        shutil.copy(ROOT / name, root / name)
    return root


TAMPERED = {
    "a byte": lambda root: (root / "kernel" / "audit.py").write_text("# nothing is recorded any more\n"),
    "a file more": lambda root: (root / "kernel" / "extra.py").write_text("x = 1\n"),
    "a file less": lambda root: (root / "kernel" / "assurance.py").unlink(),
    "the manifest": lambda root: (root / "release.json").write_text(
        (root / "release.json").read_text().replace("kernel/audit.py", "kernel/other.py")
    ),
    "no manifest": lambda root: (root / "release.json").unlink(),
}


def test_the_files_of_a_release_verify(keys, program):
    private, public = keys
    release.sign(private, program)
    assert release.verify(public, program) > 80


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_changed_after_the_release_is_found(keys, program, what):
    private, public = keys
    release.sign(private, program)
    TAMPERED[what](program)
    with pytest.raises(release.Tampered):
        release.verify(public, program)


def test_another_maker_s_signature_does_not_count(keys, program, tmp_path):
    release.sign(keys[0], program)
    (tmp_path / "other.pub").write_bytes(sm2.Key.generate().public_pem())
    with pytest.raises(release.Tampered, match="not signed by this key"):
        release.verify(tmp_path / "other.pub", program)


def test_a_process_that_is_not_the_release_does_not_start(keys, tmp_path):
    """No `release.json` lies beside this working copy: with the demand set nothing starts, without it all does."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    order = [sys.executable, "-W", "ignore", "-c", "import django; django.setup()"]
    asked = {**environment, release.VARIABLE: str(keys[1])}
    refused = subprocess.run(order, cwd=ROOT, env=asked, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "LIANYI_MANIFEST" in refused.stderr
    started = subprocess.run(order, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode == 0


def test_the_script_signs_and_verifies_from_the_shell(keys, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["manifest", "verify", str(keys[1])])
    assert release.main() == 1
    monkeypatch.setattr(sys, "argv", ["manifest"])
    assert release.main() == 2
    assert "cannot be read" in capsys.readouterr().err
