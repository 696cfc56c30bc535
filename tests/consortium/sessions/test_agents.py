"""Browsers by the names people give them."""

import pytest

from consortium.engine.agents import name_of

CHROME = (
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome 156 · Linux"),
        (f"{CHROME} Edg/155.0.0.0".replace("X11; Linux x86_64", "Windows NT 10.0"), "Edge 155 · Windows"),
        (f"{CHROME} QIHU 360SE", "360 · Linux"),
        ("Mozilla/5.0 (X11; UOS; Linux) Gecko/20100101 Firefox/140.0", "Firefox 140 · UOS"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML) Version/18.0 "
            "Mobile/15E148 Safari/604.1",
            "Safari 18 · iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_has_a_name(agent, name):
    assert name_of(agent) == name
