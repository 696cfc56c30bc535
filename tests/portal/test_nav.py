"""The rail leads where it says."""

import re

import pytest
from django.urls import is_valid_path

from config.local.places import ROOT
from consortium.choices import Role
from kernel.work import Count, Waiting, Work
from portal import nav

PATHS = {entry.url for rail in nav.RAILS.values() for entry in rail}
PATHS |= {button.url for buttons in nav.BUTTONS.values() for button in buttons}
PATHS |= {panel.url for panels in nav.PANELS.values() for panel in panels} | set(nav.HOMES.values())
FRAME = [
    ROOT / "consortium" / "templates" / "base.html",
    *(ROOT / "consortium" / "templates" / "ui").glob("*.html"),
]
WRITTEN = {
    found
    for path in [*FRAME, *(ROOT / "portal" / "templates").rglob("*.html")]
    for found in re.findall(r'(?:href|action|hx-get)="(/[^"{]*)"', path.read_text())
}


@pytest.mark.parametrize("path", sorted(PATHS | WRITTEN))
def test_every_address_of_the_frame_leads_to_a_page(path):
    assert is_valid_path(path.partition("?")[0])


def test_every_post_has_a_rail():
    assert set(nav.RAILS) == set(Role)


def test_the_page_one_is_on_is_marked_once():
    marked = [one.url for one in nav.entries([Role.COORDINATOR], "/referrals/beds/", {}) if one.current]
    assert marked == ["/referrals/beds/"]


def test_the_home_is_not_marked_on_every_page():
    assert [one.url for one in nav.entries([Role.BRANCH_DOCTOR], "/patients/new/", {}) if one.current] == [
        "/patients/"
    ]


LEG = "/referrals/0190a5f0-0000-7000-8000-000000000000/"


@pytest.mark.parametrize(
    ("role", "path", "marked"),
    [
        (Role.COORDINATOR, "/referrals/outside/", ["/referrals/outside/"]),
        (Role.COORDINATOR, "/referrals/messages/", ["/referrals/outside/"]),
        (Role.COORDINATOR, f"{LEG}telephoned/", ["/referrals/outside/"]),
        (Role.COORDINATOR, LEG, ["/referrals/"]),
        (Role.BRANCH_DOCTOR, f"{LEG}telephoned/", ["/referrals/"]),
        (Role.BRANCH_DOCTOR, "/drugs/", ["/referrals/followups/"]),
        (Role.BRANCH_DOCTOR, "/encounters/1/", ["/patients/"]),
        (Role.BRANCH_DOCTOR, "/reports/1/", ["/orders/"]),
        (Role.TECHNOLOGIST, "/imaging/unmatched/", ["/imaging/unmatched/"]),
        (Role.TECHNOLOGIST, "/ecg/", ["/ecg/"]),
        (Role.MEDICAL_AFFAIRS, "/referrals/register/", ["/referrals/register/"]),
        (Role.BRANCH_DOCTOR, "/me/", []),
        (Role.BRANCH_DOCTOR, "/", ["/"]),
    ],
)
def test_each_page_marks_the_entry_it_belongs_to(role, path, marked):
    assert [one.url for one in nav.entries([role], path, {}) if one.current] == marked


def test_numbers_come_from_what_waits():
    row = Waiting("k", "what", "/", "Do")
    told = nav.tally(
        {"insurance": Work((Count("insurance-pay", "to pay", 4, "/insurance/", late=1),), (row,))}
    )
    rail = {one.url: (one.count, one.due) for one in nav.entries([Role.CASHIER], "/", told)}
    assert (rail["/"], rail["/insurance/"]) == ((1, True), (4, True))
