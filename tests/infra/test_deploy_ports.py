"""The files of deploy/ agree: what nginx sends somewhere, a unit and a container listen to."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from config.local.places import ROOT

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
PORT = re.compile(r"(?:--bind|--port)[ =]\"?(?:[\d.]+:)?(\d{4})")


def commands(text: str) -> str:
    return text.replace('", "', " ")


def ports(text: str) -> set[str]:
    return set(PORT.findall(commands(text)))


def test_each_upstream_of_nginx_has_a_unit_and_a_container_behind_it():
    upstreams = set(re.findall(r"server 127\.0\.0\.1:(\d+)", (DEPLOY / "nginx/lianyi.conf").read_text()))
    units = set().union(*(ports(unit.read_text()) for unit in UNITS))
    containers = ports((DEPLOY / "compose.yaml").read_text()) | ports((DEPLOY / "Dockerfile").read_text())
    assert (units, containers) == (upstreams, upstreams)


@pytest.mark.parametrize("unit", [unit.name for unit in UNITS if "granian" in unit.read_text()])
def test_granian_knows_every_option_of_a_unit(unit):
    line = re.search(r"^ExecStart=\S+/granian (.*)$", (DEPLOY / "systemd" / unit).read_text(), re.MULTILINE)
    assert line is not None
    options = re.findall(r"--[a-z-]+", line[1])
    told = subprocess.run(
        [Path(sys.executable).parent / "granian", "--help"], capture_output=True, text=True, check=True
    )
    assert [option for option in options if option not in told.stdout] == []
