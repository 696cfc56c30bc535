"""The engine of the criteria: three values, never a normal one out of nothing; every rule of the shipped table."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from referral.engine.criteria import FREE, UNSURE, URGENCIES, Fact, changed, evaluate, highest
from referral.engine.soundness import Problem, problems
from referral.selectors.criteria.table import shipped

TABLE = shipped()
OF_LEGS = {name: one for name, one in TABLE["facts"].items() if one.get("for") != "visit"}
NUMBERS = {name: one for name, one in OF_LEGS.items() if one["kind"] == "number"}
TICKS = [name for name, one in TABLE["facts"].items() if one["kind"] == "tick"]
UP = [rule for rule in TABLE["rules"] if rule["suggest"] == rule["direction"] == "up"]
VISIT = [rule for rule in TABLE["rules"] if rule["direction"] == "visit"]
CALM = {
    "respiration": 18, "saturation": 98, "systolic": 128, "temperature": 36.8,
}  # fmt: skip


def facts(**known):
    return [Fact(name, tuple(value) if isinstance(value, list) else value) for name, value in known.items()]


def up(**known):
    return evaluate(TABLE, facts(**known), direction="up")


def down(**known):
    return evaluate(TABLE, facts(**known), direction="down")


@st.composite
def known_facts(draw):
    numbers = {
        name: draw(st.none() | st.floats(one["low"], one["high"], allow_nan=False))
        for name, one in NUMBERS.items()
    }
    ticks = {name: draw(st.none() | st.just(True)) for name in [*TICKS, "asked"]}
    codes = draw(
        st.none() | st.lists(st.sampled_from(["I10", "E11.9", "J44.1", "S72.0", "K92.2"]), min_size=1)
    )
    return {
        name: value for name, value in {**numbers, **ticks, "diagnosis": codes}.items() if value is not None
    }


@pytest.mark.parametrize(
    ("code", "known", "below"),
    [
        ("U01", {"gcs": 12}, {"gcs": 13}),
        ("U02", {"chest_pain_minutes": 16, "chest_pain_stays": True}, {"chest_pain_minutes": 15}),
        ("U03", {"respiration": 31}, {"respiration": 30}),
        ("U03", {"saturation": 89}, {"saturation": 90}),
        ("U04", {"stroke": True, "stroke_hours": 4.4}, {"stroke": True, "stroke_hours": 4.5}),
        ("U05", {"haemoptysis_ml": 501}, {"haemoptysis_ml": 500}),
        ("U06", {"gi_bleeding": True, "systolic": 89}, {"gi_bleeding": True, "systolic": 90}),
        ("U07", {"iss": 16}, {"iss": 15}),
        ("U08", {"convulsion": True, "temperature": 39.6}, {"convulsion": True, "temperature": 39.5}),
    ],
)  # fmt: skip
def test_each_danger_begins_exactly_at_its_limit(code, known, below):
    fired = up(**known)
    assert [(one.code, one.urgency) for one in fired.fired] == [(code, "emergency")]
    assert (fired.suggestion, fired.urgency) == ("up", "emergency")
    assert up(**below).fired == ()


def test_the_facts_a_rule_holds_by_are_named():
    fired = up(saturation=88, respiration=34, temperature=36.5).fired
    assert [[fact.name for fact in one.because] for one in fired] == [["respiration", "saturation"]]


def test_what_was_not_measured_is_never_normal():
    answer = up(**{name: value for name, value in CALM.items() if name != "saturation"}, asked=True)
    assert (answer.suggestion, answer.gaps) == (UNSURE, ("saturation",))


def test_a_quiet_patient_with_a_clear_plan_stays():
    ticked = dict.fromkeys(
        ("clear_diagnosis", "clear_plan", "stable", "complications_treated", "asked"), True
    )
    answer = up(**CALM, **ticked)
    assert (answer.suggestion, answer.gaps, [one.code for one in answer.fired]) == ("stay", (), ["S01"])


def test_a_stable_chronic_disease_stays_by_its_code():
    known = {**CALM, "asked": True, "stable": True, "complications_treated": True}
    assert [one.code for one in up(**known, diagnosis=["I10"]).fired] == ["S02"]
    assert (up(**known, diagnosis=["S72.0"]).suggestion, up(**known).suggestion) == (FREE, FREE)


def test_danger_goes_before_every_reason_to_stay():
    ticked = dict.fromkeys(
        ("clear_diagnosis", "clear_plan", "stable", "complications_treated", "asked"), True
    )
    assert up(**{**CALM, "saturation": 85}, **ticked).suggestion == "up"


def test_a_number_is_asked_for_only_where_its_sign_is_there():
    assert up(**CALM, asked=True).gaps == ()
    assert up(**CALM, asked=True, chest_pain=True, chest_pain_stays=True).gaps == ("chest_pain_minutes",)
    assert up(**CALM, asked=True, stroke=True).gaps == ("stroke_hours",)


def test_without_the_sweep_every_sign_is_open():
    answer = up(**CALM)
    assert answer.suggestion == UNSURE
    assert {"gcs", "stroke", "convulsion", "gi_bleeding"} <= set(answer.gaps) | {"gi_bleeding", "convulsion"}


def test_down_only_when_nothing_keeps_her():
    ready = dict.fromkeys(
        ("clear_diagnosis", "clear_plan", "stable", "complications_treated", "branch_can", "asked"), True
    )
    assert down(**CALM, **ready).suggestion == "down"
    assert down(**{**CALM, "temperature": 38.6}, **ready).suggestion == "keep"
    assert down(**ready).suggestion == UNSURE


@given(known_facts(), st.sampled_from(["respiration", "saturation", "temperature", "systolic"]))
def test_a_value_that_was_not_measured_never_makes_a_patient_safer(known, name):
    if up(**known).suggestion != "stay":
        assert up(**{other: value for other, value in known.items() if other != name}).suggestion != "stay"


@given(known_facts())
def test_every_reason_is_a_known_fact_and_every_gap_an_unknown_one(known):
    for answer in (up(**known), down(**known)):
        assert set(answer.gaps).isdisjoint(known)
        for finding in answer.fired:
            assert finding.because
            assert {fact.name for fact in finding.because} <= set(known) | set(TICKS)


@given(known_facts())
def test_one_answer_for_one_patient(known):
    assert up(**known) == up(**dict(reversed(known.items())))


@given(known_facts(), st.sampled_from(URGENCIES[1:]))
def test_a_suggestion_never_lowers_what_the_doctor_chose(known, chosen):
    joined = highest((chosen, up(**known).urgency))
    assert URGENCIES.index(joined) >= URGENCIES.index(chosen)


@given(known_facts())
def test_stay_is_said_only_when_every_danger_is_excluded(known):
    answer = up(**known)
    if answer.suggestion == "stay":
        assert answer.gaps == ()
        assert all(one.suggest == "stay" for one in answer.fired)


def test_the_shipped_table_has_nothing_wrong_and_all_the_papers_rules():
    assert problems(TABLE) == []
    assert [rule["code"] for rule in UP] == [f"U0{n}" for n in range(1, 9)]
    assert [(rule["code"], rule["suggest"]) for rule in VISIT] == [(f"V0{n}", "up") for n in range(1, 5)]


def test_another_version_has_other_limits_and_fewer_rules():
    table = changed(TABLE, version="2026.2", limits_of={"U03.1": 92, "U01.0": 10}, without=["U07"])
    assert (table["version"], len(table["rules"])) == ("2026.2", len(TABLE["rules"]) - 1)
    assert evaluate(table, facts(saturation=91), direction="up").suggestion == "up"
    assert evaluate(table, facts(gcs=11), direction="up").fired == ()
    assert problems(table) == []


@pytest.mark.parametrize(
    ("limits_of", "words"),
    [
        ({"U03.1": 101}, Problem("U03", "bounds", "saturation", "101")),
        ({"U01.0": 2}, Problem("U01", "bounds", "gcs", "2")),
    ],
)
def test_a_limit_nobody_can_reach_is_refused(limits_of, words):
    assert problems(changed(TABLE, version="x", limits_of=limits_of, without=[])) == [words]


RULE = {"code": "X", "direction": "up", "suggest": "up", "urgency": "", "title": "t"}
GCS = {"fact": "gcs", "is": "<", "value": 9}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"suggest": "keep", "when": GCS}, Problem("X", "suggest")),
        ({"when": {**GCS, "fact": "pulse"}}, Problem("X", "fact", "pulse")),
        ({"when": {"fact": "gcs", "is": "true"}}, Problem("X", "asked", "gcs", "true")),
        ({"when": {**GCS, "only_if": "iss"}}, Problem("X", "sign", "iss")),
        ({"when": {"fact": "diagnosis", "is": "begins", "value": []}}, Problem("X", "codes", "diagnosis")),
        ({"urgency": "soon", "when": GCS}, Problem("X", "urgency")),
        ({"title": "", "when": GCS}, Problem("X", "title")),
        ({"direction": "side"}, Problem("X", "direction")),
        ({"when": {}}, Problem("X", "empty")),
        ({"when": {**GCS, "unit": "%"}}, Problem("X", "unit", "gcs", "%")),
        ({"when": {**GCS, "value": 3}}, Problem("X", "never", "gcs", "< 3")),
        ({"when": {**GCS, "is": "<=", "value": 15}}, Problem("X", "always", "gcs", "<= 15")),
        (
            {"when": {"all": [GCS, {**GCS, "is": ">", "value": 12}]}},
            Problem("X", "never", "gcs", "< 9、> 12"),
        ),
        (
            {"when": {"all": [GCS, {**GCS, "is": ">=", "value": 9}]}},
            Problem("X", "never", "gcs", "< 9、>= 9"),
        ),
        (
            {"when": {"any": [GCS, {**GCS, "is": ">=", "value": 9}]}},
            Problem("X", "always", "gcs", "< 9、>= 9"),
        ),
    ],
)
def test_a_rule_that_cannot_be_applied_is_named(said, words):
    assert problems({**TABLE, "rules": [{**RULE, **said}]}) == [words]


@given(
    st.sampled_from(["<", "<=", ">", ">="]), st.integers(3, 15), st.sampled_from(["<", "<=", ">", ">="]),
    st.integers(3, 15), st.sampled_from(["all", "any"]),
)  # fmt: skip
def test_a_rule_is_senseless_just_when_nobody_or_everybody_meets_it_or_a_part(one, first, two, second, word):
    parts = [{"fact": "gcs", "is": one, "value": first}, {"fact": "gcs", "is": two, "value": second}]

    sound = problems({**TABLE, "rules": [{**RULE, "when": {word: parts}}]}) == []

    assert sound == all(0 < met_by(when) < len(VALUES) for when in ({word: parts}, *parts))


VALUES = [3 + step / 2 for step in range(25)]


def met_by(when):
    table = {**TABLE, "rules": [{**RULE, "when": when}]}
    return sum(bool(evaluate(table, facts(gcs=value), direction="up").fired) for value in VALUES)


def test_two_rules_of_one_code_are_refused():
    assert problems({**TABLE, "rules": [*TABLE["rules"], TABLE["rules"][0]]}) == [Problem("U01", "twice")]
