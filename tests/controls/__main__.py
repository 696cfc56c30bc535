"""`script/controls [SWITCH…]`: each control is switched off, and the tests its clause names must notice.

This is mutation testing of our own controls, not a mock: the shipped code runs, changed in one place, in the test
process and in all it starts. One switch at a time the tests run that the switch names; at the end those that noticed
run once more with every control in place. A control counts as noticed only when a test fails by its own assertion
without it and passes with it. Ends with 1 when a control can be switched off unnoticed. The result stands in
`protection/controls.json` below the data folder, for the evidence pack.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from config.local.places import ROOT
from config.protection.evidence import CONTROLS
from tests.controls.off import BY_NAME, environment
from tests.controls.plugin import REPORT
from tests.controls.switch import Switch
from tests.controls.switches import SWITCHES

TARGET: Final = Path(os.environ.get("LIANYI_DATA") or ROOT / "var") / CONTROLS
PATIENCE: Final = 600
OPTIONS: Final = ("-n0", "-q", "-p", "no:cacheprovider", "-W", "ignore", "--timeout", "300")

Did = dict[str, tuple[str, str]]


def main(names: list[str]) -> int:
    """Run these switches, all without names. Answers the exit code."""
    if unknown := [name for name in names if name not in BY_NAME]:
        sys.stderr.write(f"no control is called {', '.join(unknown)}\n")
        return 2
    wanted = [BY_NAME[name] for name in names] or list(SWITCHES)
    from tests import databases  # one PostgreSQL and one Valkey for all runs

    databases.ensure_template()
    lines = [_told(switch) for switch in wanted]
    sound = _run({line["noticed_by"] for line in lines if line["noticed_by"]}, {})
    for line in lines:
        what, words = sound.get(line["noticed_by"], ("passed", ""))
        if what != "passed":
            line |= {
                "noticed_by": "",
                "words": f"{line['noticed_by']} fails with the control as well: {words}",
            }
            sys.stdout.write(f"{line['switch']}: {line['words']}\n")
    _keep(lines)
    unnoticed = [line["switch"] for line in lines if not line["noticed_by"]]
    sys.stdout.write(f"{len(lines) - len(unnoticed)} of {len(lines)} controls are missed by their tests\n")
    if unnoticed:
        sys.stdout.write(f"switched off unnoticed: {', '.join(unnoticed)}\n")
    return 1 if unnoticed else 0


def _told(switch: Switch) -> dict[str, str]:
    began = time.monotonic()
    did = _run(switch.seen_by, environment(switch.name))
    noticed = next(((name, words) for name, (what, words) in did.items() if what == "noticed"), None)
    by, words = noticed or (
        "",
        "; ".join(f"{name} {what}: {said}" for name, (what, said) in did.items())[:300],
    )
    mark = "noticed" if noticed else "UNNOTICED"
    sys.stdout.write(
        f"{mark:9} {switch.clause:20} {switch.name:34} {time.monotonic() - began:4.0f} s  {by or words}\n"
    )
    sys.stdout.flush()
    line = {
        "clause": switch.clause, "switch": switch.name, "off": switch.off, "noticed_by": by, "words": words,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    _keep([line])
    return line


def _run(tests: Iterable[str], more: dict[str, str]) -> Did:
    """What each of these tests did, in a process of its own; "" stands for the run when it did not come to an end."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", "pytest", *OPTIONS, *sorted(tests)]
        known = os.environ | more | {REPORT: file.name}
        try:
            ended = subprocess.run(
                command, cwd=ROOT, env=known, capture_output=True, text=True, timeout=PATIENCE * (1 if more else 6),
                check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return {"": ("broke", "took too long")}
        content = Path(file.name).read_text()
        return json.loads(content) if content else {"": ("broke", (ended.stdout + ended.stderr)[-300:])}


def _keep(lines: list[dict[str, str]]) -> None:
    """Beside what is known of other switches from earlier runs."""
    known = {one["switch"]: one for one in json.loads(TARGET.read_text())} if TARGET.exists() else {}
    known |= {line["switch"]: line for line in lines}
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps([known[one.name] for one in SWITCHES if one.name in known], indent=1))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
