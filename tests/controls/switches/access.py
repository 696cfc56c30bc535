"""Access control (8.1.4.2)."""

from typing import Final

from tests.controls.switch import Body, Edit, Sql, Switch

WALK: Final = "tests/access/test_walk.py::test_every_address_answers_every_post_as_the_table_says"
IDLE: Final = "tests/consortium/sessions/test_idle.py"
CHANGES: Final = "tests/consortium/rights/test_changes.py"
GLASS: Final = "tests/emr/access/test_glass.py"
LABELS: Final = "tests/emr/repository/test_labels.py"
MASKING: Final = "tests/emr/index/test_masking.py"
SERVICES: Final = "tests/emr/access/test_services.py"

SWITCHES: Final = (
    Switch(
        "policy-lets-all-through", "8.1.4.2a", "every policy lets everybody do everything to every row",
        Body("kernel/policy.py", "Policy.reach", "return Q()"),
        ("tests/kernel/test_policy.py::test_without_the_role_it_is_403",
         "tests/kernel/test_policy.py::test_a_list_holds_the_union_of_the_scopes"),
    ),
    Switch(
        "policy-forgets-the-place", "8.1.4.2a",
             "the role counts and the place does not: other institutions' rows open",
        Edit("kernel/policy.py", "scopes = [grant.scope(actor) for grant", "scopes = [Q() for grant"),
        ("tests/kernel/test_policy.py::test_a_list_holds_the_union_of_the_scopes",
         "tests/kernel/test_policy.py::test_out_of_reach_and_absent_are_the_same_404"),
    ),
    Switch(
        "open-without-sign-in", "8.1.4.2a", "whoever is nobody counts as signed in",
        Edit("consortium/middleware.py", "if signed and stands else AnonymousUser()",
             "if signed and stands else Staff()"),
        ("tests/test_architecture.py::test_a_stranger_gets_nowhere",),
    ),
    Switch(
        "machine-door-without-token", "8.1.4.2a", "the scope of a token is not asked for at /fhir/",
        Body("emr/repository/policies.py", "ask", "return None"),
        ("tests/emr/repository/test_reach.py::test_scopes_are_the_ceiling",),
    ),
    Switch(
        "every-post-reads-records", "8.1.4.2a", "every post reads records on any ground",
        Body("emr/access/policies.py", "reads_records", "return True"),
        ("tests/emr/access/test_visible.py::test_each_condition_closes_alone",),
    ),
    Switch(
        "addresses-of-other-places", "8.1.4.2a", "addresses answer for the rows of every place",
        Edit("kernel/policy.py", "scopes = [grant.scope(actor) for grant", "scopes = [Q() for grant"),
        (f"{WALK}[insurance_bridge:]",),
    ),
    Switch(
        "socket-of-nobody", "8.1.4.2a", "an ended session's socket goes on hearing",
        Edit("consortium/consumers.py", "return None if known is None or known.over else known", "return known"),
        ("tests/consortium/sessions/test_socket.py::test_a_stranger_and_an_ended_session_hear_nothing",),
    ),
    Switch(
        "settling-posts-read-all", "8.1.4.2d", "cashier, insurance office and welfare officer read whole records",
        Body("emr/access/policies.py", "kinds_read", "return None"),
        ("tests/emr/access/test_kinds.py::test_each_post_reads_the_kinds_of_its_work_in_list_and_search_and_by_name",),
    ),
    Switch(
        "assistant-alone-at-a-hospital", "8.1.4.2a", "an assistant's prescription counts without a physician",
        Body("emr/prescriptions/selectors/rights.py", "needs_second", "return False"),
        ("tests/emr/prescriptions/test_rules.py::test_an_assistant_signs_alone_at_a_township_and_waits_for_a_second_at_the_hospital",),
    ),
    Switch(
        "prescription-without-licence", "8.1.4.2a", "whoever treats prescribes, whatever the licence",
        Body("emr/prescriptions/selectors/rights.py", "ask_right", 'return "physician"'),
        ("tests/emr/prescriptions/test_rules.py::test_without_a_prescribing_licence_nobody_signs",),
    ),
    Switch(
        "any-ae-title", "8.1.4.2a", "a DICOM sender nobody registered is let in",
        Edit("config/settings.py", 'env.flag("DICOM_ACCEPT_STRANGERS", False)',
             'env.flag("DICOM_ACCEPT_STRANGERS", True)'),
        ("tests/imaging/test_receiver.py::test_a_stranger_and_a_wrong_title_are_rejected",),
    ),
    Switch(
        "shipped-account", "8.1.4.2b", "the platform is shipped with an account named admin",
        Sql("INSERT INTO consortium_staff (id, username, name, pinyin, initials, licence, licence_number, title, "
            "must_change_password, is_active, created_at, password) VALUES (gen_random_uuid(), 'admin', 'admin', "
            "'', '', 'none', '', 'none', false, true, now(), '!')"),
        (f"{IDLE}::test_a_fresh_platform_has_no_account",),
    ),
    Switch(
        "set-up-again", "8.1.4.2b", "the first managers can be made a second time on a running platform",
        Edit("consortium/services/setup/founding.py",
             "if Post.objects.filter(role__in=sorted(MANAGERS)).exists():", "if False:"),
        ("tests/consortium/test_services.py::test_the_first_three_managers_are_made_once",),
    ),
    Switch(
        "idle-account", "8.1.4.2c", "an account nobody used for ninety days stays open",
        Body("consortium/services/sessions/idle.py", "_idle", "return []"),
        (f"{IDLE}::test_ninety_days_without_a_sign_in_close_an_account",),
    ),
    Switch(
        "leaver", "8.1.4.2c", "a closed account keeps its open sessions",
        Edit("consortium/services/people/accounts.py", "end_all_sessions(staff.pk, Ending.ACCOUNT_CLOSED)", "pass"),
        (f"{IDLE}::test_a_leaver_is_out_at_the_next_request",
         "tests/consortium/test_services.py::test_a_closed_account_loses_its_sessions_and_can_be_opened_again"),
    ),
    Switch(
        "session-limit", "8.1.4.2c", "an account may be used at any number of places at once",
        Body("consortium/services/sessions/endings.py", "end_oldest", "return 0"),
        ("tests/consortium/sessions/test_sessions.py::test_a_fourth_session_ends_the_oldest_which_is_told",),
    ),
    Switch(
        "managers-together", "8.1.4.2d", "the database lets one person be system and security manager",
        Sql("ALTER TABLE consortium_post DROP CONSTRAINT post_one_side_per_person"),
        ("tests/consortium/test_models.py::test_nobody_stands_on_two_sides_at_once",
         "tests/consortium/people/test_posts.py::test_each_manager_excludes_every_other_side"),
    ),
    Switch(
        "manager-reads-records", "8.1.4.2d", "the database lets a manager's post be cleared for clinical data",
        Sql("ALTER TABLE consortium_post DROP CONSTRAINT post_manager_reads_nothing_clinical"),
        ("tests/consortium/test_models.py::test_a_manager_reads_nothing_clinical",),
    ),
    Switch(
        "manager-among-readers", "8.1.4.2d", "the code lets the system manager open records",
        Edit("emr/access/policies.py", "        Role.WELFARE_OFFICER,\n        API_CLIENT,",
             "        Role.WELFARE_OFFICER,\n        Role.SYSTEM_MANAGER,\n        API_CLIENT,"),
        ("tests/emr/access/test_services.py::test_who_reads_no_records_reads_none_on_any_ground",),
    ),
    Switch(
        "one-person-decides", "8.1.4.2e-f", "the proposer of a change of rights may approve it herself",
        Body("consortium/policies.py", "proposals_of_others", "return Q()"),
        (f"{CHANGES}::test_a_proposal_does_nothing_until_somebody_else_approves_it",),
    ),
    Switch(
        "staff-list-of-anybody", "8.1.4.2e-f", "a staff list counts as one approval whoever signed it",
        Edit("consortium/services/people/staff_list.py",
             "if not any(holds(key, data, signature_b64) for key in _trusted()):", "if False:"),
        ("tests/consortium/people/test_staff_list.py"
         "::test_a_list_of_nobody_we_trust_or_changed_afterwards_proposes_nothing",),
    ),
    Switch(
        "one-person-in-the-database", "8.1.4.2e-f", "the database takes one person as proposer and decider",
        Sql("DO $$ DECLARE c text; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = "
            "'consortium_change'::regclass AND contype = 'c' AND pg_get_constraintdef(oid) LIKE '%proposed_by_id%' "
            "AND pg_get_constraintdef(oid) LIKE '%decided_by_id%' LOOP EXECUTE "
            "'ALTER TABLE consortium_change DROP CONSTRAINT ' || quote_ident(c); END LOOP; END $$"),
        (f"{CHANGES}::test_the_database_refuses_one_person_in_both_places",),
    ),
    Switch(
        "narrowing", "8.1.4.2e-f", "what was taken from a role is still allowed",
        Body("kernel/policy.py", "Policy.takes", "return False"),
        ("tests/consortium/rights/test_narrowings.py::test_a_narrowing_takes_at_once_and_is_given_back",),
    ),
    Switch(
        "post-without-proof", "8.1.4.2e-f", "rights are changed on the morning's proof",
        Edit("consortium/services/rights/changes.py", '    CHANGE.ask(by, "propose")\n    assurance.fresh(by)\n',
             '    CHANGE.ask(by, "propose")\n'),
        ("tests/consortium/people/test_posts.py::test_a_change_of_rights_asks_for_a_fresh_proof",),
    ),
    Switch(
        "label-check", "8.1.4.2g", "the label does not count: who has a reason reads every level",
        Edit("emr/access/selectors/reach.py", 'f"({only}{alias}.label <= %s AND ({alias}.custodian_org',
             'f"({only}%s::int IS NOT NULL AND ({alias}.custodian_org'),
        (f"{LABELS}::test_above_the_clearance_there_is_nothing_in_any_way_of_asking",),
    ),
    Switch(
        "label-not-given", "8.1.4.2g", "HIV, syphilis and psychiatric diagnoses get no label",
        Body("emr/repository/services/drafts.py", "_mark", "return None"),
        (f"{LABELS}::test_what_tells_a_protected_diagnosis_gets_level_five",),
    ),
    Switch(
        "label-not-passed-on", "8.1.4.2g", "what referred to a labelled resource before keeps its low label",
        Body("emr/repository/services/labelling.py", "pass_on", "return 0"),
        (f"{LABELS}::test_what_referred_to_it_before_gets_it_level_by_level",),
    ),
    Switch(
        "label-not-inherited", "8.1.4.2g", "what refers to a labelled resource later gets no label",
        Body("emr/repository/services/drafts.py", "_inherit_labels", "return None"),
        (f"{LABELS}::test_what_refers_to_it_later_gets_it_wherever_the_reference_stands",),
    ),
    Switch(
        "ground-never-ends", "8.1.4.2g", "a reason to read counts after its end",
        Edit("emr/access/selectors/reach.py", "(reason.until_at IS NULL OR reason.until_at > %s)",
             "(reason.until_at IS NULL OR %s::timestamptz IS NOT NULL)"),
        ("tests/emr/access/test_visible.py::test_each_condition_closes_alone",),
    ),
    Switch(
        "record-without-a-basis", "8.1.4.2g", "a record opens to every doctor without any reason",
        Edit("emr/access/services/opening.py", "    if basis is None:\n        raise OutOfReach(",
             "    basis = basis or 'own'\n    if basis is None:\n        raise OutOfReach("),
        (f"{SERVICES}::test_a_record_without_a_basis_does_not_open",),
    ),
    Switch(
        "glass-without-words", "8.1.4.2g", "the glass breaks without saying why",
        Body("emr/access/services/glass.py", "_demand_words", "return None"),
        (f"{SERVICES}::test_breaking_needs_ten_characters",),
    ),
    Switch(
        "glass-on-an-old-proof", "8.1.4.2g", "the glass breaks on the morning's proof",
        Edit("emr/access/services/glass.py", '    BREAK_GLASS.ask(by, "open")\n    assurance.fresh(by)\n',
             '    BREAK_GLASS.ask(by, "open")\n'),
        (f"{GLASS}::test_who_did_not_prove_herself_just_now_breaks_no_glass",),
    ),
    Switch(
        "glass-untold", "8.1.4.2g", "the patient's home institution hears nothing of a broken glass",
        Body("emr/access/services/glass.py", "_tell", "return None"),
        (f"{SERVICES}::test_breaking_the_glass_opens_for_this_doctor_alone_and_tells",
         f"{GLASS}::test_the_home_without_a_medical_affairs_is_told_all_the_same"),
    ),
    Switch(
        "glass-judged-by-herself", "8.1.4.2g", "who broke the glass judges it herself",
        Edit("emr/access/services/glass.py", "if row.opened_by_id == by.id:", "if False:"),
        (f"{GLASS}::test_nobody_judges_her_own_opening",),
    ),
    Switch(
        "glass-never-due", "8.1.4.2g", "nobody is reminded of a review that is overdue",
        Body("emr/access/services/glass.py", "_overdue", "return 0"),
        (f"{GLASS}::test_an_overdue_review_goes_to_the_security_manager_and_alarms",),
    ),
)  # fmt: skip
