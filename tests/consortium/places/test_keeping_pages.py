"""The pages of the directory of places through the browser's eyes, without script."""

import re

import pytest

from consortium import selectors
from consortium.choices import Role
from consortium.models import ApplicationEntity, Bed, Department, Organisation
from kernel import clock
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db(databases=["default", "audit"])
HTML = {"Accept": "text/html"}


@pytest.fixture
def manager(client):
    hospital = make.make_organisation("head_hospital")
    make.sign_in(client, make.make_staff(Role.SYSTEM_MANAGER, hospital))
    return hospital


def shown(client, path):
    answer = client.get(path, headers=HTML)
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("things", [1, 3])
def test_the_lists_cost_the_same_however_long(manager, things, django_assert_num_queries):
    by = make.make_actor(Role.SYSTEM_MANAGER, manager)
    wards = [make.make_department(manager) for _ in range(things)]
    for ward in wards:
        make.make_bed(wards[0])
        make.make_entity(f"CT{ward.code}", manager, department=ward)
        make.make_organisation("village_clinic", parent=make.make_organisation(parent=manager))

    with django_assert_num_queries(2):
        selectors.place_tree(by=by)
    with django_assert_num_queries(4):
        selectors.place_page(by=by, organisation_id=manager.pk)
    with django_assert_num_queries(8):
        selectors.department_page(by=by, department_id=wards[0].pk)


def test_the_tree_is_searched_by_name_initials_and_code_closed_ones_marked(client, manager):
    branch = make.make_organisation(name="柳溪镇分院", pinyin="liu xi zhen fen yuan", parent=manager)
    clinic = make.make_organisation("village_clinic", name="桥头村卫生室", parent=branch, active=False)
    found = {text: shown(client, f"/ops/places/?q={text}")[1] for text in ("柳溪", "lxz", "liuxi", "qqq")}
    whole = shown(client, "/ops/places/")[1]

    assert [text for text, page in found.items() if branch.short_name in page] == ["柳溪", "lxz", "liuxi"]
    assert "没有找到这样的机构" in found["qqq"]
    assert re.search(rf"{clinic.short_name}.*?已停用", whole, re.DOTALL)


def test_a_county_of_hundreds_folds_its_village_clinics(client, manager):
    branch = make.make_organisation(name="柳溪镇分院", parent=manager)
    for number in range(90):
        make.make_organisation("village_clinic", name=f"第{number}村卫生室", parent=branch)
    folded = shown(client, "/ops/places/")[1]
    opened = shown(client, f"/ops/places/?under={branch.pk}")[1]
    counted = [page.count("村卫生室</a></th>") for page in (folded, opened)]

    assert counted == [0, 90]
    assert f"?under={branch.pk}" in folded
    assert "90 个村卫生室" in folded


def test_a_manager_builds_a_branch_with_ward_beds_and_device(client, manager):
    facts = {"name": "青山镇分院", "kind": "branch", "parent_id": manager.pk, "region_code": "990124101"}
    made = client.post("/ops/places/new/", facts)
    place = Organisation.objects.get(name="青山镇分院")
    ward = client.post(f"/ops/places/{place.pk}/departments/", {"name": "综合病区", "code": "w"})
    room = Department.objects.get(organisation=place)
    beds = client.post(
        f"/ops/departments/{room.pk}/beds/new/", {"first": "01", "last": "12", "kind": "general"}
    )
    device = client.post(
        f"/ops/places/{place.pk}/devices/",
        {"title": "ct2", "name": "CT", "stores": "on", "department_id": room.pk},
    )

    assert [made.headers["Location"], ward.headers["Location"], beds.headers["Location"]] == [
        f"/ops/places/{place.pk}/", f"/ops/departments/{room.pk}/", f"/ops/departments/{room.pk}/",
    ]  # fmt: skip
    assert (Bed.objects.filter(department=room).count(), selectors.entity("CT2").department) == (12, room)
    assert device.headers["Location"] == f"/ops/places/{place.pk}/"
    first = Bed.objects.filter(department=room).order_by("code")[0]
    client.post(f"/ops/departments/{room.pk}/beds/", {"bed": [first.pk], "verb": "close"})
    assert len(selectors.beds_of(room.pk)) == 11


def test_what_is_refused_comes_back_as_it_was_typed_with_a_sentence(client, manager):
    ward = make.make_department(manager, code="er", name="急诊科")
    make.make_bed(ward, "3-02")
    device = make.make_entity("CT1", manager)
    Department.objects.filter(pk=ward.pk).update(version=2)
    ApplicationEntity.objects.filter(pk=device.pk).update(version=2)
    place, room = f"/ops/places/{manager.pk}/", f"/ops/departments/{ward.pk}/"
    cases = [
        (f"{place}codes/", {"system": "uscc", "value": "12990124400199900A"}, 422, "末位是校验码"),
        (f"{place}departments/", {"name": "又一个", "code": "er"}, 409, "已有这个代码的科室"),
        (f"{place}devices/", {"title": "CT1", "name": "二号机"}, 409, "已有设备用这个 AE 标题"),
        (f"{place}devices/", {"title": "影像", "name": "三号机"}, 422, "不能有汉字"),
        (f"{room}beds/new/", {"first": "3-01", "last": "3-09", "kind": "general"}, 409, "已经登记过：3-02"),
        (f"{room}beds/new/", {"first": "3-05", "last": "2-09", "kind": "general"}, 422, "请写成 3-01 到 3-20"),
        (f"{room}change/", {"name": "急诊中心", "code": "er", "version": 1}, 409, "别人已经改过"),
        (f"/ops/devices/{device.pk}/", {"title": "CT8", "name": "八号机", "version": 1}, 409, "别人已经改过"),
        (f"{room}close/", {"day": clock.today().isoformat(), "version": 2}, 409, "还有 1 张床没有停用"),
        ("/ops/places/new/", {"name": "某某村卫生室", "kind": "village_clinic", "region_code": "99"}, 422, "行政区划"),
    ]  # fmt: skip
    for path, typed, status, sentence in cases:
        answer = client.post(path, typed, headers=HTML)
        page = answer.content.decode()
        kept = [value for name, value in typed.items() if f'value="{value}"' not in page]
        assert (path, answer.status_code, sentence in page, kept) == (path, status, True, []), page


def test_ticked_beds_that_cannot_close_stay_ticked(client, manager):
    ward = make.make_department(manager)
    answer = client.post(f"/ops/departments/{ward.pk}/beds/", {"verb": "close"}, headers=HTML)

    assert answer.status_code == 422
    assert "请至少勾一张床" in answer.content.decode()
