"""What the house is made of besides itself: a bill of materials from the lock files, and known weaknesses in it.

`script/sbom` writes CycloneDX 1.5 JSON. `script/audit-dependencies` holds locks, installed packages and advisories
against one another; where the advisories of the world cannot be reached it says so and checks the rest.
"""

import argparse
import base64
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid5

from config.local.places import ROOT

LOCKS: Final = ("requirements.txt", "requirements-dev.txt", "requirements-node.txt", "requirements-uv.txt")
RUNTIME: Final = "requirements.txt"
NPM: Final = Path("frontend/package-lock.json")
PINNED: Final = re.compile(r"^([A-Za-z0-9][\w.-]*)(?:\[[^]]*\])?==([^\s;\\]+)")
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")
WEAK: Final = re.compile(r"[1-9]\d* (known )?(\w+ severity )?vulnerabilit|severity: ", re.IGNORECASE)
"""How both programs say that they found something."""
HOUSE: Final = UUID("6c69616e-7969-4000-8000-736f66747761")
UNREACHED: Final = 3
"""Exit code: nothing wrong was found, but the advisories could not be asked."""


@dataclass(frozen=True)
class Part:
    """One locked package. `hashes`: algorithm and value of every file it may come as."""

    kind: str
    name: str
    version: str
    scope: str
    hashes: tuple[tuple[str, str], ...] = ()
    licence: str = ""

    @property
    def purl(self) -> str:
        """Package address, as CycloneDX and OSV name it."""
        return f"pkg:{self.kind}/{self.name.replace('@', '%40')}@{self.version}"


