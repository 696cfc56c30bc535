"""Reads of the index."""

from emr.index.selectors.cards import Flag, PatientCard, age_text, card, cards
from emr.index.selectors.checks import Echo, ask_register, check_id, mother_of
from emr.index.selectors.identity import Identity, Particulars, identity, particulars
from emr.index.selectors.lists import Page, Row, patient_page, patient_views
from emr.index.selectors.masking import SHOWN_FOR, masked
from emr.index.selectors.named import document_key, names_person
from emr.index.selectors.pinning import own_record, pinned, settled
from emr.index.selectors.sameness import same_person
from emr.index.selectors.search import Found, Hit, find, reaches_county
from emr.index.selectors.twins import Merged, Pair, merges, pair, pairs

__all__ = [
    "SHOWN_FOR",
    "Echo",
    "Flag",
    "Found",
    "Hit",
    "Identity",
    "Merged",
    "Page",
    "Pair",
    "Particulars",
    "PatientCard",
    "Row",
    "age_text",
    "ask_register",
    "card",
    "cards",
    "check_id",
    "document_key",
    "find",
    "identity",
    "masked",
    "merges",
    "mother_of",
    "names_person",
    "own_record",
    "pair",
    "pairs",
    "particulars",
    "patient_page",
    "patient_views",
    "pinned",
    "reaches_county",
    "same_person",
    "settled",
]
