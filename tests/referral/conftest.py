"""A hospital outside beside the tests of the message exchange."""

import pytest

from tests.emr.repository.conftest import Fhir
from tests.factories.outside import Hospital, make_outside
from tests.referral.exchanged import SCOPE


@pytest.fixture(scope="module")
def hospital(tmp_path_factory):
    with Hospital(tmp_path_factory.mktemp("outside")) as running:
        yield running


@pytest.fixture
def city(hospital):
    return make_outside(hospital)


@pytest.fixture
def door(city):
    """How the hospital outside hands messages in."""
    return Fhir(city, SCOPE)
