"""Everything of an episode on one page: steps with what changed, forms, words, notices, openings."""

from typing import Any

import pytest

from kernel import clock
from kernel.errors import OutOfReach
from referral import selectors, services
from referral.choices import Activity, MessageState, Says
from referral.models import PeerMessage
from referral.selectors.leg.talk import talk
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.referral import County, make_county, make_submitted

pytestmark = pytest.mark.django_db


def accepted(county: County) -> Any:
    leg = make_submitted(county)
    return services.accept(
        by=county.coordinator,
        referral_id=leg.pk,
        version=leg.version,
        key="",
        department_id=county.ward.pk,
        bed_id=county.bed.pk,
    )


def test_the_page_tells_what_each_step_changed():
    county = make_county()
    leg = accepted(county)

    told = selectors.chronicle(by=county.doctor, referral_id=leg.pk)

    steps = [line for line in told.lines if line.kind == "step"]
    changed = [[str(one.name) for one in line.changes] for line in steps]
    assert [line.number for line in steps] == [leg.number] * 3
    assert changed == [[], ["科室"], ["床位"]]
    assert [len(form.versions) for form in told.forms] == [1]


def test_a_third_hospital_finds_nothing():
    leg = accepted(make_county())

    with pytest.raises(OutOfReach):
        selectors.chronicle(by=make_actor("specialist", make_organisation()), referral_id=leg.pk)


def test_the_statements_do_not_grow_with_the_words(django_assert_num_queries):
    county = make_county()
    leg = accepted(county)
    for number in range(3):
        services.comment(by=county.doctor, referral_id=leg.pk, key="", text=f"第 {number} 句")
        with django_assert_num_queries(11):
            selectors.chronicle(by=county.doctor, referral_id=leg.pk)


def test_prints_signed_forms_and_messages_with_outside_stand_on_the_page():
    county = make_county()
    leg = accepted(county)
    services.print_form(by=county.doctor, referral_id=leg.pk, whole=True)
    PeerMessage.objects.create(
        organisation=county.hospital, referral=leg, way="out", activity="C01001", header="h-1", body_sealed=b"",
        state="due", due_at=clock.now(), created_at=clock.now(),
    )  # fmt: skip

    def told(by: Any) -> list[tuple[str, str, str]]:
        page = selectors.chronicle(by=by, referral_id=leg.pk)
        kinds = ("print", "form", "message")
        return [(line.kind, str(line.what), line.text) for line in page.lines if line.kind in kinds]

    form, paper = (
        ("form", "签署转诊单", ""),
        ("print", "打印", f"转诊单 · 第 {leg.version} 版 · 完整身份证号 · 127.0.0.1"),
    )
    activity, state = Activity("C01001").label, MessageState("due").label
    assert told(county.doctor) == [
        form,
        paper,
        ("message", "发往县外医院的报文", f"{activity} · {state}"),
    ]
    assert told(county.reception) == told(county.doctor)


def test_what_a_specialist_was_asked_and_said_stands_there_and_its_words_stay_at_the_receiving_side():
    county = make_county()
    heart = make_actor("specialist", county.hospital, department=county.ward)
    leg = make_submitted(county)
    asked = services.ask_specialist(
        by=county.coordinator,
        referral_id=leg.pk,
        key="",
        department_id=county.ward.pk,
        question="要不要起搏？",
    )
    services.give_opinion(by=heart, opinion_id=asked.pk, key="", says="take", words="来，备临时起搏")

    def told(by: Any) -> list[tuple[str, str]]:
        lines = selectors.chronicle(by=by, referral_id=leg.pk).lines
        return [(str(line.what), line.text) for line in lines if line.kind in ("asked", "said")]

    ward = county.ward.name
    assert told(county.coordinator) == [
        ("已请专科看", f"→ {ward} 要不要起搏？"),
        ("专科意见", f"{ward} · {Says('take').label} · 来，备临时起搏"),
    ]
    assert told(county.doctor) == [("已请专科看", f"→ {ward}"), ("专科意见", ward)]


def test_a_word_is_read_by_the_other_side_once():
    county = make_county()
    leg = accepted(county)
    services.comment(by=county.doctor, referral_id=leg.pk, key="k", text="患者已出发")
    services.comment(by=county.doctor, referral_id=leg.pk, key="k", text="患者已出发")

    before = talk(county.specialist, leg)
    assert services.read_comments(by=county.specialist, referral_id=leg.pk) == 1
    assert services.read_comments(by=county.specialist, referral_id=leg.pk) == 0
    after = talk(county.doctor, leg)

    assert (before.new, talk(county.specialist, leg).new) == (True, False)
    assert [(one.text, one.own, one.read_at is not None) for one in after.words] == [
        ("患者已出发", True, True)
    ]
