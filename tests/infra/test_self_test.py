"""A wrong known answer stops every process of the house before it serves anybody."""

import os
import subprocess
import sys

import pytest

from config.local.places import ROOT

# What each process runs first, as `config.local.services` and the units of deploy/ start it.
STARTS = {
    "web": "import config.wsgi",
    "worker": "from celery.bin.celery import celery; import sys;"
    "sys.argv = ['celery', '-A', 'config.celery', 'worker', '-P', 'solo', '--without-mingle']; celery()",
    "receiver": "import sys; sys.argv = ['manage.py', 'dicom_receiver', '--help'];"
    "import manage; manage.main()",
}
BEND = """
import kernel.crypto.{module} as bent
real = bent.{name}
def wrong(*given, **more):
    answer = real(*given, **more)
    return not answer if isinstance(answer, bool) else bytes([answer[0] ^ 1]) + answer[1:]
bent.{name} = wrong
"""
BENT = {
    "HKDF-SM3": BEND.format(module="expanding", name="expand"),
    "SM4-GCM": BEND.format(module="sm4", name="encrypt"),
    "SM4-CTR": BEND.format(module="sm4", name="counter"),
    "SM2 verifying": BEND.format(module="sm2", name="Key.verify"),
    "SM3": "import hashlib; real = hashlib.new\n"
    "hashlib.new = lambda name, data=b'', **more: real(name, data + b'x' if name == 'sm3' else data, **more)",
    "HMAC-SM3": "import hmac; real = hmac.digest\nhmac.digest = lambda key, text, way: real(key, text + b'x', way)",
}


def started(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT, env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("process", STARTS)
def test_a_wrong_answer_stops_this_process(process):
    done = started(f"{BENT['SM4-GCM']}\n{STARTS[process]}")
    assert done.returncode != 0
    assert "cryptographic self-test: SM4-GCM gives a wrong answer" in done.stderr


@pytest.mark.parametrize("name", [name for name in BENT if name != "SM4-GCM"])
def test_each_broken_algorithm_stops_the_web_process(name):
    done = started(f"{BENT[name]}\n{STARTS['web']}")
    assert done.returncode != 0
    assert f"cryptographic self-test: {name} gives a wrong answer" in done.stderr


def test_right_answers_let_it_start():
    assert started(STARTS["web"]).returncode == 0
