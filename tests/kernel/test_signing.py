"""Signatures of the house: SM2, held by our own library and by another program."""

import shutil
import subprocess

import pytest

from kernel import crypto
from kernel.crypto import signing, sm2
from kernel.errors import Unavailable


def test_a_signature_holds_for_just_these_bytes():
    signature = crypto.signer().sign(b"report, version 2")
    assert signature.algorithm == "SM2-SM3"
    assert crypto.signer().verify(b"report, version 2", signature)
    assert not crypto.signer().verify(b"report, version 3", signature)


@pytest.mark.parametrize(
    "change",
    [{"algorithm": "RSA"}, {"key_id": "0" * 16}, {"value_b64": "AAAA"}, {"value_b64": "not base64"}],
)
def test_a_bent_signature_does_not_hold(change):
    good = crypto.signer().sign(b"report")
    words = {"algorithm": good.algorithm, "key_id": good.key_id, "value_b64": good.value_b64}
    assert not crypto.signer().verify(b"report", crypto.Signature(**{**words, **change}))


def test_a_key_survives_its_file():
    key = sm2.Key.generate()
    signature = sm2.Key.read(key.private_pem()).sign(b"x")
    assert sm2.Key.read(key.public_pem()).verify(b"x", signature)
    assert not sm2.Key.generate().verify(b"x", signature)


def test_a_replaced_signing_key_still_verifies(settings, tmp_path):
    settings.SECRETS_DIR = tmp_path
    old = crypto.signer().sign(b"report")
    new_id = signing.replace()
    new = crypto.signer().sign(b"report")
    assert (new.key_id, old.key_id) == (new_id, old.key_id)
    assert new.key_id != old.key_id
    assert crypto.signer().verify(b"report", old)
    assert crypto.signer().verify(b"report", new)
    assert not crypto.signer().verify(b"other", old)
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [b"PRIVATE" in path.read_bytes() for path in sorted(kept)].count(True) == 1
    assert {path.stat().st_mode & 0o077 for path in kept if b"PRIVATE" in path.read_bytes()} == {0}


def test_what_is_no_key_is_named():
    with pytest.raises(sm2.Missing, match="reading of a key failed"):
        sm2.Key.read(b"-----BEGIN PUBLIC KEY-----\nno\n-----END PUBLIC KEY-----\n")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the openssl program is not installed")
def test_another_program_verifies_our_signature(tmp_path):
    key = sm2.Key.generate()
    (tmp_path / "key").write_bytes(key.public_pem())
    (tmp_path / "data").write_bytes(b"report")
    (tmp_path / "signature").write_bytes(key.sign(b"report"))
    order = ["openssl", "dgst", "-sm3", "-sigopt", "distid:1234567812345678"]
    order += ["-verify", tmp_path / "key", "-signature", tmp_path / "signature", tmp_path / "data"]
    assert subprocess.run(order, capture_output=True, text=True, check=False).stdout == "Verified OK\n"


def test_a_machine_without_sm2_says_so(monkeypatch):
    def lacking(path):
        raise sm2.Missing("libcrypto knows no SM2")

    monkeypatch.setattr(signing, "_key", lacking)
    signing._signer.cache_clear()
    with pytest.raises(Unavailable) as refused:
        crypto.signer()
    signing._signer.cache_clear()
    assert (refused.value.code, refused.value.detail) == ("no_signer", {"reason": "libcrypto knows no SM2"})


def test_a_library_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(sm2.ctypes.util, "find_library", lambda name: "libnothing.so")
    sm2.library.cache_clear()
    with pytest.raises(sm2.Missing, match="libnothing"):
        sm2.library()
    sm2.library.cache_clear()
