"""The three managers and what no application can do (8.1.5, 8.1.1, 8.1.2)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from config.protection.clauses.clause import Clause

CLAUSES: Final[tuple[Clause, ...]] = (
    Clause(
        "8.1.5.1",
        _("System manager"),
        _("Accounts, unlocking, running at /ops/; gives no rights"),
        ("consortium.policies",),
        (
            "tests/consortium/managers/test_consoles.py",
            "tests/consortium/test_policies.py",
            "tests/consortium/test_services.py::test_nobody_changes_the_own_account_and_no_other_post_may",
            "tests/consortium/identity/test_doors_alike.py::test_the_system_manager_unlocks_at_once_with_a_reason_in_the_chain",
        ),
    ),
    Clause(
        "8.1.5.2",
        _("Audit manager"),
        _("Reads, verifies and exports at /audit/; changes nothing"),
        ("consortium.services.managers.auditing",),
        (
            "tests/consortium/managers/test_auditing.py",
            "tests/consortium/test_policies.py",
        ),
    ),
    Clause(
        "8.1.5.3",
        _("Security manager"),
        _("Posts, labels, policy at /security/, by two persons"),
        ("consortium.services.people.posts",),
        (
            "tests/consortium/people/test_posts.py",
            "tests/emr/access/test_labels.py",
        ),
    ),
    Clause(
        "8.1.5.4",
        _("Central control"),
        _("Health, alarms, export to syslog; nothing younger than 180 days can be purged"),
        ("config.health", "kernel.alarms"),
        (
            "tests/consortium/managers/test_alarms.py",
            "tests/kernel/test_months.py::test_nothing_younger_than_180_days_goes",
            "tests/infra/test_health.py",
            "tests/consortium/managers/test_auditing.py::test_entries_are_taken_out_for_a_log_collector",
        ),
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
