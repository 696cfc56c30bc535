"""Wiring of referral: two-way referral (双向转诊)."""

from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "referral"

    def ready(self) -> None:
        from consortium.services import Place, anchor, text_kind  # lazy: models are ready only now
        from kernel import papers  # lazy: models are ready only now
        from referral import handlers  # noqa: F401  lazy: subscribes once models are ready
        from referral.choices import PAPER, TEXTS  # lazy: models are ready only now
        from referral.selectors.house import relations  # lazy: models are ready only now
        from referral.selectors.papers.standing import standing  # lazy: models are ready only now

        for name, words in TEXTS.items():
            text_kind(name, words)
        papers.paper_kind(PAPER, standing)
        anchor(Place.DEPARTMENT, relations.keeps_department_open)
