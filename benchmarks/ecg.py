"""CPU of one recording: reading, measuring, judging, packing, drawing the first frame; size of what the viewer loads.

    .venv/bin/python benchmarks/ecg.py [--files FOLDER] [--rounds 20]

Without --files synthetic recordings of ten seconds are measured; with it every file of the folder that can be read.
Needs no database. Prints JSON.
"""

import argparse
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from ecg.engine import compact, readers, strip
from ecg.engine.measure import analyse
from ecg.engine.record import Record, UnreadableEcg
from ecg.engine.rules import triage
from fixtures.ecg import files
from fixtures.ecg.synthetic import Heart, draw

RHYTHMS = (("sinus", 72), ("af", 95), ("avb3", 34), ("stemi", 80), ("svt", 190), ("pause", 70))


def inputs(folder: Path | None) -> dict[str, bytes]:
    """File name to bytes; the last bytes of a folder that no reader knows are left out."""
    if folder is None:
        hearts = {f"{name}-{rate}": draw(Heart(name, rate)) for name, rate in RHYTHMS}
        return {
            f"{name}.{kind}": make(heart) for name, heart in hearts.items() for kind, make in MAKERS.items()
        }
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if readable(path)}


MAKERS: dict[str, Callable[..., bytes]] = {"dcm": files.dicom, "xml": files.aecg}


def readable(path: Path) -> bool:
    try:
        readers.read(path.read_bytes())
    except UnreadableEcg:
        return False
    return True


def cpu(call: Callable[[], object], rounds: int) -> float:
    """Median milliseconds of CPU."""
    call()
    spent = []
    for _round in range(rounds):
        begun = time.process_time()
        call()
        spent.append((time.process_time() - begun) * 1000)
    return round(statistics.median(spent), 2)


def pack(record: Record) -> bytes:
    return compact.pack(leads=record.leads, samples=record.samples, lsb=record.lsb, rate=record.rate)


def one(data: bytes, rounds: int) -> dict[str, Any]:
    record = readers.read(data)
    found = analyse(record)
    return {
        "format": record.format,
        "seconds": round(record.seconds, 1),
        "bytes": len(data),
        "read_ms": cpu(lambda: readers.read(data), rounds),
        "measure_ms": cpu(lambda: triage(analyse(record)), rounds),
        "pack_ms": cpu(lambda: pack(record), rounds),
        "frame_ms": cpu(
            lambda: strip.frame(leads=record.leads, samples=record.samples, lsb=record.lsb, rate=record.rate),
            rounds,
        ),
        "viewer_bytes": len(pack(record)),
        "beats": found.beats,
        "rate": found.rate,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=Path)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    rows = {name: one(data, asked.rounds) for name, data in inputs(asked.files).items()}
    measures = [row["measure_ms"] for row in rows.values()]
    answer = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "measure_ms_median": statistics.median(measures),
        "measure_ms_most": max(measures),
        "viewer_bytes_most": max(row["viewer_bytes"] for row in rows.values()),
        "files": rows,
    }
    print(json.dumps(answer, indent=2))


if __name__ == "__main__":
    main()
