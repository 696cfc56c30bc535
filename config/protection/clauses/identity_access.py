"""Identity and access control (8.1.4.1, 8.1.4.2)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.4.1a",
        _("Unique identity, complexity and age of passwords"),
        _("One account a person by ID number; length, classes, history of 5, 90 days, change at first use"),
        ("consortium.services.passwords", "consortium.engine.passwords", "consortium.models.staff"),
        (
            "tests/consortium/test_passwords.py",
            "tests/consortium/test_races.py::test_one_person_is_given_one_account_whoever_opens_it_at_once",
        ),
    ),
    Clause(
        "8.1.4.1b",
        _("Failed sign-in, end of session"),
        _("Five failures lock account and source for 30 min; idle 15 min locks; 12 h end"),
        ("consortium.services.throttle", "consortium.services.sessions", "consortium.doors"),
        (
            "tests/consortium/test_sign_in.py::test_the_account_locks_after_five_failures_and_then_even_the_right_password_is_wrong",
            "tests/consortium/test_doors_alike.py",
            "tests/consortium/test_switch.py",
            "tests/consortium/test_sessions.py",
        ),
    ),
    Clause(
        "8.1.4.1c",
        _("Credentials are protected under way"),
        _("TLS only with HSTS, secure cookies; no secret in any log"),
        ("config.settings",),
        (
            "tests/infra/test_headers.py",
            "tests/infra/test_logs.py",
        ),
    ),
    Clause(
        "8.1.4.1d",
        _("Two factors, one of them cryptographic"),
        _("Password and TOTP, passkey, or client certificate for every post; again for what weighs much"),
        ("consortium.services.factors", "kernel.assurance"),
        (
            "tests/consortium/test_passkeys.py",
            "tests/consortium/test_certificates.py",
            "tests/consortium/test_step_up.py",
            "tests/consortium/test_sign_in.py::test_both_factors_open_a_session_in_the_only_post_and_leave_every_trace",
        ),
    ),
    Clause(
        "8.1.4.2a",
        _("Rights by account"),
        _("Role, place and relation decide, refused by default; every address is walked with every role"),
        ("kernel.policy",),
        (
            "tests/consortium/test_policies.py",
            "tests/kernel/test_policy.py",
        ),
    ),
    Clause(
        "8.1.4.2b",
        _("No default account"),
        _("A fresh installation has no account; the three managers are made at its console"),
        ("consortium.services.setup",),
        (
            "tests/consortium/test_idle.py::test_a_fresh_platform_has_no_account",
            "tests/consortium/test_doors_alike.py::test_a_fresh_database_has_no_account_and_knows_no_default",
        ),
    ),
    Clause(
        "8.1.4.2c",
        _("No stale or shared account"),
        _("Idle for 90 days closes; leavers lose access at once; sessions are limited"),
        ("consortium.services.people", "consortium.services.sessions"),
        (
            "tests/consortium/test_idle.py",
            "tests/consortium/test_races.py::test_four_sign_ins_at_once_leave_no_more_sessions_than_may_stand",
        ),
    ),
    Clause(
        "8.1.4.2d",
        _("Least privilege, managers apart"),
        _("System, security and audit manager exclude each other in the database and read nothing clinical"),
        ("consortium.models.staff", "consortium.policies"),
        (
            "tests/consortium/test_models.py::test_nobody_stands_on_two_sides_at_once",
            "tests/consortium/test_posts.py::test_each_manager_excludes_every_other_side",
            "tests/consortium/test_idle.py::test_there_is_no_superuser_and_no_admin",
        ),
    ),
    Clause(
        "8.1.4.2e-f",
        _("Policy set by who is authorised, down to user and row"),
        _("Posts, clearances and narrowings are data changed by two persons; the code is the ceiling"),
        ("consortium.services.changes", "kernel.policy"),
        (
            "tests/consortium/test_changes.py",
            "tests/consortium/test_narrowings.py",
            "tests/consortium/test_posts.py",
        ),
    ),
    Clause(
        "8.1.4.2g",
        _("Security labels on subjects and objects"),
        _("Levels 1-5 on fields and records, clearance on posts; the label wins over the role"),
        ("kernel.labels", "emr.repository.services.labelling", "emr.access.selectors"),
        (
            "tests/emr/repository/test_labels.py",
            "tests/emr/access/test_labels.py",
            "tests/emr/access/test_glass.py",
            "tests/emr/access/test_visible.py",
        ),
    ),
)
