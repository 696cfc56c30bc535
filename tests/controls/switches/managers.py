"""The three managers (8.1.5)."""

from typing import Final

from tests.controls.switch import Body, Edit, Switch

POSTS: Final = "tests/consortium/people/test_posts.py"
POLICIES: Final = "tests/consortium/test_policies.py"
AUDITING: Final = "tests/consortium/managers/test_auditing.py"
ALARMS: Final = "tests/consortium/managers/test_alarms.py"
HEALTH: Final = "tests/infra/test_health.py"

SWITCHES: Final = (
    Switch(
        "system-manager-gives-rights", "8.1.5.1", "the system manager gives posts",
        Edit("consortium/policies.py", '        "give": [Grant(SYSTEM, everything)],',
             '        "give": [Grant(SYSTEM, everything), Grant(Role.SYSTEM_MANAGER, everything)],'),
        (POLICIES,),
    ),
    Switch(
        "system-manager-herself", "8.1.5.1", "the system manager unlocks and closes her own account",
        Body("consortium/policies.py", "other_people", "return Q()"),
        ("tests/consortium/test_services.py::test_nobody_changes_the_own_account_and_no_other_post_may",),
    ),
    Switch(
        "unlock-without-reason", "8.1.5.1", "a lock is taken off without a reason",
        Edit("consortium/services/sessions/locks.py", "    if said not in UnlockReason.values:",
             "    said = said or UnlockReason.MISTYPED\n    if said not in UnlockReason.values:"),
        ("tests/consortium/identity/test_doors_alike.py::"
         "test_the_system_manager_unlocks_at_once_with_a_reason_in_the_chain",),
    ),
    Switch(
        "ops-open-to-others", "8.1.5.1", "the security manager opens the system manager's console",
        Edit("consortium/policies.py",
             'RUNNING = Policy(Throttle, {"view": [Grant(Role.SYSTEM_MANAGER, everything)]})',
             'RUNNING = Policy(Throttle, {"view": [Grant(one, everything) for one in Role.values]})'),
        ("tests/consortium/managers/test_consoles.py::test_each_console_is_open_to_its_manager_alone", POLICIES),
    ),
    Switch(
        "audit-open-to-others", "8.1.5.2", "the system manager searches the audit record",
        Edit("consortium/policies.py", '        "search": [Grant(Role.AUDIT_MANAGER, everything)],',
             '        "search": [Grant(Role.AUDIT_MANAGER, everything), Grant(Role.SYSTEM_MANAGER, everything)],'),
        (f"{AUDITING}::test_only_the_audit_manager_gets_there", POLICIES),
    ),
    Switch(
        "audit-names-patients", "8.1.5.2", "the audit manager sees whose record it was",
        Body("kernel/pseudonyms.py", "of", "return str(patient)"),
        (f"{AUDITING}::test_patients_bear_another_name_and_are_found_by_it",),
    ),
    Switch(
        "audit-search-untraced", "8.1.5.2", "the audit manager's own searches leave no trace",
        Edit("consortium/services/managers/auditing.py",
             '    audit.record(\n        by=by, action="consortium.audit_searched"',
             '    dict(\n        by=by, action="consortium.audit_searched"'),
        (f"{AUDITING}::test_the_audit_manager_searches_and_verifies",),
    ),
    Switch(
        "chain-unverified", "8.1.5.2", "a broken chain alarms nobody",
        Edit("consortium/services/managers/auditing.py",
             "    if not result.sound:\n        verifying.alarm(by, result)\n", ""),
        (f"{AUDITING}::test_a_chain_somebody_bent_is_shown_as_broken_and_alarms",),
    ),
    Switch(
        "security-manager-alone", "8.1.5.3", "the security manager gives posts by herself",
        Edit("consortium/policies.py", '        "give": [Grant(SYSTEM, everything)],',
             '        "give": [Grant(SYSTEM, everything), Grant(Role.SECURITY_MANAGER, everything)],'),
        (f"{POSTS}::test_nobody_gives_clears_or_ends_a_post_alone",),
    ),
    Switch(
        "second-person-for-herself", "8.1.5.3", "the second person approves her own post",
        Body("consortium/services/people/granting.py", "not_own", "return None"),
        (f"{POSTS}::test_the_second_person_does_not_approve_her_own_post",),
    ),
    Switch(
        "label-table-by-anybody", "8.1.5.3", "anybody sees and proposes changes of the label table",
        Edit("emr/access/policies.py",
             '        "view": [Grant(Role.SECURITY_MANAGER, everything)],\n        "propose": '
             '[Grant(Role.SECURITY_MANAGER, everything)],\n        "load"',
             '        "view": [Grant(one, everything) for one in Role.values],\n        "propose": '
             '[Grant(one, everything) for one in Role.values],\n        "load"'),
        ("tests/emr/access/test_labels.py::test_nobody_else_sees_or_proposes",),
    ),
    Switch(
        "alarm-by-anybody", "8.1.5.4", "anybody closes an alarm",
        Edit("consortium/policies.py",
             '        "close": [Grant(Role.SECURITY_MANAGER, everything)],\n    },\n)\nDELIVERY',
             '        "close": [Grant(one, everything) for one in Role.values],\n    },\n)\nDELIVERY'),
        (f"{ALARMS}::test_nobody_else_touches_an_alarm",),
    ),
    Switch(
        "alarm-waits-unseen", "8.1.5.4", "an alarm nobody answers is told to nobody else",
        Body("consortium/services/managers/watching.py", "escalate_alarms", "return 0"),
        (f"{ALARMS}::test_an_unanswered_alarm_is_told_to_the_other_managers",),
    ),
    Switch(
        "health-always-well", "8.1.5.4", "the platform says it is well when its worker is dead",
        Edit("config/health.py", '"ok": age is not None and age < WORKER_LATE,', '"ok": True,'),
        (f"{HEALTH}::test_healthz_is_unwell_without_a_worker_and_readyz_does_not_mind",),
    ),
    Switch(
        "metrics-for-anybody", "8.1.5.4", "the figures of the platform are told to every address",
        Body("config/health.py", "_from_this_machine", "return True"),
        (f"{HEALTH}::test_metrics_are_for_this_machine_alone",),
    ),
    Switch(
        "syslog-of-nothing", "8.1.5.4", "a log collector is sent no words of an entry",
        Edit("kernel/chain/syslog.py", "for key, value in words.items() if value)", "for key, value in ())"),
        ("tests/consortium/managers/test_auditing.py::test_entries_are_taken_out_for_a_log_collector",),
    ),
    Switch(
        "kept-too-short", "8.1.5.4", "the record stays online for thirty days",
        Edit("kernel/chain/closings.py", "KEPT: Final = timedelta(days=180)", "KEPT: Final = timedelta(days=30)"),
        ("tests/kernel/test_months.py::test_nothing_younger_than_180_days_goes",),
    ),
)  # fmt: skip
