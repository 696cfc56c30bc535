"""The insurance centre runs as a process of its own, once per session."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.factories.insurance import Centre


@pytest.fixture(scope="session")
def the_centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Centre]:
    with Centre(tmp_path_factory.mktemp("centre")) as centre:
        yield centre


@pytest.fixture
def centre(the_centre: Centre, settings: Settings) -> Centre:
    """The centre, set up as ours."""
    settings.INSURANCE_URL = the_centre.url
    settings.INSURANCE_SECRET = the_centre.secret("secret")
    settings.INSURANCE_TIMEOUT = 2
    settings.INSURANCE_LATE_COMMIT = 0
    return the_centre
