"""Figures of referral: what was sent, taken and refused, of all and of each institution."""

import pytest

from consortium.choices import Role
from referral import selectors, services
from tests.factories.consortium import make_actor
from tests.factories.referral import make_county, make_draft, make_submitted

pytestmark = pytest.mark.django_db


def test_legs_are_counted_once_drafts_never():
    county = make_county()
    taken = make_submitted(county)
    services.accept(
        by=county.coordinator,
        referral_id=taken.pk,
        version=taken.version,
        key="",
        department_id=county.ward.pk,
        bed_id=county.bed.pk,
    )
    make_draft(make_county())
    make_submitted(make_county())

    counted = selectors.figures(by=make_actor(Role.MEDICAL_AFFAIRS, county.hospital))

    assert (counted.up, counted.down, counted.accepted, counted.rejected, counted.closed) == (2, 0, 1, 0, 0)
    assert sorted(
        (line.name == county.branch.short_name, line.up, line.accepted) for line in counted.lines
    ) == [
        (False, 1, 0),
        (True, 1, 1),
    ]
    assert counted.decided_in is not None
