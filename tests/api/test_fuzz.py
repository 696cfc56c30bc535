"""The workflow API under schemathesis: no 5xx, nothing outside the schema, no door without its token."""

import pytest

from consortium.choices import Role
from tests.api.fuzz import fuzz
from tests.factories.api import of_staff
from tests.factories.consortium import make_staff
from tests.factories.referral import make_county, make_submitted

pytestmark = pytest.mark.slow(26)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("role", [Role.BRANCH_DOCTOR, Role.CASHIER])
def test_nothing_is_found(live, role, tmp_path):
    county = make_county()
    make_submitted(county)
    program = of_staff(make_staff(role, county.branch))
    told = fuzz(live.url, program.token, seconds=25, examples=4, room=tmp_path)
    assert told.returncode == 0, told.stdout[-6000:]
