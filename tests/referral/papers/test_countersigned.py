"""Papers that a licensed CA has signed after the platform say so on the sheet: page, PDF and the public check."""

import pytest
from django.test import Client
from django.urls import reverse

from consortium.models import Staff
from diagnostics import services as diagnostics
from diagnostics.choices import PAPER as REPORT
from emr.prescriptions.choices import PAPER as PRESCRIPTION
from kernel import countersign, papers
from kernel.actor import Actor
from kernel.models import PaperSeal
from referral.choices import PAPER as FORM
from tests.factories.ca import ask, running
from tests.factories.consortium import sign_in
from tests.factories.diagnostics import make_draft, make_examined, make_scene
from tests.factories.prescriptions import make_prescription, make_visit
from tests.factories.referral import make_county, make_submitted
from tests.referral.papers.test_form_pdf import read
from tests.referral.papers.test_papers import squeezed

pytestmark = pytest.mark.django_db
CERTIFICATE = "CN=Simulated CA, serial 0001"


@pytest.fixture(scope="module")
def ca(tmp_path_factory):
    with running(tmp_path_factory.mktemp("ca")) as folder:
        yield folder


@pytest.fixture
def asked(db, ca, settings):
    ask(settings, ca)


def browser(person):
    found = Client(headers={"accept-language": "zh-hans"})
    sign_in(found, Staff.objects.get(pk=person))
    return found


def words(kind):
    """What a sheet says of the key once the CA has answered."""
    answer = PaperSeal.objects.get(kind=kind).ca_answer
    return squeezed(f"持证 CA 签名，证书 {CERTIFICATE}，{answer['at']}")


def test_each_sheet_names_the_licensed_ca_its_certificate_and_its_time(asked):
    county, visit = make_county(), make_visit()
    leg, sheet = make_submitted(county), make_prescription(visit)
    desk, ward = browser(county.doctor.id), browser(visit.doctor.id)
    form, prescription = f"/referrals/{leg.pk}/paper/", reverse("emr:prescription", args=[sheet.pk])
    before = [squeezed(desk.get(form).text), squeezed(ward.get(prescription).text)]

    scene = make_scene()
    request = make_draft(scene, make_examined(scene, priority="emergency"))
    diagnostics.sign(by=scene.by("reader"), request_id=request.pk)
    report, doctor = reverse("diagnostics:report", args=[request.report_id]), browser(scene.doctor.pk)

    assert countersign.exchange(by=Actor.system("kernel")) == 3

    for client, page, pdf, kind, said in (
        (desk, form, desk.get(f"{form}pdf/").content, FORM, before[0]),
        (ward, prescription, ward.post(f"{prescription}print/").content, PRESCRIPTION, before[1]),
    ):
        text, _pages = read(pdf)
        assert "CA尚未回签" in said
        assert words(kind) in squeezed(client.get(page).text)
        assert words(kind) in squeezed(text)
        token = PaperSeal.objects.get(kind=kind).token
        assert CERTIFICATE in Client().get(f"{papers.PATH}{token}").text
    assert words(REPORT) in squeezed(doctor.get(report).text)


def test_an_answer_that_does_not_verify_any_more_names_no_ca(asked):
    visit = make_visit()
    sheet = make_prescription(visit)
    countersign.exchange(by=Actor.system("kernel"))
    seal = PaperSeal.objects.get(kind=PRESCRIPTION)
    seal.ca_answer |= {"at": "2020-01-01T00:00:00+00:00"}
    seal.save(update_fields=["ca_answer"])

    page = squeezed(browser(visit.doctor.id).get(reverse("emr:prescription", args=[sheet.pk])).text)

    assert ("平台软件签名（演示），未经持证CA" in page, "持证CA签名" in page) == (True, False)
