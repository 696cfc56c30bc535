"""Names: masking and the pieces by which they are found."""

import re
import unicodedata
from itertools import product

from kernel.pinyin import sounds

LATIN = re.compile(r"[a-z]+")
MOST_READINGS = 6
"""A name of many-sounded characters is indexed under at most so many readings."""
SURNAME_SOUNDS = {
    "单": "shan", "曾": "zeng", "仇": "qiu", "解": "xie", "区": "ou", "查": "zha", "朴": "piao", "盖": "ge",
    "缪": "miao", "乐": "yue", "任": "ren", "华": "hua", "翟": "zhai", "尉": "yu", "覃": "qin", "逄": "pang",
    "王": "wang", "于": "yu", "车": "che", "万": "wan", "石": "shi", "沈": "shen", "尹": "yin", "葛": "ge",
}  # fmt: skip
"""How many-sounded characters sound at the head of a name."""


def normal(name: str) -> str:
    """NFKC, lower case, without spaces and middle dots: equal for the same name however typed."""
    folded = unicodedata.normalize("NFKC", name).lower()
    return re.sub(r"[\s·・•‧.]", "", folded)


def masked(name: str) -> str:
    """周桂芳 → 周*芳, 王伟 → 王*, 欧阳娜娜 → 欧**娜."""
    letters = list(name.strip())
    if len(letters) < 2:
        return "*"
    if len(letters) == 2:
        return letters[0] + "*"
    return letters[0] + "*" * min(len(letters) - 2, 4) + letters[-1]


def readings(name: str) -> list[tuple[str, ...]]:
    """The ways a name may sound, as tuples of syllables; at most six."""
    choices: list[tuple[str, ...]] = []
    for place, character in enumerate(normal(name)):
        options = sounds(character)
        if place == 0 and character in SURNAME_SOUNDS:
            options = (SURNAME_SOUNDS[character],)
        choices.append(options[:2])
    ways: list[tuple[str, ...]] = []
    for way in product(*[c for c in choices if c]):
        ways.append(way)
        if len(ways) == MOST_READINGS:
            break
    return ways


def pieces(name: str) -> frozenset[str]:
    """Everything a name is found by: whole (=), two-character parts (2), pinyin (p) and initials (i) from the front."""
    plain = normal(name)
    found = {f"={plain}"}
    found.update(f"2{plain[at : at + 2]}" for at in range(len(plain) - 1))
    for way in readings(name):
        for end in range(1, len(way) + 1):
            found.add("p" + "".join(way[:end]))
        initials = "".join(syllable[0] for syllable in way)
        found.update(f"i{initials[:end]}" for end in range(2, len(initials) + 1))
    return frozenset(found)


def wanted(text: str) -> tuple[list[str], bool]:
    """Pieces to look for, and whether all of them must be there (hanzi) or one is enough (letters)."""
    plain = normal(text)
    if LATIN.fullmatch(plain):
        return [f"p{plain}", f"i{plain}", f"={plain}"], False
    if len(plain) < 2:
        return [f"={plain}"], True
    return [f"2{plain[at : at + 2]}" for at in range(len(plain) - 1)], True


DOUBLE_SURNAMES = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒", "夏侯"),
        *("宇文", "长孙", "端木", "独孤", "南宫", "第五", "轩辕", "呼延"),
    }
)


def split(name: str) -> tuple[str, str]:
    """Family and given name. A name with a middle dot or latin letters has no family part of its own."""
    plain = name.strip()
    if not plain or plain[0].isascii() or re.search(r"[·•‧]", plain) or len(plain) < 2:
        return plain, ""
    cut = 2 if plain[:2] in DOUBLE_SURNAMES and len(plain) > 2 else 1
    return plain[:cut], plain[cut:]
