"""A session that is over must not take the page away under somebody's hands."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_a_field_that_asks_for_help_leaves_the_page_where_it_is():
    asked = {"HX-Request": "true", "HX-Trigger-Name": "diagnosis"}
    found = Client().get("/codes/icd10/", {"q": "gx"}, headers=asked)
    checked = Client().post("/patients/check-id/", {"id_number": "99"}, headers=asked)
    assert (found.status_code, found.headers.get("HX-Redirect")) == (204, None)
    assert (checked.status_code, checked.headers.get("HX-Redirect")) == (204, None)


def test_a_part_of_the_page_sends_the_browser_to_the_sign_in():
    answer = Client().get("/codes/icd10/", {"q": "gx"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/signin/")
