"""When two names are one drug. Slow-release, enteric and injected forms stay drugs of their own."""

import re
import unicodedata
from typing import Final

SALTS: Final = ("盐酸", "硫酸", "苯磺酸", "酒石酸", "马来酸", "富马酸", "琥珀酸", "甲磺酸", "枸橼酸")
FORMS: Final = ("分散片", "薄膜衣片", "咀嚼片", "片", "胶囊", "颗粒")
LEAST: Final = 2
"""Characters that are left at least: 硫酸镁 is not 镁."""
STRENGTH: Final = re.compile(
    r"[\d.]+(?:/[\d.]+)?\s*(?:mg|µg|ug|g|ml|iu|u|毫克|微克|克|毫升|单位|万单位).*$", re.I
)
BRACKETS: Final = re.compile(r"[(\[【].*?[)\]】]")


def key_of(name: str) -> str:
    """The name without strength, brackets, acid of the salt and plain form: what is compared."""
    text = unicodedata.normalize("NFKC", name).lower()
    text = STRENGTH.sub("", BRACKETS.sub("", text))
    text = re.sub(r"[\s·、,，;；。.]+", "", text)
    for salt in SALTS:
        if text.startswith(salt) and len(text) - len(salt) >= LEAST + 1:
            text = text.removeprefix(salt)
            break
    for form in FORMS:
        if text.endswith(form) and len(text) - len(form) >= LEAST:
            return text.removesuffix(form)
    return text


def near(one: str, other: str) -> bool:
    """Whether two keys may be one drug, so that nobody may say it is missing: the one holds the other."""
    return bool(one and other) and (one in other or other in one)
