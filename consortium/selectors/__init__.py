"""Every read of consortium, by noun. The directory (who works where, whom to call) is open to everybody who acts here.
A folder's docstring says what its modules do; an import points down this list (`lint-imports`):

- `work`: what waits for the three managers
- `managers`: what they see on their consoles · `identity`: who acts
- `rights`: changes of rights
- `people`: who works here
- `places`: institutions
- `news`: who was told · `known`: names and places by id
"""

from consortium.selectors.identity.actors import (
    SignedIn,
    actor_of,
    actor_of_staff,
    actor_without_post,
    nothing_yet,
    reach_below,
    signed_in,
)
from consortium.selectors.identity.factors import (
    DemoCode,
    certificates_of,
    code_now,
    credentials,
    demo_codes,
    has_certificate,
    has_factor,
    last_sign_in,
    new_secret,
    passkeys,
    password_days_left,
    password_until,
    recovery_codes_left,
)
from consortium.selectors.identity.machines import ClientCard, client_card, entity, signing_key
from consortium.selectors.known import (
    Known,
    department_name,
    department_names,
    departments_with,
    is_outside,
    known,
    names,
    organisation_name,
    organisation_names,
    staff_name,
    stands,
)
from consortium.selectors.managers.alarms import (
    AlarmRow,
    alarm,
    alarms,
    alarms_waiting,
    rule_shown,
    rules_shown,
)
from consortium.selectors.managers.auditing import (
    ChainState,
    EntryRow,
    chain_state,
    entry_rows,
    entry_words,
    report,
    reports,
    told,
)
from consortium.selectors.managers.deliveries import Failing, failing
from consortium.selectors.managers.running import Component, components
from consortium.selectors.managers.watch import Hit, alarm_rule, alarm_rules, hits
from consortium.selectors.news.notices import NOTICES, Notice, notices, unread, unread_of, worded
from consortium.selectors.news.telling import Sent, sent_under
from consortium.selectors.news.texts import demo_texts
from consortium.selectors.people.accounts import (
    Account,
    account,
    accounts,
    client,
    clients,
    everybodys_sessions,
    may_open_accounts,
    post_rows,
    posts_of_person,
    role_links,
    sessions_of,
    shown_post,
    staff_by_account,
)
from consortium.selectors.people.directory import (
    at_desks,
    cleared,
    colleagues,
    everywhere,
    help_desk,
    holders,
    licence,
    may_review,
    on_duty,
    own_telephone,
    post,
    posts_of,
    posts_with,
    staff,
)
from consortium.selectors.places.keeping import (
    DepartmentPage,
    PlacePage,
    Tree,
    department_page,
    kept_bed,
    kept_entity,
    kept_place,
    may_keep_places,
    parent_choices,
    place_page,
    place_tree,
)
from consortium.selectors.places.listing import (
    all_organisations,
    bed,
    beds,
    beds_of,
    branches,
    closing_organisations,
    consortium_office,
    department,
    departments,
    departments_of,
    departments_of_all,
    head_hospital,
    identifier,
    organisation,
    organisations,
    outside_organisations,
    place_choices,
)
from consortium.selectors.places.worktime import (
    Hours,
    calendar_of,
    calendar_page,
    hours,
    keeps_calendar,
    keeps_hours,
    may_set_calendar,
    may_set_hours,
    otherwise,
    published,
    years,
)
from consortium.selectors.rights.changes import (
    Proposal,
    change,
    changes,
    deciders,
    may_ask,
    may_ask_for_clients,
    may_propose,
    proposals_about,
    stand_ins,
    waiting_for,
    waits_for_second,
)
from consortium.selectors.rights.narrowings import (
    Allowed,
    Narrowed,
    ceiling,
    may_narrow,
    narrowed,
    narrowing,
    narrowings,
    role_label,
    table_choices,
    whom,
)
from consortium.selectors.work import work

__all__ = [
    "NOTICES", "Account", "AlarmRow", "Allowed", "ChainState", "ClientCard", "Component", "DemoCode", "DepartmentPage",
    "EntryRow", "Failing", "Hit", "Hours", "Known", "Narrowed", "Notice", "PlacePage", "Proposal", "Sent", "SignedIn",
    "Tree", "account", "accounts", "actor_of", "actor_of_staff", "actor_without_post", "alarm", "alarm_rule",
    "alarm_rules", "alarms", "alarms_waiting", "all_organisations", "at_desks", "bed", "beds", "beds_of", "branches",
    "calendar_of", "calendar_page", "calendars", "ceiling", "certificates_of", "chain_state", "change", "changes",
    "cleared", "client", "client_card", "clients", "closing_organisations", "code_now", "colleagues", "components",
    "consortium_office", "credentials", "deciders", "demo_codes", "demo_texts", "department", "department_name",
    "department_names", "department_page", "departments", "departments_of", "departments_of_all", "departments_with",
    "entity", "entry_rows", "entry_words", "everybodys_sessions", "everywhere", "failing", "has_certificate",
    "has_factor", "head_hospital", "help_desk", "hits", "holders", "hours", "identifier", "is_outside",
    "keeps_calendar", "keeps_hours", "kept_bed", "kept_entity", "kept_place", "known", "last_sign_in", "licence",
    "may_ask", "may_ask_for_clients", "may_keep_places", "may_narrow", "may_open_accounts", "may_propose",
    "may_review", "may_set_calendar", "may_set_hours", "names", "narrowed", "narrowing", "narrowings", "new_secret",
    "nothing_yet", "notices", "on_duty", "organisation", "organisation_name", "organisation_names", "organisations",
    "otherwise", "outside_organisations", "own_telephone", "parent_choices", "passkeys", "password_days_left",
    "password_until", "place_choices", "place_page", "place_tree", "post", "post_rows", "posts_of", "posts_of_person",
    "posts_with", "proposals_about", "published", "reach_below", "recovery_codes_left", "report", "reports",
    "role_label", "role_links", "rosters", "rule_shown", "rules_shown", "sent_under", "sessions_of", "shown_post",
    "signed_in", "signing_key", "staff", "staff_by_account", "staff_name", "stand_ins", "stands", "table_choices",
    "told", "unread", "unread_of", "waiting_for", "waits_for_second", "whom", "worded", "work", "years",
]  # fmt: skip
