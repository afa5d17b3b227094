"""The broker's jars and their lock."""

import hashlib
from pathlib import Path

from local import jars
from local.jars import Jar, cache_directory, locked


def test_locked__names_every_jar_with_its_hash_and_no_address():
    lock = locked()
    assert len(lock) == 46
    assert all(len(bytes.fromhex(jar.sha256)) == 32 for jar in lock)
    assert any(jar.artifact == "kafka_2.13" and jar.version == "4.3.1" for jar in lock)
    for name in ("jgo.toml", "jgo.lock.toml"):
        assert "://" not in jars.LOCK.with_name(name).read_text()


def test_intact__is_the_file_that_was_locked(tmp_path: Path):
    jar = Jar("org.example.sub", "thing", "1.0", hashlib.sha256(b"as locked").hexdigest())
    path = tmp_path / "org" / "example" / "sub" / "thing" / "1.0" / "thing-1.0.jar"
    assert not jar.intact(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"as locked")
    assert jar.intact(tmp_path)
    path.write_bytes(b"as lock")
    assert not jar.intact(tmp_path)


def test_cache_directory__lies_in_the_users_cache(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_directory() == Path("/somewhere/kept/jars")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_directory() == Path.home() / ".cache" / "kept" / "jars"
