"""Border, audit, intrusion, malicious code, trusted start (8.1.3, 8.1.4.3 to 8.1.4.6)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.3.3/4/5",
        _("Attacks at the border are limited and recorded, remote users apart"),
        _("Rate and size limits for account, client and source; every entry carries session and address"),
        ("kernel.web.limits", "kernel.web.lengths", "kernel.audit"),
        (
            "tests/kernel/test_limits.py",
            "tests/kernel/test_addresses.py",
            "tests/api/test_bad_json.py::test_a_long_order_is_refused_before_it_is_read",
            "tests/kernel/test_audit.py::test_an_entry_says_who_what_when_from_where_and_how_it_ended",
        ),
    ),
    Clause(
        "8.1.4.3a-b",
        _("Everybody is audited, with date, user, kind, outcome"),
        _("A row for each opening, write, sign-in, refusal, export and print"),
        ("kernel.audit", "kernel.web.shown"),
        (
            "tests/access/test_walk.py",
            "tests/kernel/test_shown.py",
            "tests/referral/papers/test_papers.py::test_a_print_with_the_whole_number_leaves_who_where_and_when",
            "tests/emr/prescriptions/test_pages.py::test_page_and_pdf_say_every_word_of_the_sheet_and_the_kind_of_key",
            "tests/kernel/test_traces.py",
            "tests/kernel/test_audit.py",
            "tests/emr/repository/test_publishing.py::test_publish_leaves_one_audit_entry_and_one_event_per_resource",
        ),
    ),
    Clause(
        "8.1.4.3c",
        _("Audit records are protected and kept"),
        _(
            "Append-only by grant and trigger, chained over all columns, signed checkpoints elsewhere, 180 days"
        ),
        ("kernel.chain.verifying", "kernel.chain.checkpoint", "kernel.database.operations"),
        (
            "tests/kernel/test_chain.py",
            "tests/kernel/test_checkpoint.py",
            "tests/kernel/test_months.py",
            "tests/kernel/test_audit.py::test_the_app_may_not_bend_the_record",
            "tests/kernel/test_audit.py::test_by_its_rights_alone_the_app_reads_and_adds",
            "tests/kernel/test_audit.py::test_not_even_the_owner_changes_a_row_in_passing",
        ),
    ),
    Clause(
        "8.1.4.3d",
        _("The audit process is protected"),
        _("The entry is written in the verb's transaction: no entry, no deed"),
        ("kernel.audit",),
        ("tests/kernel/test_fail_closed.py",),
    ),
    Clause(
        "8.1.4.4a-c",
        _("Minimal installation, few ports, listed consoles"),
        _("One port for people; consoles of the managers answer listed addresses only"),
        ("config.settings",),
        (
            "tests/kernel/test_addresses.py::test_a_console_opens_at_listed_addresses_alone",
            "tests/infra/test_supervisor.py::test_it_starts_for_this_user_alone_survives_a_kill_and_ctrl_c_ends_all_of_it",
            "tests/infra/test_databases.py::test_the_embedded_database_listens_on_no_port",
        ),
    ),
    Clause(
        "8.1.4.4d",
        _("Input is checked"),
        _("Forms, API schema, FHIR and DICOM limits; kinds of files by content"),
        ("kernel.web.forms", "kernel.web.lengths", "kernel.files"),
        (
            "tests/api/test_fuzz.py",
            "tests/api/test_fuzz_doors.py",
            "tests/api/test_bad_json.py",
            "tests/api/test_bad_files.py",
            "tests/kernel/test_uploads.py",
            "tests/infra/test_headers.py::test_every_kind_of_answer_bears_the_headers",
            "tests/consortium/sessions/test_sessions.py::test_a_sign_in_gives_new_form_tokens",
            "tests/consortium/sessions/test_switch.py::test_a_form_in_the_others_tab_is_refused_and_the_own_one_counts_again",
            "tests/api/test_bad_ids.py::test_a_field_the_schema_does_not_name_is_refused",
            "tests/emr/repository/test_rest.py::test_what_is_wrong_is_said_with_the_right_status",
            "tests/api/test_bad_markup.py::test_words_of_a_chart",
            "tests/consortium/test_views.py::test_the_way_on_is_one_of_ours",
            "tests/api/test_bad_references.py::test_nothing_that_is_sent_to_fhir_is_fetched",
            "tests/ecg/test_readers.py::test_a_good_file_is_refused_for_the_entity_it_defines",
        ),
    ),
    Clause(
        "8.1.4.4e",
        _("Known weaknesses are mended"),
        _("A script compares what is installed with published weaknesses; bill of materials"),
        ("config.local.supply",),
        ("tests/infra/test_supply.py",),
        gap=_(
            "What PyPI and npm publish is asked where they can be reached; the script names whom it could not ask"
        ),
    ),
    Clause(
        "8.1.4.4f",
        _("Intrusion is noticed"),
        _("Rules on mass reading, odd hours, enumeration and impossible travel alarm within a minute"),
        ("kernel.alarms",),
        (
            "tests/consortium/managers/test_watch.py",
            "tests/consortium/managers/test_alarms.py",
        ),
    ),
    Clause(
        "8.1.4.5",
        _("Malicious code"),
        _("Uploads are scanned where a scanner is named, the test pattern is refused, nothing is executed"),
        ("kernel.files",),
        ("tests/kernel/test_uploads.py",),
    ),
    Clause(
        "8.1.4.6",
        _("Trusted verification (optional)"),
        _("A signed manifest of the release is held against the files at start"),
        ("kernel.crypto",),
        ("tests/infra/test_release.py",),
    ),
)
