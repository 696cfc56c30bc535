"""What stands against a medicine: a recorded allergy, the same one in force, what only a special sheet may give."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from emr.formulary.engine.names import key_of, near
from emr.prescriptions.choices import Against
from emr.prescriptions.engine.sheet import Line, Supplied, Warning

FAMILIES: Final[Mapping[str, Sequence[str]]] = {
    "青霉素": ("青霉素", "西林", "PENICILLIN"),
    "头孢": ("头孢", "CEF"),
    "磺胺": ("磺胺", "新诺明"),
    "喹诺酮": ("沙星", "喹诺酮"),
    "大环内酯": ("红霉素", "阿奇霉素", "克拉霉素", "罗红霉素", "大环内酯"),
    "氨基糖苷": ("庆大霉素", "链霉素", "阿米卡星", "卡那霉素", "氨基糖苷"),
    "解热镇痛": (
        "阿司匹林",
        "布洛芬",
        "双氯芬酸",
        "吲哚美辛",
        "安乃近",
        "对乙酰氨基酚",
        "解热镇痛",
        "非甾体",
    ),
    "普利": ("普利",),
    "碘": ("碘",),
}
"""Medicines that are one to whom does not tolerate one of them, by a part of their name."""
SPECIAL: Final = (
    "吗啡", "哌替啶", "芬太尼", "羟考酮", "美沙酮", "二氢埃托啡", "氢可酮", "氯胺酮", "哌甲酯",
    "丁丙诺啡", "司可巴比妥", "三唑仑", "阿片",
)  # fmt: skip
"""Narcotics, psychotropics of the first class: a red sheet, a right and amounts of their own (处方管理办法 art. 11,
20-24)."""


def families(name: str) -> set[str]:
    """The groups a medicine or an allergy belongs to."""
    upper = name.upper()
    return {group for group, parts in FAMILIES.items() if any(part in upper for part in parts)}


def special(name: str) -> bool:
    """Whether only a special sheet may give it."""
    return any(part in name for part in SPECIAL)


def same(one: str, other: str) -> bool:
    """Whether two names are one medicine in one form."""
    return key_of(one) == key_of(other)


def warnings(
    lines: Sequence[Line],
    *,
    allergies: Iterable[str],
    supplied: Iterable[Supplied],
    missing: Mapping[str, str],
    today: date,
) -> list[Warning]:
    """All that the doctor has to be told. `missing`: words by the name of a medicine the institution does not have."""
    known, given, found = list(allergies), [one for one in supplied if one.until >= today], []
    for number, line in enumerate(lines, 1):
        found += [
            Warning(Against.ALLERGY, number, line.name, one)
            for one in known
            if _tolerates_not(line.name, one)
        ]
        found += [
            Warning(Against.DOUBLE, number, line.name, f"{one.name} {one.source} {one.until:%m-%d}")
            for one in given
            if same(line.name, one.name)
        ]
        if line.name in missing:
            found.append(Warning(Against.SUPPLY, number, line.name, missing[line.name]))
    return found


def _tolerates_not(name: str, allergy: str) -> bool:
    """By its own name or by its family. The key of a short word would fit too much: two characters at least."""
    one, other = key_of(name), key_of(allergy)
    named = len(other) > 1 and near(one, other)
    return named or not families(name).isdisjoint(families(allergy))
