"""DICOM objects and their requests for tests. Pixels are patterns; nobody here can exist."""

import io
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, generate_uid

from consortium.choices import Role
from consortium.models import Organisation
from diagnostics import services as diagnostics
from diagnostics.choices import FeeState, Modality, Priority
from diagnostics.models import ExamItem, ExamRequest
from emr.index.models import Patient
from imaging.choices import Way
from imaging.services import Arrival
from imaging.services.arrivals import examine
from kernel.actor import Actor, Kind
from tests.factories.consortium import make_actor, make_organisation
from tests.factories.emr import make_patient

CT = "1.2.840.10008.5.1.4.1.1.2"
ROOT = "1.2.826.0.1.3680043.10.999."
_number = count(1)


def uid() -> str:
    return str(generate_uid(prefix=ROOT))


def make_dataset(**values: Any) -> Dataset:
    """A CT slice of 32 × 24 with a gradient, explicit VR little endian; `values` are DICOM keywords."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = values.pop("TransferSyntaxUID", ExplicitVRLittleEndian)
    defaults: dict[str, Any] = {
        "SpecificCharacterSet": "GB18030",
        "SOPClassUID": CT,
        "SOPInstanceUID": uid(),
        "StudyInstanceUID": uid(),
        "SeriesInstanceUID": uid(),
        "PatientName": "Zhou^GuiFang=周^桂芳",
        "PatientID": f"P{next(_number)}",
        "PatientBirthDate": "19590312",
        "PatientSex": "F",
        "AccessionNumber": "",
        "StudyDate": "20261121",
        "StudyTime": "103200",
        "StudyDescription": "胸部CT平扫",
        "Modality": "CT",
        "SeriesNumber": 1,
        "SeriesDescription": "肺窗",
        "BodyPartExamined": "CHEST",
        "InstanceNumber": 1,
        "Rows": 24,
        "Columns": 32,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 12,
        "HighBit": 11,
        "PixelRepresentation": 0,
        "RescaleSlope": 1,
        "RescaleIntercept": -1024,
        "WindowCenter": 40,
        "WindowWidth": 400,
    }
    pixels = values.pop("pixels", np.arange(24 * 32, dtype=np.uint16) * 5)
    for keyword, value in {**defaults, **values}.items():
        setattr(dataset, keyword, value)
    dataset.PixelData = pixels.tobytes()
    dataset["PixelData"].VR = "OW"
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def file_bytes(dataset: Dataset) -> bytes:
    out = io.BytesIO()
    dataset.save_as(out, enforce_file_format=True)
    return out.getvalue()


def make_file(folder: Path, data: bytes) -> Path:
    path = folder / f"{next(_number)}.dcm"
    path.write_bytes(data)
    return path


def make_arrival(folder: Path, dataset: Dataset | None = None, **values: Any) -> Arrival:
    """An object spooled in `folder`, as the DICOM door hands it over."""
    data = file_bytes(dataset if dataset is not None else make_dataset(**values))
    return examine(make_file(folder, data), way=Way.STORE, source="CT1")


def make_device(organisation: Organisation) -> Actor:
    """The actor of an AE of `organisation`."""
    return Actor(
        kind=Kind.AE,
        name="ae:CT1",
        organisation=organisation.pk,
        organisations=frozenset({organisation.pk}),
        roles=frozenset({"application_entity"}),
        clearance=3,
    )


def make_item(code: str = "CT01", modality: str = Modality.CT) -> ExamItem:
    values = {
        "name": "胸部 CT 平扫",
        "modality": modality,
        "minutes_emergency": 30,
        "minutes_urgent": 120,
        "minutes_routine": 240,
    }
    return ExamItem.objects.get_or_create(code=code, defaults=values)[0]


def make_request(
    branch: Organisation | None = None,
    patient: Patient | None = None,
    *,
    priority: str = Priority.ROUTINE,
    **said: Any,
) -> ExamRequest:
    """A branch asks the head hospital for a CT of 周桂芳 (born 1959-03-12, female)."""
    make_organisation("head_hospital")
    place = branch or make_organisation()
    who = patient or make_patient(place, name=said.pop("name", "周桂芳"), **said)
    return diagnostics.request_exam(
        by=make_actor(Role.BRANCH_DOCTOR, place),
        key="",
        patient_id=who.pk,
        encounter_id=None,
        item_code=make_item().code,
        priority=priority,
        fee_state=FeeState.PAID,
        clinical_question="咳嗽 3 周，痰中带血。占位？",
    )


def chest(slice_number: int, slices: int, size: int = 256) -> "np.ndarray[Any, np.dtype[np.uint16]]":
    """A made-up chest: body, lungs, spine and a nodule, as 12-bit values (Hounsfield + 1024)."""
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j].astype(np.float32)
    height = slice_number / max(1, slices - 1)
    image = np.full((size, size), -1000, np.float32)
    image[(x / 0.86) ** 2 + (y / 0.62) ** 2 < 1] = 40
    lung = 0.3 * np.sin(np.pi * min(1, max(0.15, height)))
    for side in (-1, 1):
        image[((x - side * 0.4) / lung) ** 2 + ((y + 0.02) / (lung * 1.35)) ** 2 < 1] = -860
    image[(x / 0.1) ** 2 + ((y - 0.4) / 0.1) ** 2 < 1] = 450
    if abs(height - 0.5) < 0.2:
        image[((x - 0.42) / 0.04) ** 2 + ((y + 0.1) / 0.04) ** 2 < 1] = 60
    noise = np.random.default_rng(slice_number).normal(0, 14, image.shape)
    return np.clip(image + noise + 1024, 0, 4095).astype(np.uint16)


def make_scan(request: ExamRequest, slices: int = 12, **values: Any) -> list[Dataset]:
    """One CT series of `request`'s patient."""
    study, series = values.pop("StudyInstanceUID", None) or uid(), uid()
    return [
        make_dataset(
            StudyInstanceUID=study,
            SeriesInstanceUID=series,
            AccessionNumber=request.accession_number,
            PatientID="P-SCAN",
            InstanceNumber=number + 1,
            Rows=256,
            Columns=256,
            SliceThickness=1.25,
            PixelSpacing=[1.4, 1.4],
            ImageOrientationPatient=[1, 0, 0, 0, 1, 0],
            ImagePositionPatient=[-180, -180, 300 - 5 * number],
            pixels=chest(number, slices),
            **values,
        )
        for number in range(slices)
    ]
