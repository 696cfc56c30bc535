"""Intrusion, input, malicious code, trusted start (8.1.4.4 to 8.1.4.6)."""

from typing import Final

from tests.controls.switch import Body, Edit, Switch

UPLOADS: Final = "tests/kernel/test_uploads.py"
WATCH: Final = "tests/consortium/managers/test_watch.py"
RELEASE: Final = "tests/infra/test_release.py"
BAD_JSON: Final = "tests/api/test_bad_json.py"
HEADERS: Final = "tests/infra/test_headers.py"

SWITCHES: Final = (
    Switch(
        "console-from-anywhere", "8.1.4.4a-c", "the managers' consoles open at every address",
        Edit("kernel/web/consoles.py", "if within(source_of(request), settings.CONSOLE_ADDRESSES):", "if True:"),
        ("tests/kernel/test_addresses.py::test_a_console_opens_at_listed_addresses_alone",),
    ),
    Switch(
        "database-on-a-port", "8.1.4.4a-c", "the embedded database listens on TCP",
        Edit("config/local/postgres.py", '"listen_addresses": "",', '"listen_addresses": "127.0.0.1",'),
        ("tests/infra/test_databases.py::test_the_embedded_database_listens_on_no_port",),
    ),
    Switch(
        "content-security-policy", "8.1.4.4d", "pages may run scripts written into them",
        Edit("config/settings.py", '"script-src": [SELF],', '"script-src": [SELF, "\'unsafe-inline\'"],'),
        (f"{HEADERS}::test_every_kind_of_answer_bears_the_headers",),
    ),
    Switch(
        "form-token", "8.1.4.4d", "a form another site sends is taken",
        Edit("config/settings.py", '    "django.middleware.csrf.CsrfViewMiddleware",\n', ""),
        ("tests/consortium/sessions/test_sessions.py::test_a_sign_in_gives_new_form_tokens",
         "tests/consortium/sessions/test_switch.py::test_a_form_in_the_others_tab_is_refused_and_the_own_one_counts_again"),
    ),
    Switch(
        "kind-by-name", "8.1.4.4d", "a file is what its sender says it is",
        Body("kernel/files/content.py", "checked", "return claimed[:100]"),
        (f"{UPLOADS}::test_programs_and_pages_are_refused_under_any_name",),
    ),
    Switch(
        "unknown-fields", "8.1.4.4d", "fields an order does not know are dropped in silence (mass assignment)",
        Edit(
            "kernel/web/drf.py", "            if wrong:\n                raise exceptions.ValidationError(wrong)\n", ""
        ),
        ("tests/api/test_bad_ids.py::test_a_field_the_schema_does_not_name_is_refused",),
    ),
    Switch(
        "fhir-unread", "8.1.4.4d", "what is no FHIR R4 is stored as it came",
        Body("emr/repository/services/checks.py", "demand", "return None"),
        ("tests/emr/repository/test_rest.py::test_what_is_wrong_is_said_with_the_right_status",),
    ),
    Switch(
        "xml-entities", "8.1.4.4d", "XML may define entities",
        Body("ecg/engine/readers/kit.py", "xml", "return data"),
        ("tests/ecg/test_readers.py::test_a_good_file_is_refused_for_the_entity_it_defines",),
    ),
    Switch(
        "name-that-climbs", "8.1.4.4d", "a file keeps the name people sent it under",
        Body("kernel/files/writing.py", "plain_name", "return name"),
        ("tests/api/test_bad_files.py::test_a_plain_name_is_a_word",),
    ),
    Switch(
        "markup-unescaped", "8.1.4.4d", "names and free text are written into pages as they came",
        Edit("config/settings.py", '        "APP_DIRS": True,\n        "OPTIONS": {\n',
             '        "APP_DIRS": True,\n        "OPTIONS": {\n            "autoescape": False,\n'),
        ("tests/api/test_bad_markup.py::test_words_of_a_chart",),
    ),
    Switch(
        "onward-anywhere", "8.1.4.4d", "the sign-in leads on to any address of the world",
        Body("consortium/doors.py", "local", "return address"),
        ("tests/consortium/test_views.py::test_the_way_on_is_one_of_ours",),
    ),
    Switch(
        "fetch-what-is-named", "8.1.4.4d", "an address somebody sent as a reference is fetched (SSRF)",
        Edit("emr/repository/services/checks.py", "    if issues := validation.issues_of(resource):",
             "    import contextlib, re, urllib.request\n"
             "    for url in re.findall(r'http://127[^\\'\"|]+', repr(resource)):\n"
             "        with contextlib.suppress(Exception):\n            urllib.request.urlopen(url, timeout=2)\n"
             "    if issues := validation.issues_of(resource):"),
        ("tests/api/test_bad_references.py::test_nothing_that_is_sent_to_fhir_is_fetched",),
    ),
    Switch(
        "known-weakness", "8.1.4.4e", "advisories are not held against what is installed",
        Body("config/local/supply.py", "_weak", "return iter(())"),
        ("tests/infra/test_supply.py::test_a_known_weakness_is_found_in_an_advisory",),
    ),
    Switch(
        "unlocked-package", "8.1.4.4e", "an installed package that is not the locked one is passed over",
        Edit("config/local/supply.py", "if version and version not in versions:", "if False:"),
        ("tests/infra/test_supply.py::test_a_package_that_is_not_the_locked_one_is_found",),
    ),
    Switch(
        "bill-forgets", "8.1.4.4e", "the bill of materials leaves the browser's packages out",
        Body("config/local/supply.py", "node_parts", "return iter(())"),
        ("tests/infra/test_supply.py::test_the_bill_names_every_locked_package_once",),
    ),
    Switch(
        "nobody-asked-is-clean", "8.1.4.4e", "where no registry could be asked nothing is said to be amiss",
        Edit("config/local/supply.py", "return 1 if found.wrong else UNREACHED if found.unasked else 0",
             "return 1 if found.wrong else 0"),
        ("tests/infra/test_supply.py::test_that_nobody_could_be_asked_is_said",
         "tests/infra/test_supply.py::test_offline_without_advisories_is_not_said_to_be_clean"),
    ),
    Switch(
        "watch", "8.1.4.4f", "nobody looks at the audit record",
        Body("consortium/services/managers/watching.py", "watch", "return 0"),
        (f"{WATCH}::test_mass_reading",),
    ),
    Switch(
        "mass-reading", "8.1.4.4f", "reading very many records is no alarm",
        Edit("consortium/selectors/managers/watch.py",
             "STAFF: Final = f\"actor_kind = 'staff' AND session <> '' AND {READING}\"",
             "STAFF: Final = f\"false AND {READING}\""),
        (f"{WATCH}::test_mass_reading",),
    ),
    Switch(
        "odd-hours", "8.1.4.4f", "reading at night is no alarm",
        Edit("consortium/selectors/managers/watch.py", '::int + 2) %% 24 < 8"', '::int + 2) %% 24 < 0"'),
        (f"{WATCH}::test_records_opened_at_night_by_somebody_off_duty",),
    ),
    Switch(
        "enumeration", "8.1.4.4f", "asking for many patients who are not there is no alarm",
        Edit("consortium/selectors/managers/watch.py",
             "(action = 'access.out_of_reach' OR", "(false AND action = '' AND"),
        (f"{WATCH}::test_trying_out_numbers",),
    ),
    Switch(
        "two-places", "8.1.4.4f", "one account at two institutions at once is no alarm",
        Edit("consortium/selectors/managers/watch.py",
             "actor_kind = 'staff' AND organisation IS NOT NULL AND address <> ''",
             "actor_kind = '' AND organisation IS NOT NULL AND address <> ''"),
        (f"{WATCH}::test_one_account_at_two_institutions",),
    ),
    Switch(
        "watch-every-ten-minutes", "8.1.4.4f", "the rules look every ten minutes",
        Edit("config/celery.py",
             '"consortium.tasks.watch", "schedule": 20.0', '"consortium.tasks.watch", "schedule": 600.0'),
        (f"{WATCH}::test_rules_look_often_enough_for_an_alarm_within_a_minute",),
    ),
    Switch(
        "alarm-untold", "8.1.4.4f", "an alarm is written and told to nobody",
        Body("consortium/services/managers/alarms.py", "tell_alarm", "return 0"),
        ("tests/consortium/managers/test_alarms.py::test_every_security_manager_is_told_once",),
    ),
    Switch(
        "eicar", "8.1.4.5", "the antivirus test file is not looked for",
        Edit("kernel/files/scanning.py", "if EICAR in seen:", "if False:"),
        (f"{UPLOADS}::test_the_antivirus_test_file_is_refused_wherever_it_hides",),
    ),
    Switch(
        "clamd-verdict", "8.1.4.5", "what the connected scanner says does not count",
        Body("kernel/files/scanning.py", "Screen._verdict", 'return ""'),
        (UPLOADS,),
    ),
    Switch(
        "clamd-silent", "8.1.4.5", "what the scanner could not look at is taken",
        Edit("kernel/files/scanning.py", "        raise _silent(self.by, OSError(words or \"no answer\"))",
             '        return ""'),
        (UPLOADS,),
    ),
    Switch(
        "manifest-compare", "8.1.4.6", "the files are not held against the manifest",
        Edit("config/release.py", "told.get(name) != found.get(name))", "False)"),
        (f"{RELEASE}::test_what_was_changed_after_the_release_is_found",),
    ),
    Switch(
        "manifest-signature", "8.1.4.6", "the manifest counts whoever signed it",
        Edit("config/release.py", "    if not genuine:\n", "    if False:\n"),
        (f"{RELEASE}::test_another_maker_s_signature_does_not_count",),
    ),
    Switch(
        "manifest-unasked", "8.1.4.6", "a process starts without asking for its manifest",
        Body("config/release.py", "demand", "return None"),
        (f"{RELEASE}::test_a_process_that_is_not_the_release_does_not_start",),
    ),
)  # fmt: skip
