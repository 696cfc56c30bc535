"""Exam items, requests and the people around them for tests."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from consortium.choices import OrganisationKind, Role, Title
from consortium.models import Organisation, Staff
from diagnostics import services
from diagnostics.choices import FeeState, MaterialKind, Priority
from diagnostics.models import ExamItem, ExamRequest
from kernel import ids
from kernel.actor import Actor
from tests.factories.consortium import actor_of, make_organisation, make_staff
from tests.factories.emr import make_patient

_number = count(1)


def make_item(code: str = "", modality: str = "ECG", **fields: Any) -> ExamItem:
    """One exam item; the same code again is the same item."""
    code = code or f"T{next(_number)}"
    values = {
        "name": f"检查{code}",
        "modality": modality,
        "needs_review": modality != "ECG",
        "minutes_emergency": 10,
        "minutes_urgent": 30,
        "minutes_routine": 120,
        **fields,
    }
    item, _made = ExamItem.objects.get_or_create(code=code, defaults=values)
    return item


@dataclass(frozen=True)
class Scene:
    """A branch with its doctor and technologist, the head hospital with reader and reviewer, a patient."""

    branch: Organisation
    centre: Organisation
    doctor: Staff
    technologist: Staff
    reader: Staff
    reviewer: Staff
    patient_id: UUID

    def by(self, who: str) -> Actor:
        return actor_of(getattr(self, who))


def make_scene() -> Scene:
    branch = make_organisation()
    centre = make_organisation(OrganisationKind.HEAD_HOSPITAL)
    return Scene(
        branch=branch,
        centre=centre,
        doctor=make_staff(Role.BRANCH_DOCTOR, branch),
        technologist=make_staff(Role.TECHNOLOGIST, branch),
        reader=make_staff(Role.READER, centre, title=Title.ATTENDING),
        reviewer=make_staff(Role.REVIEWING_READER, centre, title=Title.CHIEF),
        patient_id=make_patient(branch).pk,
    )


def make_request(scene: Scene, modality: str = "ECG", **said: Any) -> ExamRequest:
    """A request of the scene's doctor."""
    values: dict[str, Any] = {
        "key": "",
        "patient_id": scene.patient_id,
        "encounter_id": None,
        "item_code": make_item(f"ITEM-{modality}", modality).code,
        "priority": Priority.ROUTINE,
        "fee_state": FeeState.PAID,
        "clinical_question": "胸闷两小时，问：缺血？",
        **said,
    }
    return services.request_exam(by=scene.by("doctor"), **values)


def make_examined(scene: Scene, modality: str = "ECG", **said: Any) -> ExamRequest:
    """A request whose material has arrived."""
    request = make_request(scene, modality, **said)
    kind = MaterialKind.ECG_RECORDING if modality == "ECG" else MaterialKind.IMAGING_STUDY
    return services.attach_material(
        by=Actor.system("tests"), request_id=request.pk, kind=kind, ref=ids.uuid7()
    )


def make_draft(scene: Scene, request: ExamRequest, who: str = "reader", **said: Any) -> ExamRequest:
    """The request claimed and written by `who`."""
    values = {"findings": "双肺纹理清晰。", "impression": "未见异常。", "outcome": "normal", **said}
    services.claim(by=scene.by(who), request_id=request.pk)
    services.save_draft(by=scene.by(who), request_id=request.pk, draft_version=0, **values)
    return ExamRequest.objects.get(pk=request.pk)
