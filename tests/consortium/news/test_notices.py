"""Telling people: once, pushed after the commit, never failing because of Redis."""

import ast
import logging

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy, pgettext_lazy

from consortium import push, selectors, services
from consortium.choices import Role
from consortium.models import Notification
from consortium.services import Recipients
from kernel.actor import Actor
from kernel.errors import Invalid, OutOfReach
from kernel.said import phrase
from tests import code
from tests.factories import consortium as make

pytestmark = pytest.mark.django_db
HOUSE = Actor.system("referral")


def tell(people, key="referral:1", **more):
    order = {"level": 1, "title": "Refer", **more}
    return services.notify(
        by=HOUSE, key=key, recipients=Recipients(staff=[one.pk for one in people]), **order
    )


def test_everybody_is_told_once_per_key():
    doctor, nurse = make.make_staff(Role.BRANCH_DOCTOR), make.make_staff(Role.BED_DESK)
    assert tell([doctor]) == 1
    assert tell([doctor, nurse]) == 1
    assert tell([doctor], key="referral:2") == 1
    assert selectors.unread(by=make.actor_of(doctor)) == 2


def test_open_pages_of_several_desks_are_found_by_one_statement(django_assert_num_queries):
    place, doctor = make.make_organisation(), make.make_staff(Role.BRANCH_DOCTOR)
    for role in (Role.COORDINATOR, Role.BED_DESK, Role.RECEPTION):
        make.make_staff(role, place)
    desks = [Recipients(role=role, organisation=place.pk) for role in (Role.COORDINATOR, Role.BED_DESK)]
    told = [Recipients(staff=[doctor.pk]), *desks]

    with django_assert_num_queries(3):  # two of them the savepoint's
        assert services.stir(by=HOUSE, recipients=told, message={"type": "moved"}) == 3
    assert services.stir(by=make.actor_of(doctor), recipients=told, message={"type": "moved"}) == 2


def test_a_role_at_a_place_is_everybody_who_holds_it_now():
    place = make.make_organisation()
    held = make.make_staff(Role.COORDINATOR, place)
    make.make_staff(Role.COORDINATOR)
    gone = make.make_staff(Role.COORDINATOR, place, is_active=False)
    recipients = Recipients(role=Role.COORDINATOR, organisation=place.pk)
    assert services.notify(by=HOUSE, key="k", recipients=recipients, level=0, title="t") == 1
    assert selectors.unread(by=make.actor_of(held)) == 1
    assert gone.notices.count() == 0


def test_reading_is_one_persons_affair():
    doctor, nurse = make.make_staff(Role.BRANCH_DOCTOR), make.make_staff(Role.BED_DESK)
    tell([doctor, nurse], url="/referrals/")
    own = selectors.notices(by=make.actor_of(doctor))[0]
    with pytest.raises(OutOfReach):
        services.read_notice(by=make.actor_of(nurse), notice_id=own.id)
    assert services.read_notice(by=make.actor_of(doctor), notice_id=own.id) == "/referrals/"
    assert selectors.unread(by=make.actor_of(doctor)) == 0
    assert selectors.unread(by=make.actor_of(nurse)) == 1


def test_critical_ones_are_not_ticked_off_with_the_rest_but_closed_by_their_own_work():
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    tell([doctor], key="note")
    tell([doctor], key="critical:1", level=3)
    assert services.read_all(by=make.actor_of(doctor)) == 1
    assert selectors.unread(by=make.actor_of(doctor)) == 1
    assert services.close_notice(by=HOUSE, key="critical:1") == 1
    assert selectors.unread(by=make.actor_of(doctor)) == 0


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", "referrals/"])
def test_a_notice_opens_our_own_pages_alone(url):
    with pytest.raises(Invalid):
        tell([make.make_staff(Role.BRANCH_DOCTOR)], url=url)


def test_the_push_follows_the_commit_with_the_number_of_unread(
    django_capture_on_commit_callbacks, monkeypatch
):
    sent = []

    async def listen(messages):
        sent.append(messages)

    monkeypatch.setattr(push, "_send", listen)
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    with django_capture_on_commit_callbacks(execute=True):
        tell([doctor], url="/referrals/")
        assert sent == []
    message = {
        "type": "notice",
        "key": "referral:1",
        "level": 1,
        "title": "Refer",
        "said": None,
        "url": "/referrals/",
        "unread": 1,
    }
    assert sent == [{doctor.pk: message}]


