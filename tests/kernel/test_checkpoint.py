"""Signed checkpoints reach a second place; what does not raises the alarm, what differs is found."""

import socketserver
import threading

import orjson
import pytest

from kernel import audit
from kernel.actor import Actor
from kernel.chain import checkpoint, verifying
from kernel.models import Alarm

SYSTEM = Actor.system("test")


@pytest.fixture
def second(race_db, settings, tmp_path):
    """A data folder with one entry in the chain, and a second place."""
    settings.DATA_DIR = tmp_path / "data"
    settings.AUDIT_SECOND_PLACE = str(tmp_path / "second")
    (tmp_path / "second").mkdir()
    audit.record(by=SYSTEM, action="test.done")
    return tmp_path / "second" / "checkpoints.jsonl"


def found():
    return [(one.kind, one.sequence, one.note) for one in verifying.verify().findings]


def test_every_checkpoint_lies_at_both_places(second):
    checkpoint.write()
    checkpoint.write()
    assert second.exists()
    assert second.read_bytes() == checkpoint.path().read_bytes()
    assert (found(), Alarm.objects.count(), checkpoint.last()[0]) == ([], 0, 2)


def test_a_second_place_that_was_away_alarms_and_catches_up(second):
    second.parent.rmdir()
    checkpoint.write()
    alarm = Alarm.objects.get()
    assert (alarm.code, alarm.level, alarm.detail) == (
        "kernel.checkpoint_failed", 3, {"reason": "FileNotFoundError"},
    )  # fmt: skip
    second.parent.mkdir()
    checkpoint.write()
    assert (second.read_bytes().count(b"\n"), Alarm.objects.get().times) == (2, 1)


def test_a_file_rewritten_with_the_signing_key_differs_from_the_second_place(second):
    checkpoint.write()
    kept = second.read_bytes()
    checkpoint.path().unlink()
    audit.record(by=SYSTEM, action="test.done")
    checkpoint.write()  # signed anew, and sound in itself
    assert [one.genuine for one in checkpoint.read()] == [True]
    assert second.read_bytes() == kept
    assert Alarm.objects.get().detail == {"reason": "Differs"}
    assert [(kind, line) for kind, line, _note in found()] == [("checkpoint", 1)]


def test_a_file_cut_short_is_found(second):
    checkpoint.write()
    checkpoint.write()
    checkpoint.path().write_bytes(checkpoint.path().read_bytes().splitlines(keepends=True)[0])
    assert [(kind, line) for kind, line, _note in found()] == [("checkpoint", 2)]


def test_a_line_nobody_signed_is_found_whatever_follows_it(second, settings):
    settings.AUDIT_SECOND_PLACE = ""
    for _number in range(3):
        checkpoint.write()
    lines = checkpoint.path().read_bytes().splitlines()
    outer = orjson.loads(lines[1])
    lines[1] = orjson.dumps({**outer, "body": outer["body"].replace('"at":"2', '"at":"1')})
    checkpoint.path().write_bytes(b"\n".join(lines) + b"\n")
    assert [one.genuine for one in checkpoint.read()] == [True, False, False]


def test_a_collector_is_sent_each_checkpoint(second, settings):
    got = []

    class Collector(socketserver.StreamRequestHandler):
        def handle(self):
            got.append(self.rfile.read())

    with socketserver.TCPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        settings.AUDIT_SECOND_PLACE = f"syslog://127.0.0.1:{server.server_address[1]}"
        checkpoint.write()
        for _wait in range(100):
            if got:
                break
            threading.Event().wait(0.05)
    length, _, message = got[0].partition(b" ")
    assert int(length) == len(message)
    assert message.startswith(b"<110>1 ")
    assert b"audit.checkpoint [lianyi@32473 body=" in message
    assert Alarm.objects.count() == 0


def test_a_collector_that_is_down_alarms(second, settings):
    settings.AUDIT_SECOND_PLACE = "syslog://127.0.0.1:1"
    checkpoint.write()
    assert Alarm.objects.get().detail == {"reason": "ConnectionRefusedError"}
