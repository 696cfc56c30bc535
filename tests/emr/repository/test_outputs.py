"""What is served is FHIR: held against the models of fhir.resources; and nothing sent makes this server break."""

import orjson
import pytest
from fhir.resources.R4B import get_fhir_model_class
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emr.repository.choices import KINDS
from emr.repository.engine import jsonio, structure_source, validation
from tests.emr.repository.conftest import told
from tests.emr.repository.rows import make_client, make_patient, observation

pytestmark = pytest.mark.django_db


def test_the_element_table_is_the_one_derived():
    assert validation.structure() == structure_source.structure(KINDS)


def test_answers_are_valid(fhir):
    patient = make_patient(make_client(fhir.place))
    made = fhir.post("Observation", observation(patient.pk))
    path = f"Observation/{told(made)['id']}"
    fhir.put(path, {**told(made), "status": "amended"})
    transaction = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"resource": observation(patient.pk), "request": {"method": "POST", "url": "Observation"}}],
    }

    for bundle in (
        fhir.get(f"Observation?patient={patient.pk}&_include=Observation:subject&_total=accurate"),
        fhir.get(f"{path}/_history"),
        fhir.post("", transaction),
    ):
        Bundle.model_validate_json(bundle.content)
    for resource in (fhir.get(path), fhir.get(f"Patient/{patient.pk}")):
        get_fhir_model_class(told(resource)["resourceType"]).model_validate_json(resource.content)
    for refusal in (fhir.get("Observation/none"), fhir.post("Observation", {}), fhir.get("Observation?x=1")):
        OperationOutcome.model_validate_json(refusal.content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = sorted(validation.structure()["Observation"]["e"])
BODIES = st.dictionaries(st.sampled_from([*NAMES, "_status", "_issued"]), JSON, max_size=5)
PARAMS = st.lists(
    st.tuples(
        st.sampled_from(
            ["code", "code:not", "patient", "subject", "date", "_id", "identifier", "_count", "_sort", "_include",
             "_lastUpdated", "status", "encounter", "_cursor", "_total", "performer:Patient", "x"]
        ),
        st.text(max_size=20) | st.sampled_from(["ge2020", "a|b", "|", ",", "\\", "-date", "Observation:subject", "*"]),
    ),
    max_size=4,
)  # fmt: skip
FUZZ = settings(
    max_examples=120,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@FUZZ
@given(body=BODIES)
def test_no_resource_breaks_the_server(fhir, body):
    whole = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **body}
    data = orjson.dumps(whole) if _dumps(whole) else b"{}"
    assert fhir.post("Observation", data).status_code in {201, 400, 422}


def _dumps(document):
    try:
        orjson.dumps(document)
    except TypeError:
        return False
    return True


@FUZZ
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_no_bytes_break_the_server(fhir, data):
    assert fhir.post("Observation", data).status_code in {201, 400, 422}
    assert fhir.post("", data).status_code == 400


@FUZZ
@given(pairs=PARAMS)
def test_no_query_breaks_the_server(fhir, pairs):
    from urllib.parse import urlencode

    assert fhir.get(f"Observation?{urlencode(pairs, errors='replace')}").status_code in {200, 400}


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3) | st.integers())
def test_numbers_survive(number):
    body = f'{{"value":{number}}}'.encode()
    if b"E" not in body or b"." in body:
        assert jsonio.dumps(jsonio.loads(body)) == body


@FUZZ
@given(body=BODIES)
def test_what_our_rules_pass_the_models_read(body):
    resource = {"resourceType": "Observation", "status": "final", "code": {"text": "x"}, **body}
    if not validation.issues_of(resource):
        jsonio.dumps(resource)
