"""Identity and access control (8.1.4.1, 8.1.4.2)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.4.1a",
        _("Unique identity, complexity and age of passwords"),
        _("One account a person by ID number; length, classes, history of 5, 90 days, change at first use"),
        ("consortium.services.identity.passwords", "consortium.engine.passwords", "consortium.models.staff"),
        (
            "tests/consortium/identity/test_passwords.py",
            "tests/consortium/test_races.py::test_one_person_is_given_one_account_whoever_opens_it_at_once",
        ),
    ),
    Clause(
        "8.1.4.1b",
        _("Failed sign-in, end of session"),
        _("Five failures lock account and source for 30 min; idle 15 min locks; 12 h end"),
        (
            "consortium.services.sessions.throttle",
            "consortium.services.sessions.acting",
            "consortium.doors",
        ),
        (
            "tests/consortium/identity/test_sign_in.py::test_the_account_locks_after_five_failures_and_then_even_the_right_password_is_wrong",
            "tests/consortium/identity/test_doors_alike.py",
            "tests/consortium/sessions/test_switch.py",
            "tests/consortium/sessions/test_sessions.py",
            "tests/consortium/identity/test_sign_in.py::test_one_source_that_tries_many_names_has_to_wait_and_a_known_device_there_has_not",
            "tests/consortium/test_views.py::test_idle_locks_reopens_with_the_password_and_keeps_what_was_typed",
            "tests/consortium/identity/test_sign_in.py::test_a_locked_page_reopens_with_the_password_alone",
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
        ("consortium.services.identity.factors", "kernel.assurance"),
        (
            "tests/consortium/identity/test_passkeys.py",
            "tests/consortium/identity/test_certificates.py",
            "tests/consortium/identity/test_step_up.py",
            "tests/consortium/identity/test_sign_in.py::test_both_factors_open_a_session_in_the_only_post_and_leave_every_trace",
            "tests/consortium/identity/test_sign_in.py::test_a_code_works_once",
            "tests/consortium/identity/test_sign_in.py::test_enrolment_binds_once_and_gives_ten_recovery_codes_that_work_once",
            "tests/consortium/identity/test_sign_in.py::test_wrong_codes_count_like_wrong_passwords_and_a_full_sign_in_clears_them",
            "tests/consortium/sessions/test_sessions.py::test_after_twelve_hours_a_known_device_asks_again",
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
            "tests/access/test_walk.py",
            "tests/access/test_table.py",
            "tests/emr/prescriptions/test_rules.py::test_without_a_prescribing_licence_nobody_signs",
            "tests/emr/prescriptions/test_rules.py::test_an_assistant_signs_alone_at_a_township_and_waits_for_a_second_at_the_hospital",
            "tests/consortium/test_views.py::test_a_session_that_is_over_is_nobody",
            "tests/consortium/sessions/test_socket.py::test_a_stranger_and_an_ended_session_hear_nothing",
            "tests/imaging/test_receiver.py::test_a_stranger_and_a_wrong_title_are_rejected",
            "tests/emr/repository/test_reach.py::test_scopes_are_the_ceiling",
            "tests/test_architecture.py::test_a_stranger_gets_nowhere",
            "tests/emr/access/test_visible.py::test_each_condition_closes_alone",
        ),
    ),
    Clause(
        "8.1.4.2b",
        _("No default account"),
        _("A fresh installation has no account; the three managers are made at its console"),
        ("consortium.services.setup.founding",),
        (
            "tests/consortium/sessions/test_idle.py::test_a_fresh_platform_has_no_account",
            "tests/consortium/identity/test_doors_alike.py::test_a_fresh_database_has_no_account_and_knows_no_default",
            "tests/consortium/test_services.py::test_the_first_three_managers_are_made_once",
        ),
    ),
    Clause(
        "8.1.4.2c",
        _("No stale or shared account"),
        _("Idle for 90 days closes; leavers lose access at once; sessions are limited"),
        ("consortium.services.people.accounts", "consortium.services.sessions.acting"),
        (
            "tests/consortium/sessions/test_idle.py",
            "tests/consortium/test_races.py::test_four_sign_ins_at_once_leave_no_more_sessions_than_may_stand",
            "tests/consortium/test_services.py::test_a_closed_account_loses_its_sessions_and_can_be_opened_again",
            "tests/consortium/sessions/test_sessions.py::test_a_fourth_session_ends_the_oldest_which_is_told",
        ),
    ),
    Clause(
        "8.1.4.2d",
        _("Least privilege, managers apart"),
        _("System, security and audit manager exclude each other in the database and read nothing clinical"),
        ("consortium.models.staff", "consortium.policies"),
        (
            "tests/consortium/test_models.py::test_nobody_stands_on_two_sides_at_once",
            "tests/consortium/people/test_posts.py::test_each_manager_excludes_every_other_side",
            "tests/consortium/sessions/test_idle.py::test_there_is_no_superuser_and_no_admin",
            "tests/consortium/test_models.py::test_a_manager_reads_nothing_clinical",
            "tests/emr/access/test_services.py::test_who_reads_no_records_reads_none_on_any_ground",
            "tests/emr/access/test_kinds.py::test_each_post_reads_the_kinds_of_its_work_in_list_and_search_and_by_name",
        ),
    ),
    Clause(
        "8.1.4.2e-f",
        _("Policy set by who is authorised, down to user and row"),
        _("Posts, clearances and narrowings are data changed by two persons; the code is the ceiling"),
        ("consortium.services.rights.changes", "kernel.policy"),
        (
            "tests/consortium/rights/test_changes.py",
            "tests/consortium/rights/test_narrowings.py",
            "tests/consortium/people/test_posts.py",
            "tests/consortium/people/test_staff_list.py",
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
            "tests/emr/access/test_services.py::test_a_record_without_a_basis_does_not_open",
            "tests/emr/access/test_services.py::test_breaking_needs_ten_characters",
            "tests/emr/access/test_services.py::test_breaking_the_glass_opens_for_this_doctor_alone_and_tells",
        ),
    ),
)
