"""QIDO-RS: a study is found by every form of the name, and by nobody else."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.imaging import make_request
from tests.imaging.web import matched, reader_of, values

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "query",
    ["PatientName=周桂芳", "PatientName=*桂*", "PatientName=周*", "PatientName=zhou*", "PatientName=Zhou^GuiFang",
     "PatientName=zgf", "PatientName=Zhou%5EGuiFang=周%5E桂芳", "00100010=zhouguifang",
     "PatientName=guif&fuzzymatching=true",
     "ModalitiesInStudy=CT", "StudyDate=20261101-20261130", "StudyDate=20261121", "StudyDate=-20261121",
     "StudyTime=1030-1035", "StudyDescription=胸部*", "PatientSex=F", ""],
)  # fmt: skip
def test_qido_finds_a_study(tmp_path, query):
    study = matched(tmp_path)

    found = json.loads(reader_of(study).get(f"/dicomweb/studies?{query}").content)

    assert [values(row, "0020000D") for row in found] == [[study.uid]]
    assert values(found[0], "00100010") == [{"Alphabetic": "Zhou^GuiFang", "Ideographic": "周^桂芳"}]


@pytest.mark.parametrize(
    "query",
    ["PatientName=李*", "PatientName=hou*", "ModalitiesInStudy=MR", "StudyDate=20261122-", "PatientID=nobody",
     "AccessionNumber=CT1", "StudyInstanceUID=1.2.3", "PatientName=%25"],
)  # fmt: skip
def test_qido_leaves_out_what_does_not_match(tmp_path, query):
    study = matched(tmp_path)

    assert json.loads(reader_of(study).get(f"/dicomweb/studies?{query}").content) == []


@pytest.mark.parametrize("query", ["limit=x", "offset=-1", "StudyDate=yesterday", "StudyInstanceUID=1.2'--"])
def test_qido_says_what_it_does_not_understand(tmp_path, query):
    study = matched(tmp_path)

    assert reader_of(study).get(f"/dicomweb/studies?{query}").status_code == 400


def test_qido_pages_and_warns(tmp_path):
    request = make_request()
    studies = [matched(tmp_path, request, StudyTime=f"10{minute}00") for minute in (10, 20, 30)]
    client = reader_of(studies[0])

    first = client.get("/dicomweb/studies?limit=2&Wrong=1")
    second = client.get("/dicomweb/studies?limit=2&offset=2")

    assert [values(row, "00080030") for row in json.loads(first.content)] == [["103000"], ["102000"]]
    assert "exceeded" in first["Warning"]
    assert "Wrong" in first["Warning"]
    assert ([values(row, "00080030") for row in json.loads(second.content)], "Warning" in second) == (
        [["101000"]],
        False,
    )


def test_qido_series_and_instances(tmp_path):
    study = matched(tmp_path)
    client = reader_of(study)

    series = json.loads(client.get(f"/dicomweb/studies/{study.uid}/series?Modality=CT").content)
    instances = json.loads(client.get(f"/dicomweb/studies/{study.uid}/instances?InstanceNumber=1").content)

    assert [values(row, "0008103E") for row in series] == [["肺窗"]]
    assert [values(row, "00280010") for row in instances] == [[24]]


def test_qido_takes_the_same_number_of_statements_for_one_and_three(tmp_path):
    request = make_request()
    study = matched(tmp_path, request)
    client = reader_of(study)
    counts = []
    for _more in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get("/dicomweb/studies")
        counts.append(len(queries))
        matched(tmp_path, request)
        matched(tmp_path, request)

    assert counts[0] == counts[1]
