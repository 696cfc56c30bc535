"""How somebody shows who she is (身份鉴别).

- `sign_in`: password, then second factor · `proofs`: once more, in the middle of a session
- `passwords` · `factors`: authenticator and recovery codes · `passkeys` · `certificates`: keys on USB
"""
