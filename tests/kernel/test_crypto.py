"""Known answers, sealing, blind index, tokens, signatures."""

import time
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from kernel import clock, crypto
from kernel.crypto import keys, selftest, sm4
from kernel.crypto.provider import provider
from kernel.errors import Invalid

OWNER = uuid4()
ONE, TWO = "11" * 32, "22" * 32


@pytest.fixture
def ring(monkeypatch):
    """Set the master keys; the installation's own come back afterwards."""

    def turn(text):
        monkeypatch.setenv(keys.VARIABLE, text)
        keys.forget()

    yield turn
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    keys.forget()


def test_known_answers_hold():
    selftest.run()


def test_keys_of_purposes_are_those_of_another_library():
    other = HKDFExpand(hashes.SM3(), 80, b"lianyi/1/audit").derive(bytes(range(32)))
    assert keys.expand(bytes(range(32)), "lianyi/1/audit", 80) == other


@pytest.mark.parametrize("name", [name for name, _answer, _expected in selftest.ANSWERS])
def test_a_wrong_answer_stops_the_start_and_is_named(monkeypatch, name):
    bent = [(n, a if n != name else lambda: "wrong", e) for n, a, e in selftest.ANSWERS]
    monkeypatch.setattr(selftest, "ANSWERS", bent)
    with pytest.raises(ImproperlyConfigured, match=f"self-test: {name} gives a wrong answer"):
        selftest.run()


def test_a_missing_algorithm_stops_the_start(monkeypatch):
    def missing():
        raise ValueError("unsupported")

    monkeypatch.setattr(selftest, "ANSWERS", [("SM4", missing, "")])
    with pytest.raises(ImproperlyConfigured, match="SM4 is not available"):
        selftest.run()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens_to_itself(text):
    blob = crypto.seal("emr_person.name", OWNER, text)
    assert crypto.unseal("emr_person.name", OWNER, blob) == text
    assert crypto.unseal("emr_person.name", str(OWNER), memoryview(blob)) == text


def test_a_seal_hides_its_text_and_is_never_the_same_twice():
    one, two = (crypto.seal("emr_person.id_number", OWNER, "990101199001011237") for _ in range(2))
    assert one != two
    assert b"9901011990" not in one
    assert len(one) == 18 + 30


@pytest.mark.parametrize("context", ["emr_person.phone", "emr_patient.name"])
def test_a_value_moved_to_another_field_does_not_open(context):
    blob = crypto.seal("emr_person.name", OWNER, "欧阳娜娜")
    with pytest.raises(crypto.Unsealable):
        crypto.unseal(context, OWNER, blob)


def test_a_value_moved_to_another_row_does_not_open():
    blob = crypto.seal("emr_person.name", OWNER, "欧阳娜娜")
    with pytest.raises(crypto.Unsealable) as refused:
        crypto.unseal("emr_person.name", uuid4(), blob)
    assert (refused.value.status, refused.value.code) == (503, "seal_broken")


def test_every_single_bent_byte_is_noticed():
    blob = crypto.seal_bytes("a.b", OWNER, b"four")
    for place in range(len(blob)):
        bent = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        with pytest.raises(crypto.Unsealable):
            crypto.unseal_bytes("a.b", OWNER, bent)
    for short in (b"", blob[:29], blob[:-1]):
        with pytest.raises(crypto.Unsealable):
            crypto.unseal_bytes("a.b", OWNER, short)


def test_a_new_master_key_seals_and_the_old_one_still_opens(ring):
    ring(ONE)
    old, index = crypto.seal("a.b", OWNER, "text"), crypto.blind("a.b", "x")
    ring(f"1:{ONE},2:{TWO}")
    new = crypto.seal("a.b", OWNER, "text")
    assert (old[1], new[1]) == (1, 2)
    assert crypto.unseal("a.b", OWNER, old) == crypto.unseal("a.b", OWNER, new) == "text"
    assert crypto.blind("a.b", "x") == index
    ring(f"2:{TWO}")
    assert crypto.unseal("a.b", OWNER, new) == "text"
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("a.b", OWNER, old)


@pytest.mark.parametrize(
    "text", ["short", "11" * 31, f"0:{ONE}", f"256:{ONE}", f"x:{ONE}", f"{ONE},{ONE[:-2]}", f"-1:{ONE}"]
)
def test_a_badly_written_master_key_stops_the_start(ring, text):
    ring(text)
    with pytest.raises(ImproperlyConfigured, match="LIANYI_MASTER_KEY"):
        keys.ring()


def test_a_missing_master_key_stops_a_real_installation(ring, settings, tmp_path):
    settings.SECRETS_DIR, settings.EMBEDDED = tmp_path, False
    ring("")
    with pytest.raises(ImproperlyConfigured, match="master-key is missing"):
        keys.ring()


def test_the_embedded_installation_makes_its_master_key_once(ring, settings, tmp_path):
    settings.SECRETS_DIR = tmp_path / "secrets"
    ring("")
    first = keys.ring()
    path = tmp_path / "secrets" / "master-key"
    assert (path.stat().st_mode & 0o777, sorted(keys.parse(path.read_text()))) == (0o600, [0, 1])
    assert (keys.root(), keys.current()) == (0, 1)
    ring("")
    assert keys.ring() == first
    assert [one.name for one in path.parent.iterdir()] == ["master-key"]


