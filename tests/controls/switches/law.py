"""GB/T 39786, GB/T 39725, 个人信息保护法."""

from typing import Final

from tests.controls.switch import Body, Edit, Sql, Switch

CERTIFICATES: Final = "tests/consortium/identity/test_certificates.py"
FORGED: Final = "tests/consortium/rights/test_forged.py"
COUNTERSIGN: Final = "tests/kernel/test_countersign.py"
CONSENTS: Final = "tests/emr/consent/test_consents.py"
REQUESTS: Final = "tests/emr/consent/test_requests.py"
LABELS: Final = "tests/emr/repository/test_labels.py"
CRYPTO: Final = "tests/kernel/test_crypto.py"

SWITCHES: Final = (
    Switch(
        "certificate-of-any-kind", "GB/T 39786 8.4a", "a certificate without SM2 is bound to an account",
        Edit("consortium/services/identity/certificates.py", "if seen is None or not seen.sm2:", "if seen is None:"),
        (f"{CERTIFICATES}::test_a_certificate_of_another_kind_or_of_another_day_is_not_bound",),
    ),
    Switch(
        "passkey-of-another-site", "GB/T 39786 8.4a", "a passkey's answer counts for another challenge",
        Edit("consortium/services/identity/passkeys.py", "    if count is None:\n        return None\n",
             "    count = passkey.sign_count + 1 if count is None else count\n"),
        ("tests/consortium/identity/test_passkeys.py::test_a_key_without_finger_or_of_another_site_is_refused",),
    ),
    Switch(
        "post-mac", "GB/T 39786 8.4b-c", "a post changed in the database gives its new rights",
        Body("kernel/guarded.py", "check", "return []"),
        (f"{FORGED}::test_a_post_changed_in_the_database_gives_no_rights_and_alarms",),
    ),
    Switch(
        "label-mac", "GB/T 39786 8.4b-c", "a line of the label table changed in the database counts",
        Edit("emr/access/selectors/labelling.py", "damaged = [row for row in rows if not guarded.intact(row)]",
             "damaged = list[LabelRule]()"),
        ("tests/emr/repository/test_relabelling.py::"
         "test_a_line_changed_past_the_house_alarms_and_the_shipped_table_counts",),
    ),
    Switch(
        "mac-over-another-row", "GB/T 39786 8.4b-c", "a MAC fits every row with the same columns",
        Edit("kernel/guarded.py",
             "fields: list[Any] = [row._meta.pk, *(row._meta.get_field(name) for name in names)]",
             "fields: list[Any] = [*(row._meta.get_field(name) for name in names)]"),
        ("tests/kernel/test_guarded.py::test_a_mac_does_not_fit_another_row",),
    ),
    Switch(
        "plain-http", "GB/T 39786 8.4d", "a browser that comes by plain HTTP is served",
        Edit("config/settings.py", '    "django.middleware.security.SecurityMiddleware",\n'
             '    "whitenoise.middleware.WhiteNoiseMiddleware",',
             '    "whitenoise.middleware.WhiteNoiseMiddleware",'),
        ("tests/infra/test_headers.py::test_behind_https_a_browser_never_comes_back_without_it",),
    ),
    Switch(
        "tag-unchecked", "GB/T 39786 8.4e", "a sealed value that was altered opens",
        Edit("kernel/crypto/software.py",
             "return opened(_key(purpose, mode, length, number), nonce, blob[2 + sm4.NONCE :], aad)",
             "return sm4.counter(_key(purpose, mode, length, number)[:16], nonce + (2).to_bytes(4, 'big'),"
             " blob[2 + sm4.NONCE : -sm4.TAG])"),
        (f"{CRYPTO}::test_every_single_bent_byte_is_noticed",),
    ),
    Switch(
        "chain-unkeyed", "GB/T 39786 8.4f-g", "the chain's MAC needs no key",
        Edit("kernel/chain/appending.py", 'return hmac.digest(keys.derived("audit", 32), sealed, "sm3")',
             'return hmac.digest(bytes(32), sealed, "sm3")'),
        ("tests/kernel/test_chain.py::test_an_untouched_chain_is_sound",),
    ),
    Switch(
        "signature-unverified", "GB/T 39786 8.4h", "any signature holds",
        Body("kernel/crypto/signing.py", "SoftwareSigner.verify", "return True"),
        ("tests/kernel/test_signing.py::test_a_bent_signature_does_not_hold",),
    ),
    Switch(
        "ca-unverified", "GB/T 39786 8.4h", "the CA's answer counts without its signature",
        Edit("kernel/countersign.py",
             "if not signing.holds(_public(), made.covered(digest), made.value):", "if False:"),
        (f"{COUNTERSIGN}::test_another_ca_s_answer_does_not_count",),
    ),
    Switch(
        "key-of-any-kind", "GB/T 39786 8.4h", "a paper names the licensed CA although its answer does not verify",
        Edit("kernel/countersign.py", 'if row.ca_state == "done" and genuine(row):', 'if row.ca_state == "done":'),
        ("tests/referral/papers/test_countersigned.py::test_an_answer_that_does_not_verify_any_more_names_no_ca",),
    ),
    Switch(
        "prescription-changes", "GB/T 39786 8.4h", "the application's database user may change a signed prescription",
        Sql("DO $$ DECLARE r text; BEGIN FOR r IN SELECT DISTINCT grantee FROM information_schema.table_privileges "
            "WHERE table_name = 'emr_prescription' AND privilege_type = 'INSERT' LOOP EXECUTE "
            "'GRANT UPDATE, DELETE ON emr_prescription TO ' || quote_ident(r); END LOOP; END $$"),
        ("tests/emr/prescriptions/test_standing.py::test_nothing_of_a_signed_sheet_changes",),
    ),
    Switch(
        "label-falls", "GB/T 39725", "a later version takes the label away",
        Edit("emr/repository/services/publishing.py", "    draft.label = max(draft.label, present.label)\n", ""),
        (f"{LABELS}::test_a_label_never_falls_with_a_later_version",),
    ),
    Switch(
        "history-unlabelled", "GB/T 39725", "earlier versions of a labelled resource stay readable",
        Body("emr/repository/services/labelling.py", "_raise_past", "return None"),
        (f"{LABELS}::test_all_of_its_history_goes_with_it_sealed",),
    ),
    Switch(
        "identity-readable", "GB/T 39725", "a field of level 4 that identifies stands in the register as readable",
        Edit("consortium/privacy.py", 'Held("id_number_sealed phone_sealed", 4, *_STAFF, Kept.SEALED)',
             'Held("id_number_sealed phone_sealed", 4, *_STAFF, Kept.PLAIN)'),
        ("tests/kernel/test_privacy.py::test_what_identifies_directly_is_sealed_keyed_or_hashed",),
    ),
    Switch(
        "no-is-yes", "PIPL 13-16, 28-31", "a person's no closes nothing",
        Edit("emr/access/selectors/reach.py", "WHERE shut.person_id = its.person_id AND bar.closed_at IS NULL",
             "WHERE false AND shut.person_id = its.person_id AND bar.closed_at IS NULL"),
        (f"{CONSENTS}::test_a_no_closes_what_other_grounds_opened_but_not_to_the_rescuer",),
    ),
    Switch(
        "withdrawal", "PIPL 13-16, 28-31", "a consent that was withdrawn goes on opening the record",
        Edit("emr/consent/services/consents.py",
             "    access.close_grounds(by=by, prefix=f\"{_source(row)}:\")\n", ""),
        (f"{CONSENTS}::test_withdrawal_closes_what_rested_on_it_alone_and_treatment_goes_on",),
    ),
    Switch(
        "consent-purpose", "PIPL 13-16, 28-31", "a consent for research opens the record for treatment",
        Edit("emr/access/selectors/reach.py", "(reason.purpose = %s OR (reason.purpose = '' AND %s <> 'research'))",
             "(%s::text IS NOT NULL OR %s::text IS NOT NULL)"),
        (f"{CONSENTS}::test_a_yes_for_research_opens_nothing_for_treatment_nor_the_other_way",),
    ),
    Switch(
        "child-consents", "PIPL 13-16, 28-31", "a child consents alone",
        Edit("emr/consent/services/consents.py",
             "if born and years_old(born, clock.today()) < CHILD_BELOW and said.giver != Giver.GUARDIAN:",
             "if False:"),
        (f"{CONSENTS}::test_below_fourteen_a_guardian_consents",),
    ),
    Switch(
        "no-separate-consent", "PIPL 13-16, 28-31", "an ordinary consent opens specially protected data as well",
        Edit("emr/consent/services/consents.py", "label=SCOPE_LABEL[Scope(said.scope)],\n                purpose",
             "label=5,\n                purpose"),
        (f"{CONSENTS}::test_specially_protected_data_opens_by_a_separate_consent_and_a_clearance_alone",),
    ),
    Switch(
        "request-without-a-day", "PIPL 44-48", "a patient's request may wait for a year",
        Edit("emr/consent/services/requests.py", "due_date=working_days_after(clock.day_of(now), ANSWER_WITHIN)",
             "due_date=working_days_after(clock.day_of(now), 250)"),
        (f"{REQUESTS}::test_a_request_is_due_in_fifteen_working_days_and_stands_first_due_first",),
    ),
    Switch(
        "restriction-granted-in-vain", "PIPL 44-48", "a granted restriction restricts nobody",
        Edit("emr/consent/services/requests.py", "if granted and row.kind == RequestKind.RESTRICT:", "if False:"),
        (f"{REQUESTS}::test_a_granted_restriction_keeps_others_away_until_it_is_lifted",),
    ),
    Switch(
        "copy-above-clearance", "PIPL 44-48", "a copy holds what its maker may not read",
        Edit("emr/access/selectors/reach.py", 'f"({only}{alias}.label <= %s AND ({alias}.custodian_org',
             'f"({only}%s::int IS NOT NULL AND ({alias}.custodian_org'),
        (f"{REQUESTS}::test_a_copy_without_what_is_above_the_clearance_says_it_is_not_whole",),
    ),
)  # fmt: skip