def test_a_dead_redis_costs_nothing_but_a_line_in_the_log(
    django_capture_on_commit_callbacks, settings, caplog
):
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
        }
    }
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    with caplog.at_level(logging.WARNING), django_capture_on_commit_callbacks(execute=True):
        tell([doctor])
    assert [record.message.partition(":")[0] for record in caplog.records] == [
        "push failed, the pages will poll"
    ]
    assert selectors.unread(by=make.actor_of(doctor)) == 1


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_costs_one_statement(number, django_assert_num_queries):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    for each in range(number):
        tell([doctor], key=f"k{each}")
    actor = make.actor_of(doctor)
    with django_assert_num_queries(1):
        assert len(selectors.notices(by=actor)) == number


CHOSEN = phrase(
    gettext_lazy("A change waits for a second person: %(kind)s"),
    kind=pgettext_lazy("change of rights", "approved"),
)


def read(person, language):
    """Title and body of the only notice as this person reads them on a page of that language."""
    with translation.override(language):
        one = selectors.notices(by=make.actor_of(person))[0]
    return one.title, one.body


@pytest.mark.parametrize("maker", ["en", "zh-hans"])
def test_each_reader_reads_in_his_own_language_whoever_made_it(maker):
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    with translation.override(maker):
        tell([doctor], title=CHOSEN, body=gettext_lazy("Say why."))
    assert read(doctor, "en") == (
        "A change waits for a second person: approved",
        "Say why.",
    )
    assert read(doctor, "zh-hans") == ("有一项变更待第二人审批：已同意", "请填写原因。")


def test_what_somebody_typed_is_neither_looked_up_nor_read_as_a_pattern():
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    typed = "approved %(kind)s 100 % <b>"
    tell([doctor], title=phrase(CHOSEN.text, kind=typed), body=typed)
    assert read(doctor, "en") == (f"A change waits for a second person: {typed}", typed)
    assert read(doctor, "zh-hans") == (f"有一项变更待第二人审批：{typed}", typed)


def test_notices_from_before_are_read_as_they_were_made():
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    tell([doctor], title="有变更待您审批")
    assert [read(doctor, language)[0] for language in ("en", "zh-hans")] == ["有变更待您审批"] * 2


def test_in_the_countys_language_it_stays_as_it_was_made_whatever_a_later_catalogue_says():
    doctor = make.make_staff(Role.BRANCH_DOCTOR)
    tell([doctor], title=CHOSEN)
    Notification.objects.update(title="从前的说法")
    assert read(doctor, "zh-hans")[0] == "从前的说法"


def test_what_was_sent_about_a_matter_is_told_in_the_readers_language():
    tell([make.make_staff(Role.BRANCH_DOCTOR)], key="change:1", title=CHOSEN)
    with translation.override("en"):
        assert [one.words for one in selectors.sent_under(["change:"])] == [
            "A change waits for a second person: approved"
        ]


def notified():
    """Words handed to `notify`, by where they stand."""
    for path in code.rooms("services"):
        for call in ast.walk(code.tree(path)):
            if (
                isinstance(call, ast.Call)
                and getattr(call.func, "attr", getattr(call.func, "id", "")) == "notify"
            ):
                for word in call.keywords:
                    if word.arg in ("title", "body"):
                        yield f"{code.name(path)}:{call.lineno}", word.value


def test_nobody_hands_over_words_that_are_in_a_language_already():
    """A message filled here and now is stored in one language: `phrase` keeps it for all."""
    found = list(notified())
    filled = [
        place
        for place, value in found
        for part in ast.walk(value)
        if (isinstance(part, ast.BinOp) and isinstance(part.op, ast.Mod))
        or (isinstance(part, ast.FormattedValue) and getattr(part.value, "attr", "") == "label")
        or (isinstance(part, ast.Call) and getattr(part.func, "attr", "").endswith("_display"))
    ]
    assert len(found) > 20
    assert filled == []
