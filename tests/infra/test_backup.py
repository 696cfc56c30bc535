"""The drill: a backup of a living platform comes back into an empty one, row for row and byte for byte."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local.places import ROOT
from config.local.postgres import binaries
from consortium.choices import Role
from kernel import backup
from kernel.actor import Actor
from kernel.crypto import keys, signer
from kernel.errors import StepUpNeeded
from tests.factories.consortium import make_staff
from tests.factories.emr import make_patient
from tests.factories.kernel import make_actor, make_file

BY = Actor.system("backup")
WORDS = "eleven willows stand at the creek"
NAME = "欧阳娜塔"


@pytest.fixture
def made(race_db, settings, tmp_path) -> Path:
    """A backup of a small house, taken while a transaction is open and a row of it not yet committed."""
    settings.FILES_ROOT, settings.DATA_DIR = tmp_path / "files", tmp_path / "data"
    make_patient(name=NAME)
    make_staff(Role.BRANCH_DOCTOR)
    make_file(os.urandom(3_000_000), label=4)
    make_file(b"plain as it came", label=3)
    return backup.make(by=BY, folder=tmp_path / "backups", passphrase=WORDS, programs=binaries())


def run(data: Path, *order: str) -> subprocess.CompletedProcess[str]:
    """A command of the house on another data folder: its own cluster, its own keys."""
    gone = ("DATABASE", "REDIS", "SECRET_KEY", "LIANYI")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(gone)}
    environment |= {"LIANYI_DATA": str(data), "LIANYI_BACKUP_PASSPHRASE": WORDS}
    return subprocess.run(
        [sys.executable, "-W", "ignore", str(ROOT / "manage.py"), *order],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=180, check=False,
    )  # fmt: skip


@pytest.fixture
def second() -> Iterator[Path]:
    """An empty data folder the database's own user may walk to, when this process is root."""
    room = Path(tempfile.mkdtemp(prefix="lianyi-drill-"))
    room.chmod(0o711)
    yield room / "data"
    shutil.rmtree(room, ignore_errors=True)


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_backup_comes_back_into_a_fresh_cluster(made, second):
    done = run(second, "restore", str(made))
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(json.loads((made / "manifest.json").read_text())["body"])
    rows = sum(count for count, _digest in told["tables"].values())
    assert f"{rows} rows in {len(told['tables'])} tables and 2 files, all compared" in done.stdout
    assert told["tables"]["emr_person"][0] == 1
    names = (
        "from emr.index import vault; from emr.index.models import Person; from kernel.chain import verifying;"
        "print(vault.name_of(Person.objects.get()), verifying.verify().sound)"
    )
    asked = run(second, "shell", "-v0", "-c", names)
    assert asked.stdout.strip() == f"{NAME} True", asked.stderr[-2000:]


def test_nothing_in_a_backup_can_be_read(made):
    everything = b"".join(path.read_bytes() for path in made.iterdir())
    for word in (
        NAME.encode(),
        b"emr_person (",
        b"plain as it came",
        keys.ring()[keys.current()].hex().encode(),
    ):
        assert word not in everything
    assert made.stat().st_mode & 0o077 == 0
    assert [path.name for path in made.parent.iterdir()] == [made.name]


def bend(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


ALTERED = {
    "a byte of the database": lambda folder: bend(folder / "database.sealed", 5000),
    "a byte of the files": lambda folder: bend(folder / "files.sealed", 1_200_000),
    "the end cut off": lambda folder: os.truncate(folder / "files.sealed", 1_100_000),
    "a part gone": lambda folder: (folder / "keys.sealed").unlink(),
    "a part exchanged": lambda folder: shutil.copy(folder / "keys.sealed", folder / "database.sealed"),
    "a row count": lambda folder: rewrite(folder, lambda text: text.replace('emr_person\\":[1', 'emr_person\\":[2')),
    "the signature": lambda folder: rewrite(folder, lambda text: text.replace('"SM2-SM3"', '"SM2-SM4"')),
    "no manifest": lambda folder: (folder / "manifest.json").unlink(),
    "another version": lambda folder: rewrite(folder, lambda text: text.replace('version\\":1', 'version\\":2')),
}  # fmt: skip


def rewrite(folder: Path, change) -> None:
    text = (folder / "manifest.json").read_text()
    assert change(text) != text
    (folder / "manifest.json").write_text(change(text))


@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_backup_is_refused_before_anything_is_written(made, what, monkeypatch):
    ALTERED[what](made)
    with pytest.raises(backup.Refused, match=r"altered|missing|cannot be read|signature|reads 1"):
        backup.restore(by=BY, folder=made, passphrase=WORDS, programs=binaries())


def test_a_forger_with_the_hashes_lacks_the_passphrase(made):
    """Whoever alters a part and writes its new hash and a signature of her own into the manifest is found."""
    from kernel.backup import manifest

    bend(made / "files.sealed", 1000)
    outer = json.loads((made / "manifest.json").read_text())
    words = json.loads(outer["body"])
    words["parts"]["files"]["sm3"] = manifest.digest_of(made / "files.sealed")
    outer["body"] = json.dumps(words)
    made_anew = signer().sign(outer["body"].encode())
    outer["signature"] = [made_anew.algorithm, made_anew.key_id, made_anew.value_b64]
    (made / "manifest.json").write_text(json.dumps(outer))
    with pytest.raises(backup.Refused, match="the manifest was altered"):
        backup.restore(by=BY, folder=made, passphrase=WORDS, programs=binaries())


def test_another_passphrase_another_signer_or_a_full_house_is_refused(made):
    with pytest.raises(backup.Refused, match="passphrase"):
        backup.restore(by=BY, folder=made, passphrase="wrong" * 4, programs=binaries())
    with pytest.raises(backup.Refused, match="expected 0123"):
        backup.restore(by=BY, folder=made, passphrase=WORDS, programs=binaries(), signed_by="0123")
    with pytest.raises(backup.Refused, match="not empty"):
        backup.restore(by=BY, folder=made, passphrase=WORDS, programs=binaries())


def test_a_backup_needs_a_fresh_proof_and_a_real_passphrase(race_db, tmp_path):
    with pytest.raises(StepUpNeeded):
        backup.make(by=make_actor(), folder=tmp_path, passphrase=WORDS, programs=binaries())
    with pytest.raises(StepUpNeeded):
        backup.restore(by=make_actor(), folder=tmp_path, passphrase=WORDS, programs=binaries())
    with pytest.raises(ValueError, match="at least 12"):
        backup.make(by=BY, folder=tmp_path, passphrase="short", programs=binaries())


def test_a_backup_that_fails_leaves_nothing(race_db, settings, tmp_path):
    settings.FILES_ROOT = tmp_path / "files"
    with pytest.raises(FileNotFoundError):
        backup.make(by=BY, folder=tmp_path / "backups", passphrase=WORDS, programs=tmp_path / "nowhere")
    assert list((tmp_path / "backups").iterdir()) == []
