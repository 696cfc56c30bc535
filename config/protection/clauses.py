"""The table of clauses: what each asks of the application, what answers it, which tests break the answer.

Clause texts are shortened in our own words. Sources: GB/T 22239-2019 level 3 (8.1.x), GB/T 39786-2021 level 3
(8.4), GB/T 39725-2020, 个人信息保护法 (PIPL). `code` names modules, `tests` node ids or files; a test holds both
against the tree.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Clause:
    """One row. `gap` says what is thinner than the clause; `outside` marks what no application can do."""

    number: str
    text: Promise
    control: Promise
    code: tuple[str, ...]
    tests: tuple[str, ...] = ()
    gap: str | Promise = ""
    outside: bool = False


CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.3.3/4/5",
        _("Attacks at the border are limited and recorded, remote users apart"),
        _("Rate and size limits for account, client and source; every entry carries session and address"),
        ("kernel.limits", "kernel.lengths", "kernel.audit"),
    ),
    Clause(
        "8.1.4.1a",
        _("Unique identity, complexity and age of passwords"),
        _("One account a person by ID number; length, classes, history of 5, 90 days, change at first use"),
        ("consortium.services.passwords", "consortium.engine.passwords", "consortium.models.staff"),
    ),
    Clause(
        "8.1.4.1b",
        _("Failed sign-in, end of session"),
        _("Five failures lock account and source for 30 min; idle 15 min locks; 12 h end"),
        ("consortium.services.throttle", "consortium.services.sessions", "consortium.doors"),
    ),
    Clause(
        "8.1.4.1c",
        _("Credentials are protected under way"),
        _("TLS only with HSTS, secure cookies; no secret in any log"),
        ("config.settings",),
    ),
    Clause(
        "8.1.4.1d",
        _("Two factors, one of them cryptographic"),
        _("Password and TOTP, passkey, or client certificate for every post; again for what weighs much"),
        ("consortium.services.factors", "kernel.assurance"),
    ),
    Clause(
        "8.1.4.2a",
        _("Rights by account"),
        _("Role, place and relation decide, refused by default; every address is walked with every role"),
        ("kernel.policy",),
    ),
    Clause(
        "8.1.4.2b",
        _("No default account"),
        _("A fresh installation has no account; the three managers are made at its console"),
        ("consortium.services.setup",),
    ),
    Clause(
        "8.1.4.2c",
        _("No stale or shared account"),
        _("Idle for 90 days closes; leavers lose access at once; sessions are limited"),
        ("consortium.services.people", "consortium.services.sessions"),
    ),
    Clause(
        "8.1.4.2d",
        _("Least privilege, managers apart"),
        _("System, security and audit manager exclude each other in the database and read nothing clinical"),
        ("consortium.models.staff", "consortium.policies"),
    ),
    Clause(
        "8.1.4.2e-f",
        _("Policy set by who is authorised, down to user and row"),
        _("Posts, clearances and narrowings are data changed by two persons; the code is the ceiling"),
        ("consortium.services.changes", "kernel.policy"),
    ),
    Clause(
        "8.1.4.2g",
        _("Security labels on subjects and objects"),
        _("Levels 1-5 on fields and records, clearance on posts; the label wins over the role"),
        ("kernel.labels", "emr.access.selectors"),
    ),
    Clause(
        "8.1.4.3a-b",
        _("Everybody is audited, with date, user, kind, outcome"),
        _("A row for each opening, write, sign-in, refusal, export and print"),
        ("kernel.audit",),
    ),
    Clause(
        "8.1.4.3c",
        _("Audit records are protected and kept"),
        _(
            "Append-only by grant and trigger, chained over all columns, signed checkpoints elsewhere, 180 days"
        ),
        ("kernel.chain", "kernel.checkpoint", "kernel.db"),
    ),
    Clause(
        "8.1.4.3d",
        _("The audit process is protected"),
        _("The entry is written in the verb's transaction: no entry, no deed"),
        ("kernel.audit",),
    ),
    Clause(
        "8.1.4.4a-c",
        _("Minimal installation, few ports, listed consoles"),
        _("One port for people; consoles of the managers answer listed addresses only"),
        ("config.settings",),
    ),
    Clause(
        "8.1.4.4d",
        _("Input is checked"),
        _("Forms, API schema, FHIR and DICOM limits; kinds of files by content"),
        ("kernel.forms", "kernel.lengths", "kernel.files"),
    ),
    Clause(
        "8.1.4.4e",
        _("Known weaknesses are mended"),
        _("A script compares what is installed with published weaknesses; bill of materials"),
        ("kernel.files",),
    ),
    Clause(
        "8.1.4.4f",
        _("Intrusion is noticed"),
        _("Rules on mass reading, odd hours, enumeration and impossible travel alarm within a minute"),
        ("kernel.alarms",),
    ),
    Clause(
        "8.1.4.5",
        _("Malicious code"),
        _("Uploads are scanned where a scanner is named, the test pattern is refused, nothing is executed"),
        ("kernel.files",),
    ),
    Clause(
        "8.1.4.6",
        _("Trusted verification (optional)"),
        _("A signed manifest of the release is held against the files at start"),
        ("kernel.crypto",),
    ),
    Clause(
        "8.1.4.7",
        _("Integrity under way and at rest"),
        _("MAC on rows that decide rights, digest on every file, signatures on papers; found at read"),
        ("kernel.guarded", "kernel.files.reading"),
    ),
    Clause(
        "8.1.4.8",
        _("Confidentiality by cryptography"),
        _("SM4-GCM on identity and level 4-5, files likewise; keys change while the platform runs"),
        ("kernel.crypto.sealing", "kernel.crypto.keys"),
        gap=_("Received DICOM and ECG bytes stay as they came: their volume must be encrypted"),
    ),
    Clause(
        "8.1.4.9a-c",
        _("Backup, restore, redundancy"),
        _("Backup and restore with equal row hashes; archived log; two web processes"),
        ("kernel.management.commands",),
        gap=_("A second site and its line are the operator's"),
    ),
    Clause(
        "8.1.4.10a-b",
        _("Nothing left behind"),
        _("Signing out ends the token and wipes the session; temporary files go; keys can be destroyed"),
        ("consortium.services.sessions", "kernel.crypto.keys"),
    ),
    Clause(
        "8.1.4.11a-b",
        _("Only what is needed, no misuse"),
        _("A register of every personal field; lists are masked; exports ask what for"),
        ("kernel.privacy",),
        ("tests/kernel/test_privacy.py",),
    ),
    Clause(
        "8.1.5.1",
        _("System manager"),
        _("Accounts, unlocking, running at /ops/; gives no rights"),
        ("consortium.policies",),
    ),
    Clause(
        "8.1.5.2",
        _("Audit manager"),
        _("Reads, verifies and exports at /audit/; changes nothing"),
        ("consortium.services.auditing",),
    ),
    Clause(
        "8.1.5.3",
        _("Security manager"),
        _("Posts, labels, policy at /security/, by two persons"),
        ("consortium.services.posts",),
    ),
    Clause(
        "8.1.5.4",
        _("Central control"),
        _("Health, alarms, export to syslog; nothing younger than 180 days can be purged"),
        ("config.health", "kernel.alarms"),
    ),
    Clause(
        "GB/T 39786 8.4a",
        _("Identity by cryptography"),
        _("TOTP, passkey or certificate beside the password"),
        ("consortium.services.factors",),
        gap=_(
            "A certified module is hardware; the provider interface is there, the software provider is not certified"
        ),
    ),
    Clause(
        "GB/T 39786 8.4b-c",
        _("Integrity of rights and labels"),
        _("HMAC-SM3 over rows of posts, narrowings and labels, checked when they are used"),
        ("kernel.guarded",),
    ),
    Clause(
        "GB/T 39786 8.4d",
        _("Confidentiality under way"),
        _("TLS at the gateway; the application refuses plain HTTP in production"),
        ("config.settings",),
        gap=_("TLS with SM suites ends at the gateway (TLCP), outside the application"),
    ),
    Clause(
        "GB/T 39786 8.4e",
        _("Confidentiality at rest"),
        _("SM4-GCM with per-purpose keys"),
        ("kernel.crypto.sealing",),
    ),
    Clause(
        "GB/T 39786 8.4f-g",
        _("Integrity under way and at rest"),
        _("HMAC-SM3 chain, row MACs, digests"),
        ("kernel.chain", "kernel.guarded"),
    ),
    Clause(
        "GB/T 39786 8.4h",
        _("Non-repudiation"),
        _("SM2 signatures on reports, referral forms and checkpoints; each says which kind signed"),
        ("kernel.crypto.signing",),
        gap=_(
            "Legal force needs a licensed certificate authority: the adapter is there, the contract is the operator's"
        ),
    ),
    Clause(
        "GB/T 39725",
        _("Levels 1-5 of health data"),
        _("The level stands on the field and the record and passes on to what refers to it"),
        ("kernel.labels", "kernel.privacy"),
    ),
    Clause(
        "PIPL 13-16, 28-31",
        _(
            "Consent as an object, withdrawn as easily as given; guardian below 14; other legal bases recorded"
        ),
        _("Versioned consent compiled to grounds and restrictions, checked at read time"),
        ("emr.access.selectors",),
    ),
    Clause(
        "PIPL 44-48",
        _("Copy, correct, restrict, with a clock"),
        _("Requests of the patient with due dates and answers"),
        ("emr.access",),
    ),
    Clause(
        "PIPL 55-57",
        _("Impact assessment, notice of a leak"),
        _("The register and the alarms feed them"),
        ("kernel.privacy",),
        gap=_("Assessment and notice are acts of the institution"),
        outside=True,
    ),
    Clause(
        "8.1.1, 8.1.2",
        _("Physical environment, network"),
        _("None: rooms, power, lines and network zones are the operator's"),
        (),
        gap=_("Outside an application"),
        outside=True,
    ),
)
