"""schemathesis against a running house: everything the schema allows and everything it forbids, with all its checks."""

import os
import subprocess
import sys
from pathlib import Path

CONFIG = Path(__file__).with_name("schemathesis.toml")


def fuzz(
    url: str,
    token: str,
    *,
    seconds: int,
    examples: int,
    phases: str = "coverage,fuzzing",
    room: Path,
    seed: int = 1,
) -> subprocess.CompletedProcess[str]:
    """Run it for one token; what it says stands in stdout. Its own files stay in `room`."""
    command = [
        sys.executable, "-W", "ignore", "-m", "schemathesis.cli", "--config-file", str(CONFIG),
        "run", f"{url}/api/schema/", "--url", url,
        "--header", f"Authorization: Bearer {token}", "--header", "Accept-Language: en",
        "--phases", phases, "--checks", "all", "--max-examples", str(examples), "--max-time", str(seconds),
        "--seed", str(seed), "--request-timeout", "20", "--suppress-health-check", "all", "--continue-on-failure",
    ]  # fmt: skip
    known = {name: value for name, value in os.environ.items() if not name.startswith(("COV_", "PYTEST_"))}
    return subprocess.run(
        command, cwd=room, env=known, capture_output=True, text=True, timeout=seconds + 60, check=False
    )
