"""Addresses of consortium."""

from datetime import date

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from consortium.views import (
    alarms,
    asking,
    auditing,
    calendar,
    changes,
    clients,
    consoles,
    departments,
    lending,
    me,
    passkeys,
    places,
    privacy,
    security,
    sessions,
    sign_in,
)


class AccountVerb(StringConverter):
    """What a system manager may do with an account, or a device."""

    regex = "close|reopen"


register_converter(AccountVerb, "account_verb")


class Week(StringConverter):
    """A week by its Monday, as 2026-11-16."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:  # type: ignore[override]  # the address holds a day
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        return value if isinstance(value, str) else value.isoformat()


register_converter(Week, "week")

app_name = "consortium"
urlpatterns = [
    path("signin/", sign_in.sign_in, name="sign_in"),
    path("signin/second/", sign_in.second, name="second"),
    path("signin/again/", sign_in.again, name="again"),
    path("signin/passkey/", passkeys.passkey, name="passkey"),
    path("signin/back/<uuid:staff_id>/", sign_in.come_back, name="come_back"),
    path("signin/enrol/", sign_in.enrol, name="enrol"),
    path("signin/demo/", sign_in.demo_codes, name="demo_codes"),
    path("signin/demo/texts/", sign_in.demo_texts, name="demo_texts"),
    path("signout/", sign_in.sign_out, name="sign_out"),
    path("lock/", sign_in.lock, name="lock"),
    path("switch/", sign_in.switch, name="switch"),
    path("posts/", sign_in.posts, name="posts"),
    path("here/", sign_in.here, name="here"),
    path("kept/", sign_in.keep, name="keep"),
    path("kept/<uuid:form_id>/", sign_in.kept, name="kept"),
    path("kept/<uuid:form_id>/drop/", sign_in.drop_kept, name="drop_kept"),
    path("me/", me.me, name="me"),
    path("me/token/", lending.token, name="token"),
    path("me/password/", me.password, name="password"),
    path("me/recovery/", me.recovery, name="recovery"),
    path("me/passkeys/", passkeys.mine, name="passkeys"),
    path("me/passkeys/add/", passkeys.add, name="add_passkey"),
    path("me/passkeys/<uuid:passkey_id>/remove/", passkeys.remove, name="remove_passkey"),
    path("me/sessions/", me.sessions, name="sessions"),
    path("me/sessions/others/end/", me.end_other_sessions, name="end_other_sessions"),
    path("me/sessions/<uuid:session_id>/end/", me.end_session, name="end_session"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/year/", calendar.set_year, name="set_year"),
    path("calendar/hours/<uuid:organisation_id>/", calendar.set_hours, name="set_hours"),
    path("notices/", me.notices, name="notices"),
    path("notices/read/", me.read_all, name="read_all"),
    path("notices/<uuid:notice_id>/read/", me.read_notice, name="read_notice"),
    path("ops/", consoles.ops, name="ops"),
    path("ops/accounts/new/", consoles.new_account, name="new_account"),
    path("ops/accounts/<uuid:staff_id>/", consoles.account, name="account"),
    path("ops/accounts/<uuid:staff_id>/password/", consoles.reset_password, name="reset_password"),
    path("ops/accounts/<uuid:staff_id>/unlock/", consoles.unlock, name="unlock"),
    path("ops/accounts/<uuid:staff_id>/<account_verb:verb>/", consoles.change_account, name="change_account"),
    path("ops/deliveries/", consoles.deliveries, name="deliveries"),
    path("ops/locks/", sessions.locks, name="locks"),
    path("ops/accounts/<uuid:staff_id>/certificate/", sessions.certificate, name="certificate"),
    path("certificates/<uuid:certificate_id>/revoke/", sessions.revoke, name="revoke_certificate"),
    path("security/sessions/", sessions.sessions, name="all_sessions"),
    path("security/sessions/<uuid:session_id>/end/", sessions.end, name="end_any_session"),
    path("ops/clients/", clients.clients, name="clients"),
    path("ops/clients/new/", clients.new_client, name="new_client"),
    path("ops/clients/<uuid:client_pk>/secret/", clients.renew_client, name="renew_client"),
    path("ops/clients/<uuid:client_pk>/revoke/", clients.revoke_client, name="revoke_client"),
    path("ops/places/", places.places, name="places"),
    path("ops/places/new/", places.new_place, name="new_place"),
    path("ops/places/<uuid:organisation_id>/", places.place, name="place"),
    path("ops/places/<uuid:organisation_id>/change/", places.change_place, name="change_place"),
    path("ops/places/<uuid:organisation_id>/codes/", places.new_code, name="new_code"),
    path("ops/places/<uuid:organisation_id>/departments/", departments.new_department, name="new_department"),
    path("ops/places/<uuid:organisation_id>/devices/", places.new_entity, name="new_entity"),
    path("ops/departments/<uuid:department_id>/", departments.department, name="department"),
    path(
        "ops/departments/<uuid:department_id>/change/",
        departments.change_department,
        name="change_department",
    ),
    path(
        "ops/departments/<uuid:department_id>/close/", departments.close_department, name="close_department"
    ),
    path(
        "ops/departments/<uuid:department_id>/reopen/",
        departments.reopen_department,
        name="reopen_department",
    ),
    path("ops/departments/<uuid:department_id>/beds/", departments.switch_beds, name="switch_beds"),
    path("ops/departments/<uuid:department_id>/beds/new/", departments.new_beds, name="new_beds"),
    path("ops/beds/<uuid:bed_id>/", departments.bed, name="bed"),
    path("ops/devices/<uuid:entity_id>/", places.entity, name="entity"),
    path("ops/devices/<uuid:entity_id>/<account_verb:verb>/", places.switch_entity, name="switch_entity"),
    path("security/", security.security, name="security"),
    path("security/people/<uuid:staff_id>/", security.posts_of, name="posts_of"),
    path("security/people/<uuid:staff_id>/factor/", security.reset_factor, name="reset_factor"),
    path("security/posts/<uuid:post_id>/end/", security.end_post, name="end_post"),
    path("security/posts/<uuid:post_id>/clearance/", security.clear_post, name="clear_post"),
    path("security/roles/", security.roles, name="roles"),
    path("security/narrowings/", security.narrowings, name="narrowings"),
    path("security/narrowings/new/", security.narrow, name="narrow"),
    path("security/narrowings/<uuid:narrowing_id>/end/", security.end_narrowing, name="end_narrowing"),
    path("ask/account/", asking.ask_account, name="ask_account"),
    path("ask/post/", asking.ask_post, name="ask_post"),
    path("security/privacy/", privacy.register, name="privacy"),
    path("security/changes/", changes.changes, name="changes"),
    path("security/changes/<uuid:change_id>/", changes.change, name="change"),
    path("security/changes/list/<slug:paper>/", changes.approve_list, name="approve_list"),
    path("security/changes/<uuid:change_id>/approve/", changes.approve, name="approve_change"),
    path("security/changes/<uuid:change_id>/reject/", changes.reject, name="reject_change"),
    path("security/changes/<uuid:change_id>/withdraw/", changes.withdraw, name="withdraw_change"),
    path("security/alarms/", alarms.alarms, name="alarms"),
    path("security/alarms/<uuid:alarm_id>/", alarms.alarm, name="alarm"),
    path("security/alarms/<uuid:alarm_id>/take/", alarms.take, name="take_alarm"),
    path("security/alarms/rules/<slug:name>/", alarms.rule, name="alarm_rule"),
    path("audit/", auditing.audit, name="audit"),
    path("audit/export/", auditing.export, name="audit_export"),
    path("audit/verify/", auditing.verify, name="verify"),
    path("audit/reports/", auditing.reports, name="audit_reports"),
    path("audit/reports/make/", auditing.make_report, name="make_report"),
    path("audit/reports/<week:week>/", auditing.report, name="audit_report"),
]
