"""A signed staff list speaks first for its posts; one security manager is the second person."""

import base64
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from consortium import services
from consortium.choices import Role
from consortium.models import Change, Post
from consortium.services.people.staff_list import TRUSTED
from kernel.actor import Actor
from kernel.crypto import sm2
from kernel.errors import Conflict, Invalid, OutOfReach, Refused
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("setup")
HEAD = "account\trole\tplace\tdepartment\tuntil\n"


@pytest.fixture
def key(settings):
    """The personnel office's key, its public half with the house."""
    made = sm2.Key.generate()
    folder = Path(settings.SECRETS_DIR) / TRUSTED
    folder.mkdir(exist_ok=True)
    # The workers of a run share the folder of secrets.
    mine = folder / f"personnel-{uuid4().hex}.pem"
    mine.write_bytes(made.public_pem())
    yield made
    mine.unlink()


@pytest.fixture
def people():
    return [make.make_staff(None) for _ in range(2)]


@pytest.fixture
def listed(people):
    ward = make.make_department(make.make_organisation())
    place = ward.organisation
    lines = [
        f"{people[0].username}\tcashier\t{place.name}\t\t",
        f"{people[1].username}\treader\t{place.name}\t",
    ]
    lines[1] += f"{ward.name}\t2099-01-01"
    return (HEAD + "\n".join(lines) + "\n").encode()


def signed(key, data):
    return base64.b64encode(key.sign(data)).decode()


def load(key, data, **more):
    return services.load_staff_list(**{"by": HOUSE, "data": data, "signature_b64": signed(key, data), **more})


def test_one_manager_is_enough_for_what_a_signed_list_says(key, people, listed):
    changes = load(key, listed)
    assert [change.proposed_by_id for change in changes] == [None, None]
    assert not Post.objects.filter(staff__in=people).exists()
    assert services.approve_list(by=make.make_actor(Role.SYSTEM_MANAGER), paper=changes[0].paper) == 0
    assert services.approve_list(by=make.make_actor(Role.SECURITY_MANAGER), paper=changes[0].paper) == 2
    assert set(Post.objects.filter(staff__in=people).values_list("role", flat=True)) == {"cashier", "reader"}
    with pytest.raises(Conflict):
        load(key, listed)


def test_a_list_of_nobody_we_trust_or_changed_afterwards_proposes_nothing(key, listed):
    stranger = sm2.Key.generate()
    for wrong in (
        {"signature_b64": signed(stranger, listed)},
        {"data": listed.replace(b"cashier", b"leader")},
        {"signature_b64": "nonsense"},
    ):
        order = {"by": HOUSE, "data": listed, "signature_b64": signed(key, listed), **wrong}
        with pytest.raises(Invalid) as refusal:
            services.load_staff_list(**order)
        assert refusal.value.code == "not_signed"
    assert not Change.objects.exists()


@pytest.mark.parametrize(
    "line", ["nobody\tcashier\t{place}\t\t", "{who}\tking\t{place}\t\t", "{who}\tcashier\tnowhere\t\t"]
)
def test_a_line_that_names_nothing_stops_the_whole_list(key, people, line):
    place = make.make_organisation()
    good = f"{people[0].username}\tcashier\t{place.name}\t\t\n"
    data = (HEAD + good + line.format(who=people[1].username, place=place.name) + "\n").encode()
    with pytest.raises(Invalid) as refusal:
        load(key, data)
    assert refusal.value.code == "bad_line"
    assert not Change.objects.exists()


def test_the_command_loads_it_and_the_page_approves_it(key, people, listed, tmp_path):
    (tmp_path / "list.tsv").write_bytes(listed)
    (tmp_path / "list.sig").write_text(signed(key, listed))
    call_command("county", "staff-list", tmp_path / "list.tsv", "--signature", tmp_path / "list.sig")
    with pytest.raises(CommandError):
        call_command("county", "staff-list", tmp_path / "list.tsv", "--signature", tmp_path / "list.sig")
    change = Change.objects.first()
    client = Client()
    make.sign_in(client, make.make_staff(Role.SECURITY_MANAGER))
    assert (
        f"/security/changes/list/{change.paper}/"
        in client.get(f"/security/changes/{change.pk}/").content.decode()
    )
    assert client.post(f"/security/changes/list/{change.paper}/").status_code == 302
    assert Post.objects.filter(staff__in=people).count() == 2


def test_no_paper_is_no_list():
    with pytest.raises((OutOfReach, Refused)):
        services.approve_list(by=make.make_actor(Role.CASHIER), paper="")
    assert services.approve_list(by=make.make_actor(Role.SECURITY_MANAGER), paper="") == 0
