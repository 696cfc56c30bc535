"""Integrity, confidentiality, backup, residue, personal information (8.1.4.7 to 8.1.4.11)."""

from typing import Final

from tests.controls.switch import Body, Edit, Switch

GUARDED: Final = "tests/kernel/test_guarded.py"
FILES: Final = "tests/kernel/test_files.py"
SCRUB: Final = "tests/kernel/test_scrub.py"
CRYPTO: Final = "tests/kernel/test_crypto.py"
KEYRING: Final = "tests/kernel/test_keyring.py"
BACKUP: Final = "tests/infra/test_backup.py"
DUMP: Final = "tests/infra/test_dump.py::test_a_dump_names_nobody"
MASKING: Final = "tests/emr/index/test_masking.py"
EXPORTS: Final = "tests/kernel/test_exports.py"

SWITCHES: Final = (
    Switch(
        "row-mac", "8.1.4.7", "a row changed past the house counts as intact",
        Body("kernel/guarded.py", "intact", "return True"),
        (f"{GUARDED}::test_a_column_changed_past_the_house_is_found_and_recorded",),
    ),
    Switch(
        "row-walk", "8.1.4.7", "nobody walks along the rows under a MAC",
        Body("kernel/guarded.py", "walk", "return 0, []"),
        (f"{GUARDED}::test_the_walk_names_what_was_changed",),
    ),
    Switch(
        "file-hash", "8.1.4.7", "a file's bytes are not held against the hash taken when it came",
        Body("kernel/files/reading.py", "_wrong", 'return ""'),
        (f"{FILES}::test_damage_is_found_at_read_and_recorded",),
    ),
    Switch(
        "file-walk", "8.1.4.7", "nobody walks along the stored files",
        Body("kernel/scrub.py", "_is_damaged", "return False"),
        (f"{SCRUB}::test_a_flipped_byte_in_any_stored_file_is_found_by_the_walk",),
    ),
    Switch(
        "paper-signature", "8.1.4.7", "the page about a paper does not verify its signature",
        Body("kernel/papers.py", "holds", "return True"),
        ("tests/portal/test_checking.py",),
    ),
    Switch(
        "fields-in-plain-text", "8.1.4.8", "what identifies a person is stored readable",
        Edit("kernel/crypto/software.py",
             "return bytes([mode, number]) + nonce + seal(_key(purpose, mode, length, number), nonce, plain, aad)",
             "return bytes([mode, number]) + nonce + plain + bytes(sm4.TAG)"),
        (DUMP, f"{CRYPTO}::test_a_seal_hides_its_text_and_is_never_the_same_twice"),
    ),
    Switch(
        "resources-in-plain-text", "8.1.4.8", "resources of persons and of level 4 and 5 are stored readable",
        Body("emr/repository/sealing.py", "is_sealed", "return False"),
        (DUMP,),
    ),
    Switch(
        "files-in-plain-text", "8.1.4.8", "files of level 4 and 5 are stored readable",
        Edit("kernel/files/writing.py", "out = SealingWriter(file, pk) if sealed else file", "out = file"),
        (f"{FILES}::test_a_level_4_file_lies_sealed", DUMP),
    ),
    Switch(
        "seal-moves", "8.1.4.8", "a sealed value opens in another row or field",
        Body("kernel/crypto/sealing.py", "_aad", 'return b""'),
        (f"{CRYPTO}::test_a_value_moved_to_another_row_does_not_open",),
    ),
    Switch(
        "one-key-for-all", "8.1.4.8", "every purpose has the same key",
        Edit("kernel/crypto/keys.py", 'f"lianyi/1/{purpose}"', '"lianyi/1/"'),
        (f"{CRYPTO}::test_purposes_have_keys_of_their_own",),
    ),
    Switch(
        "index-without-key", "8.1.4.8", "the blind index is a plain hash that whoever knows the numbers can compute",
        Body("kernel/crypto/tokens.py", "blind",
             "import hashlib\nreturn hashlib.sha256(f'{context}{value}'.encode()).digest()[:BLIND]"),
        (f"{CRYPTO}::test_whoever_lacks_the_root_key_computes_no_index",),
    ),
    Switch(
        "self-test", "8.1.4.8", "a process with a wrong algorithm starts",
        Body("kernel/crypto/selftest.py", "run", "return None"),
        ("tests/infra/test_self_test.py::test_a_wrong_answer_stops_this_process",
         f"{CRYPTO}::test_a_wrong_answer_stops_the_start_and_is_named"),
    ),
    Switch(
        "keys-unwrapped", "8.1.4.8", "the file of keys lies readable although there is a root key",
        Body("kernel/crypto/wrapping.py", "closed", "return text"),
        ("tests/kernel/test_wrapping.py::test_twice_a_new_root_key_and_everything_goes_on",),
    ),
    Switch(
        "old-root-kept", "8.1.4.8", "an old root key stays beside the new one",
        Edit("kernel/keyring.py", "_roots({number: known[number]})", "_roots(known)"),
        ("tests/kernel/test_wrapping.py::"
         "test_the_old_root_key_is_destroyed_and_opens_what_was_kept_with_it",),
    ),
    Switch(
        "key-in-use", "8.1.4.8", "a key something still stands under is destroyed",
        Edit("kernel/keyring.py", "left = {} if erase else resealing.standing().get(number, {})", "left = {}"),
        (f"{KEYRING}::test_a_key_in_use_is_not_destroyed",),
    ),
    Switch(
        "reseal", "8.1.4.8", "nothing is sealed anew after the key was turned",
        Body("kernel/resealing.py", "_batch", "return 0, 0"),
        (f"{KEYRING}::test_keys_turn_under_readers_and_writers_and_the_old_one_goes",),
    ),
    Switch(
        "backup-readable", "8.1.4.9a-c", "a backup lies readable on its disk",
        Edit("kernel/backup/box.py", "        self.file.write(blob)\n        self.digest.update(blob)",
             "        self.file.write(blob + plain)\n        self.digest.update(blob)"),
        (f"{BACKUP}::test_nothing_in_a_backup_can_be_read",),
    ),
    Switch(
        "backup-altered", "8.1.4.9a-c", "the parts of a backup are not held against their hashes",
        Body("kernel/backup/manifest.py", "_hold", "return None"),
        (f"{BACKUP}::test_an_altered_backup_is_refused_before_anything_is_written",),
    ),
    Switch(
        "backup-of-another", "8.1.4.9a-c", "a manifest counts whoever made it",
        Edit("kernel/backup/manifest.py", 'if not hmac.compare_digest(str(outer.get("mac")), _mac(key, body)):',
             "if False:"),
        (f"{BACKUP}::test_a_forger_with_the_hashes_lacks_the_passphrase",),
    ),
    Switch(
        "acknowledged-not-stored", "8.1.4.9a-c", "a write is acknowledged and not committed",
        Edit("emr/repository/services/writing.py", "    before = known.get((draft.kind, draft.id))\n    row = Row(",
             "    transaction.set_rollback(True)\n    before = known.get((draft.kind, draft.id))\n    row = Row("),
        ("tests/infra/test_node_killed.py",),
    ),
    Switch(
        "sign-out-leaves-data", "8.1.4.10a-b", "signing out leaves what the browser's session held",
        Edit("consortium/doors.py", "    request.session.flush()\n    if last:", "    if last:"),
        ("tests/consortium/sessions/test_sessions.py::"
         "test_after_signing_out_the_token_opens_nothing_and_its_data_are_gone",),
    ),
    Switch(
        "sign-out-ends-nothing", "8.1.4.10a-b", "a session that was ended goes on opening pages",
        Edit("consortium/selectors/identity/actors.py", "return self.ended_at is not None or not self.active",
             "return not self.active"),
        ("tests/consortium/sessions/test_sessions.py::"
         "test_after_signing_out_the_token_opens_nothing_and_its_data_are_gone",),
    ),
    Switch(
        "ended-elsewhere-leaves-data", "8.1.4.10a-b", "a session somebody else ended leaves what it held",
        Body("consortium/services/sessions/endings.py", "wipe", "return None"),
        ("tests/consortium/sessions/test_sessions.py::"
         "test_a_session_ended_elsewhere_leaves_nothing_in_the_browser_s_own",),
    ),
    Switch(
        "drafts-left", "8.1.4.10a-b", "half-written files of a killed process stay",
        Body("kernel/files/store.py", "LocalStore.clear_drafts", "return 0"),
        (f"{FILES}::test_drafts_of_a_killed_process_are_cleared",),
    ),
    Switch(
        "rolled-back-file-left", "8.1.4.10a-b", "files whose row was rolled back stay",
        Body("kernel/files/writing.py", "sweep", "return 0"),
        (f"{FILES}::test_files_whose_row_was_rolled_back_are_swept",),
    ),
    Switch(
        "key-kept", "8.1.4.10a-b", "a destroyed key stays in the file",
        Edit("kernel/keyring.py", "rest = {one: key for one, key in masters.items() if one != number}",
             "rest = dict(masters)"),
        (f"{KEYRING}::test_erasing_a_store_makes_it_unreadable_for_ever",),
    ),
    Switch(
        "field-without-purpose", "8.1.4.11a-b", "a personal field is kept that the register does not know",
        Edit("kernel/privacy.py", 'Held("name stored_by", 2,', 'Held("stored_by", 2,'),
        ("tests/kernel/test_privacy.py::test_every_free_field_is_declared_once",),
    ),
    Switch(
        "export-without-purpose", "8.1.4.11a-b", "data are taken out without saying what for",
        Edit("kernel/exports.py", "    if purpose not in Purpose.values:",
             "    purpose = purpose or 'patient'\n    if purpose not in Purpose.values:"),
        (f"{EXPORTS}::test_without_a_purpose_nothing_goes_out",),
    ),
    Switch(
        "export-on-an-old-proof", "8.1.4.11a-b", "data are taken out on the morning's proof",
        Edit("kernel/exports.py", "    assurance.fresh(by)\n", ""),
        (f"{EXPORTS}::test_an_old_proof_is_not_enough",),
    ),
    Switch(
        "export-untraced", "8.1.4.11a-b", "an export leaves no trace",
        Edit("kernel/exports.py",
             '    audit.record(by=by, action="export.made"', '    dict(by=by, action="export.made"'),
        (f"{EXPORTS}::test_the_trace_stands_in_the_chain",),
    ),
    Switch(
        "lists-unmasked", "8.1.4.11a-b", "lists and charts show ID number, telephone and address in full",
        Edit("emr/index/selectors/cards.py", 'id_masked=identity.mask(number) if number else "",',
             "id_masked=number,"),
        (MASKING,),
    ),
    Switch(
        "unmasked-without-basis", "8.1.4.11a-b", "a value of a record that is not open is unmasked",
        Edit("emr/index/services/revealing.py",
             "if access.basis(by=by, patient_id=patient_id) is None:", "if False:"),
        (f"{MASKING}::test_nothing_is_unmasked_of_a_record_that_is_not_open",),
    ),
)  # fmt: skip
