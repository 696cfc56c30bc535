"""GB/T 39786 level 3, GB/T 39725, 个人信息保护法 (PIPL)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "GB/T 39786 8.4a",
        _("Identity by cryptography"),
        _("TOTP, passkey or certificate beside the password"),
        ("consortium.services.identity.factors",),
        (
            "tests/consortium/identity/test_passkeys.py",
            "tests/consortium/identity/test_certificates.py",
        ),
        gap=_(
            "A certified module is hardware; the provider interface is there, the software provider is not certified"
        ),
    ),
    Clause(
        "GB/T 39786 8.4b-c",
        _("Integrity of rights and labels"),
        _("HMAC-SM3 over rows of posts, narrowings and labels, checked when they are used"),
        ("kernel.guarded",),
        (
            "tests/kernel/test_guarded.py",
            "tests/consortium/rights/test_forged.py",
            "tests/emr/access/test_labels.py::test_a_line_changed_past_the_house_is_damaged",
            "tests/emr/repository/test_relabelling.py::test_a_line_changed_past_the_house_alarms_and_the_shipped_table_counts",
        ),
    ),
    Clause(
        "GB/T 39786 8.4d",
        _("Confidentiality under way"),
        _("TLS at the gateway; the application refuses plain HTTP in production"),
        ("config.settings",),
        ("tests/infra/test_headers.py::test_behind_https_a_browser_never_comes_back_without_it",),
        gap=_("TLS with SM suites ends at the gateway (TLCP), outside the application"),
    ),
    Clause(
        "GB/T 39786 8.4e",
        _("Confidentiality at rest"),
        _("SM4-GCM with per-purpose keys"),
        ("kernel.crypto.sealing",),
        (
            "tests/infra/test_dump.py",
            "tests/kernel/test_crypto.py",
        ),
    ),
    Clause(
        "GB/T 39786 8.4f-g",
        _("Integrity under way and at rest"),
        _("HMAC-SM3 chain, row MACs, digests"),
        ("kernel.chain.verifying", "kernel.guarded"),
        (
            "tests/kernel/test_chain.py",
            "tests/kernel/test_guarded.py",
            "tests/kernel/test_files.py",
        ),
    ),
    Clause(
        "GB/T 39786 8.4h",
        _("Non-repudiation"),
        _(
            "SM2 signatures on reports, referral forms, prescriptions and checkpoints; each says which kind signed"
        ),
        ("kernel.crypto.signing", "emr.prescriptions.services.signing"),
        (
            "tests/kernel/test_countersign.py",
            "tests/referral/papers/test_countersigned.py",
            "tests/kernel/test_signing.py::test_another_program_verifies_our_signature",
            "tests/kernel/test_signing.py::test_a_bent_signature_does_not_hold",
            "tests/emr/prescriptions/test_services.py::test_a_signed_sheet_leaves_every_trace",
            "tests/emr/prescriptions/test_standing.py::test_nothing_of_a_signed_sheet_changes",
            "tests/emr/prescriptions/test_pages.py::test_a_seal_of_other_words_is_altered",
        ),
        gap=_(
            "Legal force needs a licensed certificate authority: the adapter is there, the contract is the operator's"
        ),
    ),
    Clause(
        "GB/T 39725",
        _("Levels 1-5 of health data"),
        _("The level stands on the field and the record and passes on to what refers to it"),
        ("kernel.labels", "kernel.privacy"),
        (
            "tests/emr/repository/test_labels.py",
            "tests/kernel/test_privacy.py",
        ),
    ),
    Clause(
        "PIPL 13-16, 28-31",
        _(
            "Consent as an object, withdrawn as easily as given; guardian below 14; other legal bases recorded"
        ),
        _("Versioned consent compiled to grounds and restrictions, checked at read time"),
        ("emr.access.selectors",),
        ("tests/emr/consent/test_consents.py",),
    ),
    Clause(
        "PIPL 44-48",
        _("Copy, correct, restrict, with a clock"),
        _("Requests of the patient with due dates and answers"),
        ("emr.access",),
        ("tests/emr/consent/test_requests.py",),
    ),
    Clause(
        "PIPL 55-57",
        _("Impact assessment, notice of a leak"),
        _("The register and the alarms feed them"),
        ("kernel.privacy",),
        gap=_("Assessment and notice are acts of the institution"),
        outside=True,
    ),
)
