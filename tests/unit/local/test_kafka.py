"""The broker's properties."""

from local.kafka import _write_properties


def test_properties__one_node_that_makes_no_topic_unasked(tmp_path):
    path = _write_properties(tmp_path / "kafka", 9001)
    said = dict(line.split("=", 1) for line in path.read_text().splitlines())
    assert said["listeners"].startswith("PLAINTEXT://127.0.0.1:9001,CONTROLLER://127.0.0.1:")
    assert said["controller.quorum.bootstrap.servers"] == said["listeners"].rpartition("/")[2]
    assert said["auto.create.topics.enable"] == "false"
    assert {said[name] for name in said if name.endswith(("replication.factor", "min.isr"))} == {"1"}
    assert said["log.dirs"] == str(tmp_path / "kafka" / "data")
