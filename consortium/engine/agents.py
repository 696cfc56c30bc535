"""What a browser is called by people, from the long line it calls itself."""

import re
from typing import Final

# The first that fits: domestic browsers and Edge call themselves Chrome too, Chrome calls itself Safari.
BROWSERS: Final = (
    ("360", r"360(?:SE|EE|Browser)|QIHU"),
    ("QQ", r"QQBrowser/(\d+)"),
    ("奇安信", r"Qaxbrowser|QAXBrowser"),
    ("Edge", r"Edg(?:e|A|iOS)?/(\d+)"),
    ("Firefox", r"Firefox/(\d+)"),
    ("Chrome", r"(?:Headless)?Chrome/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* .*Safari"),
)
SYSTEMS: Final = (
    ("HarmonyOS", r"HarmonyOS|OpenHarmony"),
    ("Android", r"Android"),
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X"),
    ("UOS", r"UOS"),
    ("Linux", r"Linux"),
)


def name_of(agent: str) -> str:
    """`Chrome 156 · Linux`; the first word of the line for what is no browser."""
    system = next((name for name, pattern in SYSTEMS if re.search(pattern, agent)), "")
    for name, pattern in BROWSERS:
        if found := re.search(pattern, agent):
            version = found[1] if found.re.groups else ""
            return " · ".join(part for part in (f"{name} {version}".strip(), system) if part)
    return agent.partition(" ")[0][:40]
