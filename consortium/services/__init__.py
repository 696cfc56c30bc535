"""Every write of consortium, by noun. A folder's docstring says what its modules do; an import points down this list
(`lint-imports`):

- `setup`: the beginning of a platform
- `identity`: how somebody shows who she is · `machines`: programs that act here
- `people`: who works here, and as what · `managers`: what is done on the three consoles
- `rights`: changes of rights
- `sessions`: and what is kept or counted around them · `places`: institutions · `news`: who is told
"""

from consortium.anchors import Place, anchor
from consortium.gateways import text_kind
from consortium.kinds import change_kind
from consortium.services.identity.certificates import (
    ask_for_certificate,
    bind_certificate,
    revoke_certificate,
)
from consortium.services.identity.factors import enrol, renew_recovery_codes, reset_factor
from consortium.services.identity.passkeys import (
    enter_by_passkey,
    prove_by_passkey,
    register_passkey,
    remove_passkey,
    reopen_by_passkey,
)
from consortium.services.identity.passwords import change_password, reset_password
from consortium.services.identity.proofs import prove
from consortium.services.identity.sign_in import (
    Answer,
    Outcome,
    check_code,
    check_password,
    open_session,
    reopen,
)
from consortium.services.machines.clients import (
    TOKEN,
    NewClient,
    Token,
    issue_token,
    register_client,
    renew_client,
    revoke_client,
)
from consortium.services.managers.alarms import close_alarm, take_alarm, tell_alarm
from consortium.services.managers.auditing import PAGE as AUDIT_PAGE
from consortium.services.managers.auditing import (
    Question,
    check_waiting,
    export_audit,
    search_audit,
    verify_audit,
)
from consortium.services.managers.delivering import try_again
from consortium.services.managers.reporting import LAST as WEEK_LAST
from consortium.services.managers.reporting import open_report, write_report
from consortium.services.managers.watching import change_rule, escalate_alarms, propose_rule, watch
from consortium.services.news.notices import (
    Recipients,
    close_notice,
    close_notices,
    notify,
    read_all,
    read_notice,
    stir,
)
from consortium.services.news.texting import send_texts, text
from consortium.services.people.accounts import NewAccount, close_account, create_staff, reopen_account
from consortium.services.people.posts import clear_post, end_post, give_post, roster
from consortium.services.people.staff_list import approve_list, load_staff_list
from consortium.services.places.changing import (
    change_bed,
    change_department,
    change_entity,
    change_organisation,
)
from consortium.services.places.closing import close_due, close_organisation, keep_open
from consortium.services.places.ending import (
    close_beds,
    close_department,
    close_departments_due,
    end_entity,
    reopen_beds,
    reopen_department,
    reopen_entity,
)
from consortium.services.places.identifying import give_identifier
from consortium.services.places.registering import (
    register_beds,
    register_department,
    register_entity,
    register_organisation,
)
from consortium.services.places.worktime import set_holidays, set_hours
from consortium.services.rights.changes import approve, propose, reject, withdraw
from consortium.services.rights.narrowings import narrow, widen
from consortium.services.sessions.acting import (
    choose_post,
    end_any_session,
    end_other_sessions,
    end_session,
    lock,
    note_browser,
    replace_session,
    seen,
    sign_out,
)
from consortium.services.sessions.devices import ANYWHERE, Seat
from consortium.services.sessions.idle import close_idle
from consortium.services.sessions.kept import Kept, keep_form, open_kept, settle_kept
from consortium.services.sessions.locks import unlock, unlock_source
from consortium.services.setup.county import Credentials, load_county
from consortium.services.setup.founding import FIRST, SECOND, create_managers

__all__ = [
    "ANYWHERE",
    "AUDIT_PAGE",
    "FIRST",
    "SECOND",
    "TOKEN",
    "WEEK_LAST",
    "Answer",
    "Credentials",
    "Kept",
    "NewAccount",
    "NewClient",
    "Outcome",
    "Place",
    "Question",
    "Recipients",
    "Seat",
    "Token",
    "anchor",
    "approve",
    "approve_list",
    "ask_for_certificate",
    "bind_certificate",
    "change_bed",
    "change_department",
    "change_entity",
    "change_kind",
    "change_organisation",
    "change_password",
    "change_rule",
    "check_code",
    "check_password",
    "check_waiting",
    "choose_post",
    "clear_post",
    "close_account",
    "close_alarm",
    "close_beds",
    "close_department",
    "close_departments_due",
    "close_due",
    "close_idle",
    "close_notice",
    "close_notices",
    "close_organisation",
    "create_managers",
    "create_staff",
    "end_any_session",
    "end_entity",
    "end_other_sessions",
    "end_post",
    "end_session",
    "enrol",
    "enter_by_passkey",
    "escalate_alarms",
    "export_audit",
    "give_identifier",
    "give_post",
    "issue_token",
    "keep_form",
    "keep_open",
    "load_county",
    "load_staff_list",
    "lock",
    "narrow",
    "note_browser",
    "notify",
    "open_kept",
    "open_report",
    "open_session",
    "propose",
    "propose_rule",
    "prove",
    "prove_by_passkey",
    "read_all",
    "read_notice",
    "register_beds",
    "register_client",
    "register_department",
    "register_entity",
    "register_organisation",
    "register_passkey",
    "reject",
    "remove_passkey",
    "renew_client",
    "renew_recovery_codes",
    "reopen",
    "reopen_account",
    "reopen_beds",
    "reopen_by_passkey",
    "reopen_department",
    "reopen_entity",
    "replace_session",
    "reset_factor",
    "reset_password",
    "revoke_certificate",
    "revoke_client",
    "roster",
    "search_audit",
    "seen",
    "send_texts",
    "set_holidays",
    "set_hours",
    "settle_kept",
    "sign_out",
    "stir",
    "take_alarm",
    "tell_alarm",
    "text",
    "text_kind",
    "try_again",
    "unlock",
    "unlock_source",
    "verify_audit",
    "watch",
    "widen",
    "withdraw",
    "write_report",
]
