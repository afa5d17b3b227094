"""`events token`: a token of the machine's own key lets in, for as long and with what was asked for."""

import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from events.bearer import KEY_FILE
from events.cli.__main__ import parser
from events.cli.token import print_token
from events.clock import machine_time
from events.service.identity import Identity
from events.service.jwks import Keys
from events.service.key_set import read_pem
from local.keys import keys


async def test_token__lets_in_who_was_named_with_the_roles(tmp_path, capsys):
    public = keys(tmp_path).public_pem
    asked = parser().parse_args(["token", "--sub", "mai", "--role", "agent", "--role", "lead"])
    print_token(tmp_path / "stack.json", asked.sub, asked.role, asked.hours)
    identity = Identity(Keys(read_pem(public)), issuer="kept", audience="kept")
    header = f"Bearer {capsys.readouterr().out.strip()}"
    actor = await identity.actor(header, frozenset({"lead"}))
    assert (actor.subject, sorted(actor.roles)) == ("mai", ["agent", "lead"])
    ((_, until),) = identity._known.values()
    assert until == pytest.approx(machine_time().timestamp() + 8 * 3600, abs=60)


@pytest.mark.parametrize(
    "wrong",
    [
        ["--role", "agent"],
        ["--sub", "mai"],
        ["--sub", "mai", "--role", "king"],
        ["--sub", " ", "--role", "agent"],
        ["--sub", "mai", "--role", "agent", "--hours", "0"],
        ["--sub", "mai", "--role", "agent", "--hours", "nan"],
        ["--sub", "mai", "--role", "agent", "--hours", "9000"],
    ],
)
def test_token__that_cannot_be_is_refused(wrong, capsys):
    with pytest.raises(SystemExit) as ended:
        parser().parse_args(["token", *wrong])
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err


def test_token__without_the_key_says_what_to_do(tmp_path):
    command = [sys.executable, "-m", "events", "--stack", str(tmp_path / "stack.json"), "token"]
    ended = subprocess.run(
        [*command, "--sub", "mai", "--role", "agent"], capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "make run" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("kind", ["none", "another kind"])
def test_token__of_a_file_that_is_no_key_of_ours(tmp_path, capsys, kind):
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / KEY_FILE).write_bytes(pem if kind == "another kind" else b"none")
    with pytest.raises(SystemExit):
        print_token(tmp_path / "stack.json", "mai", ["agent"], 1)
    assert capsys.readouterr().out == ""
