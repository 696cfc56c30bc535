"""Integrity, confidentiality, backup, residue, personal information (8.1.4.7 to 8.1.4.11)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.4.7",
        _("Integrity under way and at rest"),
        _("MAC on rows that decide rights, digest on every file, signatures on papers; found at read"),
        ("kernel.guarded", "kernel.files.reading"),
        (
            "tests/kernel/test_guarded.py",
            "tests/kernel/test_scrub.py",
            "tests/consortium/rights/test_forged.py",
            "tests/kernel/test_files.py",
            "tests/portal/test_checking.py",
        ),
    ),
    Clause(
        "8.1.4.8",
        _("Confidentiality by cryptography"),
        _("SM4-GCM on identity and level 4-5, files likewise; keys change while the platform runs"),
        ("kernel.crypto.sealing", "kernel.crypto.keys", "kernel.crypto.wrapping"),
        (
            "tests/infra/test_dump.py",
            "tests/kernel/test_keyring.py",
            "tests/kernel/test_wrapping.py",
            "tests/kernel/test_crypto.py",
            "tests/kernel/test_files.py::test_a_level_4_file_lies_sealed",
            "tests/infra/test_self_test.py::test_a_wrong_answer_stops_this_process",
        ),
        gap=_("Received DICOM and ECG bytes stay as they came: their volume must be encrypted"),
    ),
    Clause(
        "8.1.4.9a-c",
        _("Backup, restore, redundancy"),
        _("Backup and restore with equal row hashes; archived log; two web processes"),
        ("kernel.management.commands",),
        (
            "tests/infra/test_backup.py",
            "tests/infra/test_node_killed.py",
        ),
        gap=_("A second site and its line are the operator's"),
    ),
    Clause(
        "8.1.4.10a-b",
        _("Nothing left behind"),
        _("Signing out ends the token and wipes the session; temporary files go; keys can be destroyed"),
        ("consortium.services.sessions.acting", "kernel.crypto.keys"),
        (
            "tests/consortium/sessions/test_sessions.py::test_after_signing_out_the_token_opens_nothing_and_its_data_are_gone",
            "tests/kernel/test_scrub.py::test_nothing_is_left_in_drafts",
            "tests/kernel/test_keyring.py::test_erasing_a_store_makes_it_unreadable_for_ever",
            "tests/consortium/sessions/test_sessions.py::test_a_session_ended_elsewhere_leaves_nothing_in_the_browser_s_own",
            "tests/kernel/test_files.py::test_drafts_of_a_killed_process_are_cleared",
            "tests/kernel/test_files.py::test_files_whose_row_was_rolled_back_are_swept",
        ),
    ),
    Clause(
        "8.1.4.11a-b",
        _("Only what is needed, no misuse"),
        _("A register of every personal field; lists are masked; exports ask what for"),
        ("kernel.privacy",),
        (
            "tests/kernel/test_privacy.py",
            "tests/kernel/test_exports.py",
            "tests/emr/index/test_masking.py",
        ),
    ),
)
