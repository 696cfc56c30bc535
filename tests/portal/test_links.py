"""Nothing a page offers is refused to the person it is offered to."""

import re
from collections import deque
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from consortium.choices import Role
from consortium.models import Post
from kernel.actor import Actor
from portal.demo import county
from tests.factories.consortium import sign_in
from tests.walk import name_of

pytestmark = [pytest.mark.django_db(databases=["default", "audit"]), pytest.mark.slow]

PEOPLE = 120
PAGES = 60
OFFERED = re.compile(r'<a\b[^>]*?\shref="([^"#]+)"|hx-get="([^"]+)"')


def offered(text: str, path: str) -> list[str]:
    """Addresses a page leads to or loads by itself."""
    found = (unescape(link or part) for link, part in OFFERED.findall(text))
    return [
        one for one in (urljoin(path, target) for target in found) if one.startswith("/") and one[1:2] != "/"
    ]


def refused(client: Client) -> dict[str, int]:
    """The addresses that one page offered and another answer than the page itself came from, breadth first."""
    waiting, known, objections, left = deque([("/", "the door")]), {"portal.home"}, {}, PAGES
    while waiting and left:
        path, origin = waiting.popleft()
        answer = client.get(path, follow=True)
        if answer.status_code >= 400:
            objections[f"{origin} offers {path}"] = answer.status_code
        if "html" not in answer.headers.get("Content-Type", "") or answer.streaming:
            continue
        left -= 1
        here = answer.redirect_chain[-1][0] if answer.redirect_chain else path
        for target in offered(answer.text, urlsplit(here).path):
            kind = name_of(target)
            if kind and kind not in known:
                known.add(kind)
                waiting.append((target, here))
    return objections


def test_no_link_leads_where_its_reader_may_not_go(settings, tmp_path):
    settings.DEMO, settings.EMBEDDED = True, True
    county.load(by=Actor.system("demo"), count=PEOPLE, folder=tmp_path)

    objections = {}
    for role in Role:
        post = (
            Post.objects.filter(role=role).select_related("staff").order_by("staff__username", "pk").first()
        )
        assert post is not None, f"nobody is {role} in the demo county"
        client = Client()
        sign_in(client, post.staff, role)
        objections |= {f"{role}: {words}": status for words, status in refused(client).items()}

    assert objections == {}
