"""How others find a running stack."""

import json
import shlex
from types import SimpleNamespace

import pytest

from local.kafka import Kafka
from local.keys import keys
from local.mail import Mail
from local.postgres import Postgres
from local.report import Report, published, withdraw
from local.site import SERVICES, Site


@pytest.fixture
def report(tmp_path) -> Report:
    """Tell of a stack that does not run."""
    site = Site(
        "kept",
        "",
        Postgres("postgresql://postgres@127.0.0.1:5001/postgres"),
        Kafka("127.0.0.1:9001"),
        Mail("127.0.0.1", 2501, tmp_path / "mail"),
        keys(tmp_path),
    )
    urls = {name: f"http://127.0.0.1:800{i}" for i, name in enumerate(SERVICES, 1)}
    servers = {name: SimpleNamespace(pid=100 + i) for i, name in enumerate(SERVICES)}
    return Report(tmp_path, site, urls, servers)  # type: ignore[arg-type]


def test_content__has_the_shape_that_others_read(report, tmp_path):
    content = json.loads(json.dumps(report.content()))
    assert content["services"]["cases"] == {"url": "http://127.0.0.1:8002", "pid": 101}
    assert content["broker"] == {
        "bootstrap": "127.0.0.1:9001",
        "topics": {
            "contacts": "contacts",
            "cases": "cases",
            "reminders": "reminders",
            "notifications": "notifications",
        },
    }
    assert content["databases"]["intake"] == "postgresql://postgres@127.0.0.1:5001/kept_intake"
    assert content["smtp"] == {"host": "127.0.0.1", "port": 2501, "maildir": str(tmp_path / "mail")}
    assert set(content["tokens"]) == {"agent", "lead", "system", "analyst", "operator"}
    assert set(content) == {
        *("services", "broker", "databases", "keyrings", "secrets", "smtp", "token", "tokens")
    }
    assert content["keyrings"]["intake"] == "postgresql://postgres@127.0.0.1:5001/kept_intake_keys"
    assert content["secrets"].keys() == {"KEPT_WRAPPING_KEY", "KEPT_LOOKUP_KEY"}


def test_published__while_the_body_runs_for_its_owner_only(report, tmp_path):
    files = [tmp_path / "stack.json", tmp_path / "env"]
    with published(report):
        assert all(file.stat().st_mode & 0o077 == 0 for file in files)
        exports = dict(
            line.removeprefix("export ").split("=", 1) for line in files[1].read_text().splitlines()
        )
        assert shlex.split(exports["CASES"]) == ["http://127.0.0.1:8002"]
        assert set(exports) == {"TOKEN", "CUSTOMER", "INTAKE", "CASES", "SCHEDULER", "NOTIFIER"}
    assert not any(file.exists() for file in files)


def test_withdraw__takes_away_what_a_killed_run_has_left(tmp_path):
    (tmp_path / "stack.json").write_text("{}")
    withdraw(tmp_path)
    assert not (tmp_path / "stack.json").exists()


def test_write__follows_a_process_that_was_started_again(report, tmp_path):
    with published(report):
        report.servers["cases"].pid = 999
        report.write()
        assert json.loads((tmp_path / "stack.json").read_text())["services"]["cases"]["pid"] == 999


def test_env__is_what_a_service_reads(report):
    env = report.site.env("cases", 8002, report.urls)
    assert env["KEPT_DATABASE"] == "postgresql://kept_cases@127.0.0.1:5001/kept_cases"
    assert json.loads(env["KEPT_URLS"]) == report.urls
    assert env["KEPT_SMTP"] == "127.0.0.1:2501"
    assert (env["KEPT_PROFILE"], env["KEPT_PORT"], env["KEPT_TOPIC_PREFIX"]) == ("dev", "8002", "")
