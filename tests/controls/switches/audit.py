"""Border and audit (8.1.3, 8.1.4.3)."""

from typing import Final

from tests.controls.switch import Body, Edit, Sql, Switch

AUDIT: Final = "tests/kernel/test_audit.py"
CHAIN: Final = "tests/kernel/test_chain.py"
TRACES: Final = "tests/kernel/test_traces.py"
MONTHS: Final = "tests/kernel/test_months.py"
CHECKPOINT: Final = "tests/kernel/test_checkpoint.py"

SWITCHES: Final = (
    Switch(
        "rate-limit", "8.1.3.3/4/5", "nobody asks too often",
        Edit("kernel/web/limits.py", "    if count > limit:\n", "    if False:\n"),
        ("tests/kernel/test_limits.py::test_a_flood_from_one_source_is_answered_429_and_recorded_once",),
    ),
    Switch(
        "length-limit", "8.1.3.3/4/5", "a body of any size is read",
        Edit("kernel/web/lengths.py", "if said.most is None or int(length) <= said.most:", "if True:"),
        ("tests/kernel/test_limits.py::test_what_is_announced_too_long_is_refused_unread",),
    ),
    Switch(
        "anybodys-proxy", "8.1.3.3/4/5", "a stranger's X-Forwarded-For is believed",
        Edit("kernel/web/addresses.py", "if not heard or not within(peer, settings.TRUSTED_PROXIES):", "if not heard:"),
        ("tests/kernel/test_addresses.py::test_only_the_word_of_our_own_proxies_counts",),
    ),
    Switch(
        "entry-without-place", "8.1.3.3/4/5", "entries bear neither session nor address",
        Edit("kernel/audit.py", "by.session, by.address, by.purpose", '"", "", by.purpose'),
        (f"{AUDIT}::test_an_entry_says_who_what_when_from_where_and_how_it_ended",),
    ),
    Switch(
        "lists-unrecorded", "8.1.4.3a-b", "what a list showed is not recorded",
        Body("kernel/web/shown.py", "note", "return None"),
        ("tests/kernel/test_shown.py::test_a_list_is_recorded_once_a_session_and_window",),
    ),
    Switch(
        "print-unrecorded", "8.1.4.3a-b", "a form goes to paper and nobody writes it down",
        Edit("referral/services/papers/printing.py", 'audit.record(by=by, action="referral.printed",',
             'dict(by=by, action="referral.printed",'),
        ("tests/referral/papers/test_papers.py::test_a_print_with_the_whole_number_leaves_who_where_and_when",),
    ),
    Switch(
        "prescription-print-unrecorded", "8.1.4.3a-b", "a prescription goes to paper and nobody writes it down",
        Edit("emr/prescriptions/services/printing.py", 'audit.record(by=by, action="emr.prescription_printed",',
             'dict(by=by, action="emr.prescription_printed",'),
        ("tests/emr/prescriptions/test_pages.py"
         "::test_page_and_pdf_say_every_word_of_the_sheet_and_the_kind_of_key",),
    ),
    Switch(
        "opening-unrecorded", "8.1.4.3a-b", "the opening of a record is not recorded",
        Edit("emr/access/services/opening.py", "    audit.record(\n", "    (lambda **_: None)(\n"),
        (f"{TRACES}::test_a_record_looked_at_in_many_ways_is_one_opening",),
    ),
    Switch(
        "refusal-unrecorded", "8.1.4.3a-b", "a refusal is not recorded",
        Body("kernel/audit.py", "record_refusal", "return None"),
        (f"{TRACES}::test_what_is_refused_is_a_row_that_stands",),
    ),
    Switch(
        "sign-in-unrecorded", "8.1.4.3a-b", "a sign-in that fails is not recorded",
        Edit("consortium/services/identity/sign_in.py",
             '    audit.record(by=by, action=action, subject=staff, outcome="failure", detail=detail)\n', ""),
        (f"{TRACES}::test_a_sign_in_that_fails_and_one_that_succeeds_are_rows",),
    ),
    Switch(
        "unmasking-unrecorded", "8.1.4.3a-b", "the click that unmasks a value is not recorded",
        Edit("emr/index/services/revealing.py", "    audit.record(", "    (lambda **_: None)("),
        (f"{TRACES}::test_an_unmasked_value_is_a_row_of_its_own",),
    ),
    Switch(
        "write-unrecorded", "8.1.4.3a-b", "what is written into records is not recorded",
        Edit("emr/repository/services/traces.py", "    audit.record(\n", "    (lambda **_: None)(\n"),
        ("tests/emr/repository/test_publishing.py::"
         "test_publish_leaves_one_audit_entry_and_one_event_per_resource",),
    ),
    Switch(
        "audit-grant", "8.1.4.3c",
             "the application's database user may change and delete entries (the trigger stands)",
        Sql("DO $$ DECLARE r text; BEGIN FOR r IN SELECT DISTINCT grantee FROM information_schema.table_privileges "
            "WHERE table_name = 'kernel_auditentry' AND privilege_type = 'INSERT' LOOP EXECUTE "
            "'GRANT UPDATE, DELETE ON kernel_auditentry TO ' || quote_ident(r); END LOOP; END $$"),
        (f"{AUDIT}::test_by_its_rights_alone_the_app_reads_and_adds",),
    ),
    Switch(
        "audit-trigger", "8.1.4.3c", "the trigger is dropped: the owner of the tables changes entries in passing",
        Sql("DROP TRIGGER append_only ON kernel_auditentry"),
        (f"{AUDIT}::test_not_even_the_owner_changes_a_row_in_passing",),
    ),
    Switch(
        "chain-mac-unchecked", "8.1.4.3c", "the MAC of an entry is not computed anew",
        Edit("kernel/chain/lanes.py", 'intact = hmac.digest(self.key, plain(row), "sm3") == mac', "intact = True"),
        (f"{CHAIN}::test_a_changed_column_is_found",),
    ),
    Switch(
        "chain-mac-constant", "8.1.4.3c", "every entry gets the same MAC",
        Body("kernel/chain/appending.py", "mac_of", "return bytes(32)"),
        (f"{CHAIN}::test_an_untouched_chain_is_sound",),
    ),
    Switch(
        "chain-gap", "8.1.4.3c", "a missing entry is passed over",
        Body("kernel/chain/lanes.py", "Lane._gap", "return None"),
        (f"{CHAIN}::test_a_deleted_row_is_found", f"{CHAIN}::test_a_cut_off_end_is_found"),
    ),
    Switch(
        "chain-link", "8.1.4.3c", "an entry need not follow the one before it",
        Edit("kernel/chain/lanes.py", "elif intact and row[PREVIOUS] != self.mac:", "elif False:"),
        (f"{CHAIN}::test_one_row_rewritten_with_the_stolen_key_is_found_by_the_row_after_it",),
    ),
    Switch(
        "chain-columns", "8.1.4.3c", "the address an entry came from is not under its MAC",
        Edit("kernel/chain/lanes.py", "    return orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)",
             '    columns[COLUMNS.index("address")] = ""\n'
             "    return orjson.dumps(columns, option=orjson.OPT_SORT_KEYS)"),
        (f"{CHAIN}::test_a_changed_column_is_found", f"{CHAIN}::test_an_untouched_chain_is_sound"),
    ),
    Switch(
        "checkpoint-compare", "8.1.4.3c", "the chain is not held against its checkpoints",
        Edit("kernel/chain/lanes.py", "mark = self.marks.get(sequence) if self.marks else None", "mark = None"),
        (f"{CHAIN}::test_a_chain_recomputed_with_the_stolen_key_is_found_by_the_checkpoint",),
    ),
    Switch(
        "checkpoint-signature", "8.1.4.3c", "a checkpoint counts whoever signed it",
        Edit("kernel/chain/checkpoint.py",
             'genuine = signed or signer().verify(outer["body"].encode(), Signature(*outer["signature"]))',
             "genuine = True"),
        (f"{CHAIN}::test_a_rewritten_checkpoint_file_is_found",
         f"{CHECKPOINT}::test_a_line_nobody_signed_is_found_whatever_follows_it"),
    ),
    Switch(
        "checkpoint-second-place", "8.1.4.3c", "checkpoints stay at one place",
        Body("kernel/chain/second_place.py", "keep", "return True"),
        (f"{CHECKPOINT}::test_every_checkpoint_lies_at_both_places",),
    ),
    Switch(
        "purge-young", "8.1.4.3c", "a month younger than 180 days can be taken offline",
        Edit("kernel/chain/closings.py", "    if young:\n", "    if False:\n"),
        (f"{MONTHS}::test_nothing_younger_than_180_days_goes",),
    ),
    Switch(
        "purge-broken", "8.1.4.3c", "months of a broken chain can be taken offline",
        Edit("kernel/management/commands/audit.py",
             "        self.verify(as_json=False)\n        try:\n", "        try:\n"),
        (f"{MONTHS}::test_a_broken_chain_keeps_all_its_months",),
    ),
    Switch(
        "closing-signature", "8.1.4.3c", "a forged end of a month that went offline is believed",
        Edit(
            "kernel/chain/closings.py", "if signer().verify(row.body.encode(), Signature(*row.signature)):", "if True:"
        ),
        (f"{MONTHS}::test_a_forged_end_is_found",),
    ),
    Switch(
        "deed-without-entry", "8.1.4.3d", "what cannot be recorded happens all the same",
        Edit("kernel/audit.py", '        raise Unavailable(code="audit_unwritable") from error', "        return"),
        ("tests/kernel/test_fail_closed.py::test_the_verb_that_cannot_be_recorded_is_undone",),
    ),
)  # fmt: skip
