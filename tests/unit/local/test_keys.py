"""The local key and its tokens."""

from datetime import timedelta

import jwt
import pytest

from events.bearer import ROLES
from local.keys import keys


def claims(token: str, public_pem: str) -> dict[str, object]:
    decoded: dict[str, object] = jwt.decode(
        token,
        public_pem,
        algorithms=["EdDSA"],
        audience="kept",
        issuer="kept",
        options={"require": ["iss", "aud", "sub", "iat", "exp"]},
    )
    return decoded


def test_token__says_who_and_what_for(tmp_path):
    pair = keys(tmp_path)
    said = claims(pair.token("an", ["agent", "lead"], timedelta(hours=1)), pair.public_pem)
    assert said["sub"] == "an"
    assert said["roles"] == ["agent", "lead"]
    assert int(str(said["exp"])) - int(str(said["iat"])) == 3600


def test_tokens__one_for_each_role_named_as_it(tmp_path):
    pair = keys(tmp_path)
    for role, token in pair.tokens().items():
        said = claims(token, pair.public_pem)
        assert (said["sub"], said["roles"]) == (role, [role])
    assert tuple(pair.tokens()) == ROLES


def test_keys__are_kept_and_are_nobody_elses_to_read(tmp_path):
    first = keys(tmp_path).public_pem
    assert keys(tmp_path).public_pem == first
    assert (tmp_path / "signing-key.pem").stat().st_mode & 0o077 == 0


def test_token__of_another_key_is_refused(tmp_path):
    token = keys(tmp_path / "a").token("an", ["agent"])
    with pytest.raises(jwt.InvalidSignatureError):
        claims(token, keys(tmp_path / "b").public_pem)
