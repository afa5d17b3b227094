"""Apache Kafka for one machine: one KRaft node on Java, or the broker named by KEPT_BROKER."""

import asyncio
import base64
import os
import secrets
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

from local import ports
from local.children import Child, Server, on_free_port, ready, run, spawn
from local.errors import PartError
from local.jars import class_path
from local.java import java
from local.progress import Progress, Step

JVM = ("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")
START_SECONDS = 120.0
ANSWER_SECONDS = 5.0
TOPIC = {"retention.ms": "-1", "cleanup.policy": "delete", "max.message.bytes": str(1024 * 1024)}
"""A topic is a log: nothing in it ever goes, and it has one partition."""
PROPERTIES = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
    "inter.broker.listener.name": "PLAINTEXT",
    "default.replication.factor": "1",
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
    "num.network.threads": "1",
    "num.io.threads": "2",
    "log.cleaner.dedupe.buffer.size": "8388608",
    # after a kill the controller waits for the end of the dead broker's session before it admits the next
    "broker.session.timeout.ms": "2000",
    "broker.heartbeat.interval.ms": "500",
}


@dataclass(frozen=True)
class Kafka:
    """A running broker."""

    bootstrap: str
    server: Server | None = field(default=None, repr=False)
    """None where the broker is not ours."""

    async def create_topics(self, names: Iterable[str]) -> None:
        """Make the topics that are missing, each with one partition that keeps everything."""
        async with self._admin() as admin:
            answer = await admin.create_topics([NewTopic(name, 1, 1, topic_configs=TOPIC) for name in names])
        for name, code, *_ in answer.topic_errors:
            if code and code != TopicAlreadyExistsError.errno:
                raise PartError(f"Kafka refuses to make the topic {name}: {for_code(code).__name__}")

    async def delete_topics(self, names: Iterable[str]) -> None:
        """Delete topics; those that are not there are passed over."""
        async with self._admin() as admin:
            await admin.delete_topics(list(names))

    async def cluster(self) -> str | None:
        """Ask for the cluster's id; None until it tells its metadata (an open port means nothing)."""
        host, _, port = self.bootstrap.split(",")[0].rpartition(":")
        try:
            _, writer = await asyncio.open_connection(host, int(port))
            writer.close()
            await writer.wait_closed()
            async with asyncio.timeout(ANSWER_SECONDS), self._admin() as admin:
                cluster = await admin.describe_cluster()
        except (OSError, ValueError, KafkaError):
            return None
        return str(cluster["cluster_id"]) if cluster["brokers"] else None

    @asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            await admin.start()
            yield admin
        finally:
            await admin.close()


@asynccontextmanager
async def kafka(directory: Path, progress: Progress) -> AsyncIterator[Kafka]:
    """Run a broker as long as the body runs; its data stay under `directory`.

    `KEPT_BROKER=host:port` is used instead where it is set.
    """
    if address := os.environ.get("KEPT_BROKER"):
        yield await _given(address)
        return
    with progress.step("Kafka") as step:
        port, server = await _start(directory, step)
    try:
        yield Kafka(f"{ports.HOST}:{port}", server)
    finally:
        await server.stop()


async def _given(address: str) -> Kafka:
    broker = Kafka(address)
    if await broker.cluster() is None:
        raise PartError(
            f"Kafka (KEPT_BROKER={address}) does not answer; start it or correct the address, "
            "or unset KEPT_BROKER to have one started here"
        )
    return broker


async def _start(directory: Path, step: Step) -> tuple[int, Server]:
    program, jars = await java(), await class_path(step)
    command = (str(program), *JVM, *LOGGING, "-cp", jars)
    launch = partial(_launch, command, directory, step)
    port, child = await on_free_port(launch, "Address already in use")
    return port, Server(child, partial(launch, port))


async def _launch(command: tuple[str, ...], directory: Path, step: Step, port: int) -> Child:
    properties, log = _write_properties(directory, port), directory / "kafka.log"
    if not (directory / "data" / "meta.properties").exists():
        step.say("formatting its storage")
        await _format(command, properties, log)
    child = await spawn("Kafka", *command, "kafka.Kafka", str(properties), log=log)

    async def is_ours() -> bool:  # at a port lost to another run, that one's broker would answer
        return await Kafka(f"{ports.HOST}:{port}").cluster() == _cluster_id(directory)

    return await ready(child, is_ours, step, START_SECONDS)


def _cluster_id(directory: Path) -> str:
    lines = (directory / "data" / "meta.properties").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)["cluster.id"]


def _write_properties(directory: Path, port: int) -> Path:
    controller = next(other for other in ports.free_each([ports.ANY, ports.ANY]) if other != port)
    listeners = f"PLAINTEXT://{ports.HOST}:{port},CONTROLLER://{ports.HOST}:{controller}"
    lines = PROPERTIES | {
        "listeners": listeners,
        "advertised.listeners": listeners,
        "controller.quorum.bootstrap.servers": f"{ports.HOST}:{controller}",
        "log.dirs": str(directory / "data"),
    }
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / "server.properties"
    path.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    return path


async def _format(command: tuple[str, ...], properties: Path, log: Path) -> None:
    # the first byte keeps the id from beginning with a dash, which would look like an option
    cluster = base64.urlsafe_b64encode(b"k" + secrets.token_bytes(15)).decode().rstrip("=")
    tool = ("kafka.tools.StorageTool", "format", "--standalone", "-t", cluster, "-c", str(properties))
    await run("Kafka's format of its storage", *command, *tool, log=log)
