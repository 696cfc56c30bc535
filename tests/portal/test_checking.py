"""Whoever holds a signed paper can ask whether it holds, and learns nothing else."""

import re
from dataclasses import dataclass, replace

import pytest
from django.core.cache import cache

from diagnostics import services as diagnostics
from diagnostics.choices import PAPER
from diagnostics.models import ExamRequest, Report
from kernel import papers
from kernel.models import PaperSeal
from referral import services as referrals
from referral.choices import PAPER as FORM
from referral.models import Referral
from tests.factories.consortium import sign_in
from tests.factories.diagnostics import Scene, make_draft, make_examined, make_scene
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_asked_yet(client):
    cache.clear()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"


@dataclass
class Signed:
    scene: Scene
    report: Report
    seal: PaperSeal

    @property
    def address(self) -> str:
        return f"/verify/{self.seal.token}"


@pytest.fixture
def signed() -> Signed:
    scene = make_scene()
    request = make_draft(scene, make_examined(scene))
    report = diagnostics.sign(by=scene.by("reader"), request_id=request.pk)
    seal = papers.of(PAPER, request.report_id, report.version)
    assert seal is not None
    return Signed(scene, report, seal)


def said(client, address: str) -> tuple[int, str]:
    answer = client.get(address)
    return answer.status_code, re.sub(r"\s+", " ", answer.content.decode())


def test_a_genuine_paper_is_said_to_be_genuine_without_naming_anybody(client, signed):
    status, page = said(client, signed.address)
    assert status == 200
    assert "Genuine." in page
    assert "the platform's key (software)" in page.replace("&#x27;", "'")
    assert f"SM2-SM3 · {signed.seal.key_id}" in page
    for secret in (
        signed.report.impression,
        signed.report.request.item.name,
        str(signed.report.request.patient_id),
    ):
        assert secret not in page
    assert re.search(r"测\*+\d", page)


def test_the_code_carries_no_identity(signed):
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", signed.seal.token)
    assert str(signed.seal.subject) not in signed.address


def test_an_altered_report_is_said_to_be_altered(client, signed, monkeypatch):
    kept = papers._kinds[PAPER]
    bent = lambda subject, version: replace(kept(subject, version), data=b"other words")  # noqa: E731
    monkeypatch.setitem(papers._kinds, PAPER, bent)
    assert "Altered." in said(client, signed.address)[1]


@pytest.mark.parametrize("field", ["value", "key_id", "digest"])
def test_a_bent_seal_is_said_to_be_altered(client, signed, field):
    value = bytes(32) if field == "digest" else "AAAA"
    PaperSeal.objects.filter(pk=signed.seal.pk).update(**{field: value})
    assert "Altered." in said(client, signed.address)[1]


def test_a_corrected_report_is_no_longer_valid(client, signed):
    scene, request = signed.scene, signed.report.request
    diagnostics.amend(by=scene.by("reviewer"), request_id=request.pk, version=None, reason="漏写结节")
    version = ExamRequest.objects.get(pk=request.pk).draft.version
    words = {"findings": "左肺结节。", "impression": "左肺结节。", "outcome": "abnormal"}
    diagnostics.save_draft(by=scene.by("reviewer"), request_id=request.pk, draft_version=version, **words)
    newer = diagnostics.sign(by=scene.by("reviewer"), request_id=request.pk)
    assert "No longer valid." in said(client, signed.address)[1]
    fresh = papers.of(PAPER, request.report_id, newer.version)
    assert "Genuine." in said(client, f"/verify/{fresh.token}")[1]


def test_any_other_code_is_answered_alike(client, signed):
    answers = {said(client, f"/verify/{token}") for token in ("x", "A" * 22, "A" * 500, "%00", "é")}
    assert {status for status, _page in answers} == {404}
    # The shell around it holds the address itself, for the switch of the language.
    assert len({re.search(r"<main.*</main>", page)[0] for _status, page in answers}) == 1


def test_who_tries_codes_is_stopped(client, signed):
    for _time in range(20):
        client.get("/verify/AAAAAAAAAAAAAAAAAAAAAA")
    assert client.get(signed.address).status_code == 429


def test_nothing_is_written_and_nothing_else_is_taken(client, signed):
    assert client.post(signed.address).status_code == 405


def test_the_report_page_carries_the_code(client, signed):
    sign_in(client, signed.scene.doctor)
    page = client.get(f"/reports/{signed.report.request.report_id}/").content.decode()
    assert "<svg" in page
    assert "software signature of the platform, no licensed CA · SM2-SM3" in page


def test_a_referral_form_is_checked_the_same_way(client):
    county = make_county()
    referral = make_submitted(county)
    seal = papers.of(FORM, referral.pk, 1)
    assert "Genuine." in said(client, f"/verify/{seal.token}")[1]
    Referral.objects.filter(pk=referral.pk).update(diagnosis="另一种病")
    assert "Altered." in said(client, f"/verify/{seal.token}")[1]
    Referral.objects.filter(pk=referral.pk).update(diagnosis=referral.diagnosis)
    referral.refresh_from_db()
    referrals.withdraw(
        by=county.doctor, referral_id=referral.pk, version=referral.version, key="w", reason="病人好转"
    )
    assert "No longer valid." in said(client, f"/verify/{seal.token}")[1]
    assert referral.diagnosis not in said(client, f"/verify/{seal.token}")[1]
