"""The signed manifest of a release (8.1.4.6): which files there are, with their hashes, under an SM2 signature.

`script/manifest sign KEY.pem` writes `release.json` where a release is made; LIANYI_MANIFEST with the path of the
maker's public key lets no process start whose files differ.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Final

from django.core.exceptions import ImproperlyConfigured

from config import env
from config.local.places import ROOT
from kernel.crypto import sm2

FILE: Final = "release.json"
VARIABLE: Final = "LIANYI_MANIFEST"
FOLDERS: Final = (
    "config", "kernel", "consortium", "emr", "diagnostics", "imaging", "ecg", "referral", "insurance_bridge",
    "portal", "fixtures", "script", "deploy", "frontend/dist", "staticfiles",
)  # fmt: skip
SINGLE: Final = ("manage.py", "requirements.txt", "pyproject.toml")
PASSED_OVER: Final = {".pyc", ".mo"}
"""Made on the machine itself from files that are in the list; a .pyc that does not fit its source is not loaded."""


class Tampered(Exception):
    """Files are not those that were released; the message names the first of them."""


def hashes(root: Path = ROOT) -> dict[str, str]:
    """SM3 of every file of the program, by its path."""
    paths = [root / name for name in SINGLE]
    for folder in FOLDERS:
        paths += sorted((root / folder).rglob("*"))
    return {
        str(path.relative_to(root)): hashlib.new("sm3", path.read_bytes()).hexdigest()
        for path in paths
        if path.is_file() and path.suffix not in PASSED_OVER
    }


def sign(key: Path, root: Path = ROOT) -> Path:
    """Write the manifest beside the program; the private key stays with who makes releases."""
    body = json.dumps(hashes(root), sort_keys=True)
    made = sm2.Key.read(key.read_bytes()).sign(body.encode())
    at = root / FILE
    at.write_text(json.dumps({"body": body, "signature": base64.b64encode(made).decode()}))
    return at


def verify(public: Path, root: Path = ROOT) -> int:
    """How many files are as they were released. Raises Tampered for a changed, missing or added one."""
    try:
        outer = json.loads((root / FILE).read_text())
        body, value = str(outer["body"]), base64.b64decode(outer["signature"])
        genuine = sm2.Key.read(public.read_bytes()).verify(body.encode(), value)
        told: dict[str, str] = json.loads(body)
    except (OSError, KeyError, TypeError, ValueError, sm2.Missing) as error:
        raise Tampered(f"the manifest cannot be read: {error}") from error
    if not genuine:
        raise Tampered("the manifest is not signed by this key")
    found = hashes(root)
    if wrong := sorted(name for name in {*told, *found} if told.get(name) != found.get(name)):
        raise Tampered(f"{len(wrong)} files are not those of the release, among them {wrong[0]}")
    return len(told)


def demand() -> None:
    """Stop the start (ImproperlyConfigured) where LIANYI_MANIFEST asks for a release and this is not it."""
    if not (public := env.text(VARIABLE)):
        return
    try:
        verify(Path(public))
    except Tampered as error:
        raise ImproperlyConfigured(f"{VARIABLE}: {error}") from error


def main() -> int:
    """`script/manifest sign KEY.pem` or `script/manifest verify PUBLIC.pem`."""
    verbs = {"sign": sign, "verify": verify}
    if len(sys.argv) != 3 or sys.argv[1] not in verbs:
        sys.stderr.write(f"{main.__doc__}\n")
        return 2
    try:
        sys.stdout.write(f"{verbs[sys.argv[1]](Path(sys.argv[2]))}\n")
    except Tampered as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