@dataclass
class Findings:
    """What is wrong, in sentences, and what could not be asked."""

    wrong: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def plain(name: str) -> str:
    """A Python package's name as the index writes it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def python_parts(root: Path = ROOT) -> Iterator[Part]:
    """The packages of the hashed requirements files, each once; what serves is `required`."""
    seen: set[tuple[str, str]] = set()
    for lock in LOCKS:
        scope = "required" if lock == RUNTIME else "excluded"
        for block in _blocks(root / lock):
            found = PINNED.match(block)
            if found is None or (plain(found[1]), found[2]) in seen:
                continue
            seen.add((plain(found[1]), found[2]))
            hashes = tuple(("SHA-256", one) for one in sorted(HASH.findall(block)))
            yield Part("pypi", plain(found[1]), found[2], scope, hashes)


def _blocks(lock: Path) -> Iterator[str]:
    text = lock.read_text() if lock.exists() else ""
    yield from text.replace("\\\n", " ").splitlines()


def node_parts(root: Path = ROOT) -> Iterator[Part]:
    """The packages of the npm lock."""
    packages = json.loads((root / NPM).read_text())["packages"]
    for place, said in sorted(packages.items()):
        if not place or said.get("link"):
            continue
        algorithm, _dash, value = said.get("integrity", "").partition("-")
        digest = base64.b64decode(value).hex() if value else ""
        hashes = ((algorithm.upper().replace("SHA", "SHA-"), digest),) if digest else ()
        scope = "excluded" if said.get("dev") else "required"
        name = place.rpartition("node_modules/")[2]
        yield Part("npm", name, said["version"], scope, hashes, str(said.get("license", "")))


def installed() -> dict[str, tuple[str, str]]:
    """Name -> (version, licence) of what is installed here."""
    found: dict[str, tuple[str, str]] = {}
    for one in metadata.distributions():
        about: Any = one.metadata
        licence = about.get("License-Expression") or about.get("License") or ""
        found[plain(about["Name"])] = (one.version, licence.splitlines()[0][:100] if licence else "")
    return found


def bill(root: Path = ROOT) -> dict[str, Any]:
    """The bill of materials as CycloneDX 1.5; the same locks give the same bytes."""
    here = installed()
    parts = sorted({*python_parts(root), *node_parts(root)}, key=lambda part: part.purl)
    components = [_component(part, here.get(part.name, ("", ""))[1]) for part in parts]
    number = uuid5(HOUSE, json.dumps(components, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{number}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "lianyi", "name": "lianyi"}},
        "components": components,
    }


def _component(part: Part, licence: str) -> dict[str, Any]:
    words = part.licence or (licence if part.kind == "pypi" else "")
    found: dict[str, Any] = {
        "type": "library",
        "bom-ref": part.purl,
        "name": part.name,
        "version": part.version,
        "purl": part.purl,
        "scope": part.scope,
        "hashes": [{"alg": algorithm, "content": value} for algorithm, value in part.hashes],
    }
    return {**found, "licenses": [{"license": {"name": words}}]} if words else found


def audit(parts: Iterable[Part], advisories: Path | None = None) -> Findings:
    """Locks without hashes, installed versions that are not the locked ones, and known weaknesses."""
    found, known, here = Findings(), list(parts), installed()
    found.wrong += [f"{part.purl} is locked without a hash" for part in known if not part.hashes]
    locked: dict[str, set[str]] = {}
    for part in known:
        if part.kind == "pypi":  # one name may be locked in several versions, for several Pythons
            locked.setdefault(part.name, set()).add(part.version)
    for name, versions in sorted(locked.items()):
        version = here.get(name, ("", ""))[0]
        if version and version not in versions:
            found.wrong.append(f"{name} {version} is installed, {', '.join(sorted(versions))} is locked")
    if advisories is not None:
        found.wrong += list(_weak(known, advisories))
    return found


def _weak(parts: Iterable[Part], advisories: Path) -> Iterator[str]:
    """Parts that an advisory (OSV documents in a folder, one JSON each) names with their very version."""
    named = {(part.kind, part.name, part.version): part for part in parts}
    ecosystems = {"PyPI": "pypi", "npm": "npm"}
    for document in sorted(advisories.glob("*.json")):
        said = json.loads(document.read_text())
        for one in said.get("affected", []):
            kind = ecosystems.get(one["package"]["ecosystem"], "")
            name = plain(one["package"]["name"]) if kind == "pypi" else one["package"]["name"]
            for version in one.get("versions", []):
                if part := named.get((kind, name, version)):
                    yield f"{part.purl}: {said['id']} {said.get('summary', '')}".rstrip()


def ask_the_world(found: Findings, root: Path = ROOT) -> None:
    """`pip-audit` and `npm audit` where they are and reach their registries; whom nobody could ask is said."""
    commands = {
        "pip-audit": ["pip-audit", "--disable-pip", "--require-hashes", "-r", str(root / RUNTIME)],
        "npm": ["npm", "audit", "--omit=dev", "--package-lock-only"],
    }
    for program, command in commands.items():
        if shutil.which(program) is None:
            found.unasked.append(f"{program} is not installed")
            continue
        folder = root / "frontend" if program == "npm" else root
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        words = (done.stdout + done.stderr).strip()
        if done.returncode == 0:
            continue
        weak = WEAK.search(words)
        if weak:
            found.wrong.append(f"{program}: {words[-2000:]}")
        else:
            found.unasked.append(
                f"{program} did not reach its advisories: {words.splitlines()[-1] if words else ''}"
            )


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["sbom", "audit"])
    parser.add_argument(
        "--output", type=Path, help="file of the bill of materials; standard output otherwise"
    )
    parser.add_argument("--advisories", type=Path, help="a folder of OSV documents to hold the locks against")
    parser.add_argument("--offline", action="store_true", help="ask no registry")
    given = parser.parse_args(arguments)
    if given.what == "sbom":
        text = json.dumps(bill(), indent=1, ensure_ascii=False) + "\n"
        given.output.write_text(text) if given.output else sys.stdout.write(text)
        return 0
    parts = [*python_parts(), *node_parts()]
    found = audit(parts, given.advisories)
    if not given.offline:
        ask_the_world(found)
    elif given.advisories is None:
        found.unasked.append(
            "published weaknesses: no registry was asked and no folder of advisories was given"
        )
    for sentence in found.wrong:
        sys.stdout.write(f"wrong: {sentence}\n")
    for sentence in found.unasked:
        sys.stdout.write(f"not asked: {sentence}\n")
    sys.stdout.write(f"{len(parts)} packages, {len(found.wrong)} wrong, {len(found.unasked)} not asked\n")
    return 1 if found.wrong else UNREACHED if found.unasked else 0


if __name__ == "__main__":
    raise SystemExit(main())
