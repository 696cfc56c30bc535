"""Border, audit, intrusion, malicious code, trusted start (8.1.3, 8.1.4.3 to 8.1.4.6)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.3.3/4/5",
        _("Attacks at the border are limited and recorded, remote users apart"),
        _("Rate and size limits for account, client and source; every entry carries session and address"),
        ("kernel.limits", "kernel.lengths", "kernel.audit"),
        (
            "tests/kernel/test_limits.py",
            "tests/kernel/test_addresses.py",
            "tests/api/test_bad_json.py::test_a_long_order_is_refused_before_it_is_read",
        ),
    ),
    Clause(
        "8.1.4.3a-b",
        _("Everybody is audited, with date, user, kind, outcome"),
        _("A row for each opening, write, sign-in, refusal, export and print"),
        ("kernel.audit", "kernel.shown"),
        (
            "tests/access/test_walk.py",
            "tests/kernel/test_shown.py",
            "tests/kernel/test_traces.py",
            "tests/kernel/test_audit.py",
        ),
    ),
    Clause(
        "8.1.4.3c",
        _("Audit records are protected and kept"),
        _(
            "Append-only by grant and trigger, chained over all columns, signed checkpoints elsewhere, 180 days"
        ),
        ("kernel.chain", "kernel.checkpoint", "kernel.db"),
        (
            "tests/kernel/test_chain.py",
            "tests/kernel/test_checkpoint.py",
            "tests/kernel/test_months.py",
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
        ("tests/kernel/test_addresses.py::test_a_console_opens_at_listed_addresses_alone",),
    ),
    Clause(
        "8.1.4.4d",
        _("Input is checked"),
        _("Forms, API schema, FHIR and DICOM limits; kinds of files by content"),
        ("kernel.forms", "kernel.lengths", "kernel.files"),
        (
            "tests/api/test_fuzz.py",
            "tests/api/test_fuzz_doors.py",
            "tests/api/test_bad_json.py",
            "tests/api/test_bad_files.py",
            "tests/kernel/test_uploads.py",
        ),
    ),
    Clause(
        "8.1.4.4e",
        _("Known weaknesses are mended"),
        _("A script compares what is installed with published weaknesses; bill of materials"),
        ("kernel.files",),
        ("tests/infra/test_supply.py",),
    ),
    Clause(
        "8.1.4.4f",
        _("Intrusion is noticed"),
        _("Rules on mass reading, odd hours, enumeration and impossible travel alarm within a minute"),
        ("kernel.alarms",),
        (
            "tests/consortium/test_watch.py",
            "tests/consortium/test_alarms.py",
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
