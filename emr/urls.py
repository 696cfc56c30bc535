"""Addresses of emr. What identifies a person never stands in one: ids only, search is a POST."""

from django.urls import path

from emr.access import views as access
from emr.chart import views as chart
from emr.consent import views as consent
from emr.formulary import views as formulary
from emr.index import views as index
from emr.prescriptions import views as prescriptions
from emr.terminology import views as terminology

app_name = "emr"
urlpatterns = [
    path("patients/", index.patients, name="patients"),
    path("patients/new/", index.register, name="register"),
    path("patients/check-id/", index.check_id, name="check_id"),
    path("patients/<uuid:patient_id>/", chart.chart, name="chart"),
    path("patients/<uuid:patient_id>/open/", chart.opening, name="open"),
    path("patients/<uuid:patient_id>/adopt/", chart.adopt, name="adopt"),
    path("patients/<uuid:patient_id>/break-glass/", chart.break_glass, name="break_glass"),
    path("patients/<uuid:patient_id>/launch/", chart.launch, name="launch"),
    path("patients/<uuid:patient_id>/reveal/", index.reveal, name="reveal"),
    path("patients/<uuid:patient_id>/masked/", index.masked, name="masked"),
    path("patients/<uuid:patient_id>/encounters/new/", chart.new_encounter, name="new_encounter"),
    path(
        "patients/<uuid:patient_id>/problems/<uuid:condition_id>/code/",
        chart.code_diagnosis,
        name="code_diagnosis",
    ),
    path("patients/<uuid:patient_id>/consents/", consent.agreements, name="agreements"),
    path(
        "patients/<uuid:patient_id>/consents/<uuid:consent_id>/change/",
        consent.change_consent,
        name="change_consent",
    ),
    path(
        "patients/<uuid:patient_id>/consents/<uuid:consent_id>/<int:number>/scan/",
        consent.consent_scan,
        name="consent_scan",
    ),
    path(
        "patients/<uuid:patient_id>/consents/<uuid:consent_id>/withdraw/",
        consent.withdraw,
        name="withdraw_consent",
    ),
    path("patients/<uuid:patient_id>/contracts/", consent.sign_contract, name="sign_contract"),
    path(
        "patients/<uuid:patient_id>/contracts/<uuid:contract_id>/end/",
        consent.end_contract,
        name="end_contract",
    ),
    path("patients/<uuid:patient_id>/duties/", consent.assign_duty, name="assign_duty"),
    path("patients/<uuid:patient_id>/duties/<uuid:ground_id>/end/", consent.end_duty, name="end_duty"),
    path("patients/<uuid:patient_id>/requests/", consent.receive_request, name="receive_request"),
    path("contracts/", consent.contracts, name="contracts"),
    path("requests/", consent.requests, name="requests"),
    path("requests/<uuid:request_id>/", consent.request, name="request"),
    path("requests/<uuid:request_id>/answer/", consent.answer, name="answer_request"),
    path("requests/<uuid:request_id>/lift/", consent.lift, name="lift_request"),
    path("requests/<uuid:request_id>/letter/", consent.letter, name="request_letter"),
    path("requests/<uuid:request_id>/copy/", consent.copy, name="record_copy"),
    path("requests/<uuid:request_id>/bundle/", consent.bundle, name="record_bundle"),
    path("encounters/<uuid:encounter_id>/", chart.encounter, name="encounter"),
    path("encounters/<uuid:encounter_id>/prescribe/", prescriptions.prescribe, name="prescribe"),
    path("patients/<uuid:patient_id>/prescriptions/", prescriptions.panel, name="prescriptions"),
    path("prescriptions/", prescriptions.countersigns, name="countersigns"),
    path("prescriptions/<uuid:prescription_id>/", prescriptions.sheet, name="prescription"),
    path(
        "prescriptions/<uuid:prescription_id>/countersign/",
        prescriptions.countersign,
        name="countersign_prescription",
    ),
    path("prescriptions/<uuid:prescription_id>/refuse/", prescriptions.refuse, name="refuse_prescription"),
    path("prescriptions/<uuid:prescription_id>/print/", prescriptions.print_sheet, name="print_prescription"),
    path("prescriptions/<uuid:prescription_id>/void/", prescriptions.void, name="void_prescription"),
    path("break-glass/", chart.reviews, name="reviews"),
    path("break-glass/<uuid:break_glass_id>/", chart.review, name="break_glass_review"),
    path("break-glass/<uuid:break_glass_id>/read/", chart.read_for_review, name="read_for_review"),
    path("security/labels/", access.labels, name="labels"),
    path("security/labels/new/", access.propose_rule, name="propose_rule"),
    path("security/labels/<uuid:rule_id>/end/", access.propose_end, name="propose_rule_end"),
    path("security/breakglass/", chart.glass_overview, name="glass_overview"),
    path("break-glass/<uuid:break_glass_id>/judge/", chart.judge, name="judge"),
    path("identity/", index.identity, name="identity"),
    path("identity/<uuid:left>/<uuid:right>/", index.compare, name="compare"),
    path("identity/<uuid:left>/<uuid:right>/merge/", index.merge, name="merge"),
    path("identity/<uuid:left>/<uuid:right>/apart/", index.tell_apart, name="tell_apart"),
    path("identity/<uuid:patient_id>/unmerge/", index.unmerge, name="unmerge"),
    path("drugs/", formulary.drugs, name="drugs"),
    path("drugs/<uuid:drug_id>/mark/", formulary.mark_drug, name="mark_drug"),
    path("drugs/<uuid:drug_id>/drop/", formulary.drop_drug, name="drop_drug"),
    path("codes/icd10/", terminology.icd10, name="icd10"),
]
