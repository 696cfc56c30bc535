"""Identity (8.1.4.1)."""

from typing import Final

from tests.controls.switch import Body, Edit, Sql, Switch

PASSWORDS: Final = "tests/consortium/identity/test_passwords.py"
SIGN_IN: Final = "tests/consortium/identity/test_sign_in.py"
SESSIONS: Final = "tests/consortium/sessions/test_sessions.py"
SWITCH: Final = "tests/consortium/sessions/test_switch.py"
ALIKE: Final = "tests/consortium/identity/test_doors_alike.py"
HEADERS: Final = "tests/infra/test_headers.py"
CERTIFICATES: Final = "tests/consortium/identity/test_certificates.py"
PASSKEYS: Final = "tests/consortium/identity/test_passkeys.py"
STEP_UP: Final = "tests/consortium/identity/test_step_up.py"

SWITCHES: Final = (
    Switch(
        "two-accounts-for-one-person", "8.1.4.1a",
        "the database takes a second account with the same ID number",
        Sql("DO $$ DECLARE c text; BEGIN FOR c IN SELECT conname FROM pg_constraint WHERE conrelid = "
            "'consortium_staff'::regclass AND contype = 'u' AND pg_get_constraintdef(oid) LIKE '%id_number_index%' "
            "LOOP EXECUTE 'ALTER TABLE consortium_staff DROP CONSTRAINT ' || quote_ident(c); END LOOP; END $$"),
        ("tests/consortium/test_races.py::test_one_person_is_given_one_account_whoever_opens_it_at_once",),
    ),
    Switch(
        "password-length", "8.1.4.1a", "a password of any length will do",
        Edit("consortium/engine/passwords.py", "if len(text) < SHORTEST:", "if False:"),
        (f"{PASSWORDS}::test_a_weak_password_is_refused_with_its_reason",),
    ),
    Switch(
        "password-classes", "8.1.4.1a", "a password of small letters alone will do",
        Edit("consortium/engine/passwords.py", "if _classes(text) < CLASSES:", "if False:"),
        (f"{PASSWORDS}::test_a_weak_password_is_refused_with_its_reason",),
    ),
    Switch(
        "password-history", "8.1.4.1a", "a former password may be chosen again",
        Body("consortium/services/identity/passwords.py", "_used_before", "return False"),
        (f"{PASSWORDS}::test_the_last_five_are_not_used_again_and_the_sixth_is",),
    ),
    Switch(
        "password-age", "8.1.4.1a", "a password never grows too old",
        Edit("consortium/selectors/identity/actors.py", "return self.one_time_password or self.old_password",
             "return self.one_time_password"),
        (f"{PASSWORDS}::test_after_ninety_days_nothing_comes_before_a_new_password",),
    ),
    Switch(
        "password-first-use", "8.1.4.1a", "a one-time password may be kept",
        Edit("consortium/selectors/identity/actors.py", "return self.one_time_password or self.old_password",
             "return self.old_password"),
        (f"{PASSWORDS}::test_a_one_time_password_forgets_known_devices_and_must_be_changed",),
    ),
    Switch(
        "account-lock", "8.1.4.1b", "five failures lock no account",
        Edit("consortium/services/sessions/throttle.py", '"limit": LIMITS[kind],', '"limit": 1_000_000,'),
        (f"{SIGN_IN}::test_the_account_locks_after_five_failures_and_then_even_the_right_password_is_wrong",),
    ),
    Switch(
        "source-lock", "8.1.4.1b", "an address that tries many names is never held up",
        Edit("consortium/services/identity/sign_in.py", 'source="" if device or tell else by.address)', 'source="")'),
        (f"{SIGN_IN}::test_one_source_that_tries_many_names_has_to_wait_and_a_known_device_there_has_not",),
    ),
    Switch(
        "lock-length", "8.1.4.1b", "the lock lasts a minute instead of thirty",
        Edit("consortium/choices.py", "LOCK: Final = timedelta(minutes=30)", "LOCK: Final = timedelta(minutes=1)"),
        (f"{ALIKE}::test_a_lock_holds_for_its_thirty_minutes_however_old_the_first_failure_is",),
    ),
    Switch(
        "account-names-told", "8.1.4.1b", "a locked account is told to a stranger, so that names can be tried out",
        Edit("consortium/services/identity/sign_in.py", "if not (tell or device):", "if staff is None:"),
        (f"{ALIKE}::test_the_page_is_the_same_to_the_letter",),
    ),
    Switch(
        "account-names-timed", "8.1.4.1b", "an unknown name costs no hash and answers sooner",
        Edit("consortium/services/identity/sign_in.py", "    right = matches(password, encoded, setter=None)\n",
             '    if staff is None:\n        return ""\n    right = matches(password, encoded, setter=None)\n'),
        (f"{ALIKE}::test_each_refusal_costs_one_full_hash_and_the_same_statements",),
    ),
    Switch(
        "idle-lock", "8.1.4.1b", "a page nobody sits at stays open",
        Edit("consortium/doors.py", "if known.locked_at is None and known.seen_at + IDLE < now:", "if False:"),
        ("tests/consortium/test_views.py::test_idle_locks_reopens_with_the_password_and_keeps_what_was_typed",),
    ),
    Switch(
        "locked-page-by-a-click", "8.1.4.1b", "a locked page opens without a password",
        Edit("consortium/services/identity/sign_in.py",
             "    if until or not fits or not staff.is_active or session.ended_at:",
             "    fits = fits or staff.password\n    if until or not staff.is_active or session.ended_at:"),
        (f"{SIGN_IN}::test_a_locked_page_reopens_with_the_password_alone",),
    ),
    Switch(
        "twelve-hours", "8.1.4.1b", "a session never ends by itself",
        Edit("consortium/selectors/identity/actors.py", "or not self.active or self.until_at < clock.now()",
             "or not self.active"),
        (f"{SESSIONS}::test_a_session_on_a_known_device_ends_twelve_hours_after_the_second_factor",),
    ),
    Switch(
        "session-fixation", "8.1.4.1b", "the browser's session keeps its key through the sign-in",
        Edit("consortium/doors.py", "    request.session.cycle_key()\n    services.note_browser(",
             "    services.note_browser("),
        (f"{SESSIONS}::test_the_key_of_the_browsers_session_is_new_after_each_step",),
    ),
    Switch(
        "others-form-after-a-switch", "8.1.4.1b",
             "a form left open by who sat here before is taken for the next one's",
        Edit("consortium/doors.py", "    rotate_token(request)\n", ""),
        (f"{SWITCH}::test_a_form_in_the_others_tab_is_refused_and_the_own_one_counts_again",
         f"{SESSIONS}::test_a_sign_in_gives_new_form_tokens"),
    ),
    Switch(
        "cookies-readable", "8.1.4.1c", "scripts read the session's cookie",
        Edit("config/settings.py", "LANGUAGE_COOKIE_HTTPONLY = True", "LANGUAGE_COOKIE_HTTPONLY = False"),
        (f"{HEADERS}::test_production_settings_follow_from_https",),
    ),
    Switch(
        "cookies-without-https", "8.1.4.1c", "the session's cookie goes out over plain HTTP as well",
        Edit("config/settings.py",
             "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS",
             "SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False"),
        (f"{HEADERS}::test_with_https_no_cookie_goes_out_without_it",),
    ),
    Switch(
        "hsts", "8.1.4.1c", "a browser is not told to come back by HTTPS alone",
        Edit("config/settings.py", '    "django.middleware.security.SecurityMiddleware",\n'
             '    "whitenoise.middleware.WhiteNoiseMiddleware",',
             '    "whitenoise.middleware.WhiteNoiseMiddleware",'),
        (f"{HEADERS}::test_behind_https_a_browser_never_comes_back_without_it",),
    ),
    Switch(
        "secret-in-a-log", "8.1.4.1c", "the sign-in writes the password it was given into the log",
        Edit("consortium/services/identity/sign_in.py", "    account = username.strip().lower()[:150]\n",
             "    account = username.strip().lower()[:150]\n    import logging\n"
             "    logging.getLogger(__name__).info('%s: %s', account, password)\n"),
        ("tests/infra/test_logs.py::test_no_log_bears_a_secret_or_a_person",),
    ),
    Switch(
        "second-factor", "8.1.4.1d", "any six digits are the right code",
        Body("consortium/services/identity/factors.py", "accept", "return Factor.AUTHENTICATOR"),
        (f"{SIGN_IN}::test_a_code_works_once",
         f"{SIGN_IN}::test_wrong_codes_count_like_wrong_passwords_and_a_full_sign_in_clears_them"),
    ),
    Switch(
        "code-twice", "8.1.4.1d", "a code counts twice",
        Edit("consortium/services/identity/factors.py", "    device.last_step = step\n", "    device.last_step = 0\n"),
        (f"{SIGN_IN}::test_a_code_works_once",),
    ),
    Switch(
        "recovery-code-twice", "8.1.4.1d", "a recovery code counts as often as it is typed",
        Edit("consortium/services/identity/factors.py", "unused.update(used_at=clock.now())", "unused.exists()"),
        (f"{SIGN_IN}::test_enrolment_binds_once_and_gives_ten_recovery_codes_that_work_once",),
    ),
    Switch(
        "certificate-from-elsewhere", "8.1.4.1d", "a certificate's header counts from another machine, too",
        Edit("consortium/doors.py", "return peer.is_loopback and any(", "return any("),
        (f"{CERTIFICATES}::test_a_gateway_on_another_machine_is_not_believed_even_where_it_is_listed",),
    ),
    Switch(
        "certificate-from-anybody", "8.1.4.1d", "the certificate's header counts whoever sends it",
        Body("consortium/doors.py", "from_gateway", "return True"),
        (f"{CERTIFICATES}::test_the_header_of_anybody_else_is_not_read_and_raises_an_alarm",),
    ),
    Switch(
        "certificate-unverified", "8.1.4.1d", "a certificate counts that the gateway did not verify",
        Edit("consortium/doors.py", 'if request.META.get(VERIFIED) != "SUCCESS":', "if False:"),
        (f"{CERTIFICATES}::test_a_certificate_the_gateway_did_not_verify_counts_nothing",),
    ),
    Switch(
        "certificate-of-another", "8.1.4.1d", "anybody's certificate opens any account",
        Edit("consortium/services/identity/certificates.py",
             "Certificate.objects.filter(staff=staff, fingerprint=fingerprint, revoked_at__isnull=True)",
             "Certificate.objects.filter(fingerprint=fingerprint)"),
        (f"{CERTIFICATES}::test_somebody_elses_key_a_revoked_and_an_expired_one_count_nothing",),
    ),
    Switch(
        "passkey-copied", "8.1.4.1d", "a copied passkey that counts backwards is taken",
        Edit("consortium/engine/passkeys.py", "credential_current_sign_count=count,",
             "credential_current_sign_count=0,"),
        (f"{PASSKEYS}::test_a_copied_key_that_counts_backwards_is_refused",),
    ),
    Switch(
        "passkey-without-finger", "8.1.4.1d", "a passkey counts that nobody opened with finger, face or PIN",
        Edit("consortium/engine/passkeys.py",
             "credential_current_sign_count=count,\n            require_user_verification=True,",
             "credential_current_sign_count=count,\n            require_user_verification=False,"),
        (f"{PASSKEYS}::test_a_key_without_finger_or_of_another_site_is_refused",),
    ),
    Switch(
        "step-up", "8.1.4.1d", "what weighs much is done on the morning's proof",
        Body("kernel/assurance.py", "fresh", "return None"),
        (f"{STEP_UP}::test_a_proof_counts_for_ten_minutes_and_machines_need_none",),
    ),
    Switch(
        "known-device-for-ever", "8.1.4.1d", "a known device is asked for the second factor no more",
        Edit("consortium/services/identity/sign_in.py", "device.factor_at + LONGEST > clock.now():", "True:"),
        (f"{SESSIONS}::test_after_twelve_hours_a_known_device_asks_again",),
    ),
)  # fmt: skip
