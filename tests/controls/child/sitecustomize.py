"""Python imports this first in every process of a run without one control (`tests.controls.off.environment`)."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent.parent.parent))

from tests.controls import off  # found by the line above

off.apply()