def test_a_running_process_sees_a_new_key_at_once_when_it_meets_one(ring, settings, tmp_path, monkeypatch):
    settings.SECRETS_DIR = tmp_path
    ring("")
    old = crypto.seal("a.b", OWNER, "text")
    elsewhere = {**keys.ring(), 2: bytes.fromhex(TWO)}
    (tmp_path / "master-key").write_text(keys.written(elsewhere))
    assert keys.current() == 1
    blob = provider().seal("seal/a.b", 2, b"new", f"a.b:{OWNER}:2".encode())
    assert (crypto.unseal("a.b", OWNER, blob), keys.current()) == ("new", 2)
    assert crypto.unseal("a.b", OWNER, old) == "text"


def test_a_running_process_forgets_a_retired_key(ring, settings, tmp_path, monkeypatch):
    settings.SECRETS_DIR = tmp_path
    ring("")
    old = crypto.seal("a.b", OWNER, "text")
    (tmp_path / "master-key").write_text(keys.written({0: keys.ring()[0], 2: bytes.fromhex(TWO)}))
    monkeypatch.setattr(keys, "RELOAD", 0.0)
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("a.b", OWNER, old)


@pytest.fixture
def no_gcm(monkeypatch):
    """A build without SM4-GCM, as some distributions ship it."""

    def lacking(*_given):
        raise UnsupportedAlgorithm("SM4 in GCM is not supported")

    monkeypatch.setattr(sm4, "encrypt", lacking)
    sm4.best.cache_clear()
    yield
    monkeypatch.undo()
    sm4.best.cache_clear()


def test_where_gcm_is_missing_counter_mode_with_a_mac_seals(ring, no_gcm):
    ring(f"1:{ONE}")
    selftest.run()
    blob = crypto.seal("a.b", OWNER, "欧阳娜娜")
    assert (blob[0], len(blob)) == (sm4.CTR_HMAC, 12 + 30)
    assert crypto.unseal("a.b", OWNER, blob) == "欧阳娜娜"
    for place in range(len(blob)):
        with pytest.raises(crypto.Unsealable):
            crypto.unseal("a.b", OWNER, blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :])
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("a.b", uuid4(), blob)


def test_what_counter_mode_sealed_opens_where_gcm_is(ring, request):
    ring(f"1:{ONE}")
    request.getfixturevalue("no_gcm")
    blob = crypto.seal("a.b", OWNER, "text")
    request.getfixturevalue("monkeypatch").undo()
    sm4.best.cache_clear()
    ring(f"1:{ONE}")
    assert (blob[0], crypto.seal("a.b", OWNER, "text")[0]) == (2, 1)
    assert crypto.unseal("a.b", OWNER, blob) == "text"


def test_the_root_seals_nothing_and_opens_nothing(ring):
    ring(f"0:{ONE},1:{TWO}")
    assert (keys.root(), keys.current(), keys.sealing()) == (0, 1, [1])
    blob = provider().seal("seal/a.b", 0, b"x", f"a.b:{OWNER}:0".encode())
    with pytest.raises(crypto.Unsealable):
        crypto.unseal("a.b", OWNER, blob)


def test_purposes_have_keys_of_their_own():
    derived = {keys.derived(purpose, 32) for purpose in ("audit", "seal/a.b", "blind/a.b", "mac/a.b")}
    assert len(derived) == 4
    assert len(keys.derived("long", 80)) == 80


def test_a_blind_index_is_equal_for_equal_values_of_one_field():
    assert crypto.blind("emr_person.id_number", "x") == crypto.blind("emr_person.id_number", "x")
    assert crypto.blind("emr_person.id_number", "x") != crypto.blind("emr_person.id_number", "y")
    assert crypto.blind("emr_person.id_number", "x") != crypto.blind("emr_person.phone", "x")
    assert len(crypto.blind("a.b", "x")) == 16


def test_whoever_lacks_the_root_key_computes_no_index(ring):
    """All ID numbers of a county can be tried out in an hour: without the key none of them leads to its index."""
    found = set()
    for root in ("aa", "bb"):
        ring(f"0:{root * 32},1:{'cc' * 32}")
        found.add((crypto.blind("emr_person.id_number", "x"), crypto.mac("roles", b"x")))
    assert len(found) == 2
    assert len({index for index, _mac in found}) == 2


def test_a_mac_is_apart_by_purpose():
    assert crypto.mac("roles", b"x") != crypto.mac("labels", b"x")
    assert len(crypto.mac("roles", b"x")) == 32


def test_a_token_says_what_was_signed():
    token = crypto.token("chart", {"patient": "p-1"}, 60)
    assert crypto.read_token("chart", token).payload == {"patient": "p-1"}
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


def test_a_token_serves_one_purpose():
    with pytest.raises(Invalid) as refused:
        crypto.read_token("signin", crypto.token("chart", {}, 60))
    assert refused.value.code == "token_invalid"


@pytest.mark.parametrize("token", ["", ".", "a.b", "ä.ö", "e30.e30", "." * 50, "a" * 5000])
def test_nonsense_is_no_token(token):
    with pytest.raises(Invalid) as refused:
        crypto.read_token("chart", token)
    assert refused.value.code == "token_invalid"


def test_a_token_ends(monkeypatch):
    token = crypto.token("chart", {"a": 1}, 60)
    later = clock.now() + timedelta(seconds=61)
    monkeypatch.setattr(clock, "now", lambda: later)
    with pytest.raises(Invalid) as refused:
        crypto.read_token("chart", token)
    assert refused.value.code == "token_expired"


def test_the_day_of_the_county_begins_at_its_own_midnight():
    moment = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    start, end = clock.day_bounds(clock.day_of(moment))
    assert clock.day_of(moment).isoformat() == "2026-11-21"
    assert (start.isoformat(), end - start) == ("2026-11-20T16:00:00+00:00", timedelta(days=1))
    assert clock.today() == clock.day_of(clock.now())
    assert abs(clock.now().timestamp() - time.time()) < 1
