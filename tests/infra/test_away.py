"""What nginx says by itself while a process behind it is away: whole, in both languages, asking nothing of anybody."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser

import pytest
from fhir.resources.R4B.operationoutcome import OperationOutcome

from config.local.places import ROOT

NGINX = ROOT / "deploy/nginx"
CONF = (NGINX / "lianyi.conf").read_text()
PAGE = (NGINX / "away/page.html").read_text()


class Seen(HTMLParser):
    """Every element with its attributes, and what is left open at the end."""

    EMPTY = ("meta",)

    def __init__(self):
        super().__init__()
        self.elements, self.open = [], []
        self.feed(PAGE)

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_fetches_and_runs_nothing():
    seen = Seen()
    asked = {
        (tag, name)
        for tag, attrs in seen.elements
        for name in attrs
        if name in ("src", "href", "action", "style")
    }
    handlers = [name for _tag, attrs in seen.elements for name in attrs if name.startswith("on")]

    assert PAGE.startswith("<!doctype html>")
    assert (seen.open, handlers) == ([], [])
    assert {tag for tag, _attrs in seen.elements} & {
        "script",
        "link",
        "img",
        "form",
        "iframe",
        "object",
    } == set()
    assert (asked, {attrs["href"] for _tag, attrs in seen.elements if "href" in attrs}) == (
        {("a", "href")},
        {"/"},
    )
    assert re.findall(r"url\(|@import|https?:", PAGE) == []


def test_the_page_speaks_chinese_first_and_then_english():
    seen = Seen()
    assert [attrs["lang"] for _tag, attrs in seen.elements if "lang" in attrs] == ["zh-Hans", "en"]
    assert PAGE.index("危重患者不要等系统") < PAGE.index("A patient in danger cannot wait for a screen")


def test_the_policy_allows_the_style_of_the_page_and_nothing_else():
    style = re.search(r"<style>(.*?)</style>", PAGE, re.DOTALL)[1]
    told = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = re.search(r'add_header Content-Security-Policy "([^"]+)" always;', CONF)[1]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{told}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/", "/away/page.html"),
        ("/referrals/1/?next=/fhir/", "/away/page.html"),
        ("/fhir/Patient?name=x", "/away/outcome.fhir"),
        ("/api/v1/patients/", "/away/answer.json"),
        ("/oauth/token", "/away/answer.json"),
        ("/dicomweb/studies", "/away/answer.json"),
    ],
)
def test_each_caller_is_answered_in_his_kind(path, answer):
    table = re.search(r"map \$request_uri \$lianyi_away \{(.*?)\}", CONF, re.DOTALL)[1]
    lines = dict(re.findall(r"(\S+) (/away/\S+);", table))
    default = lines.pop("default")
    found = next((said for rule, said in lines.items() if re.search(rule.removeprefix("~"), path)), default)
    assert found == answer
    assert {one.name for one in (NGINX / "away").iterdir()} == {
        said.rpartition("/")[2] for said in (default, *lines.values())
    }


def test_it_is_a_503_that_says_when_to_come_again():
    assert "error_page 502 504 =503 $lianyi_away;" in CONF
    assert re.findall(r"add_header (Retry-After|Cache-Control) (\S+) always;", CONF) == [
        ("Retry-After", "15"), ("Cache-Control", '"no-store"'),
    ]  # fmt: skip


def test_programs_get_bodies_of_their_kind():
    answer = json.loads((NGINX / "away/answer.json").read_text())
    outcome = json.loads((NGINX / "away/outcome.fhir").read_text())

    assert (sorted(answer), answer["code"], answer["fields"]) == (
        ["code", "detail", "fields"],
        "unavailable",
        {},
    )
    OperationOutcome.model_validate(outcome)
    assert outcome["issue"][0]["code"] == "transient"
