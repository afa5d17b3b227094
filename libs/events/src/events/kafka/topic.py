"""The topic of a log: one partition in which nothing ever goes; checked before it is relied on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from events.bounded import bounded
from events.errors import Fault

from .address import connecting
from .starting import start

SETTINGS = {"retention.ms": "-1", "cleanup.policy": "delete", "max.message.bytes": str(1024 * 1024)}
"""What a topic must be set to, so that it is the log."""
ANSWER_SECONDS = 10.0
"""How long the broker may take to answer; the client itself would ask for ever."""
DELETION_PAUSE = 0.05
_NAME, _VALUE = 0, 1


class TopicUnfit(Fault):
    """A topic is not as a log needs it: one partition, nothing deleted."""


async def check_topic(bootstrap: str, topic: str) -> None:
    """Raise TopicUnfit unless the topic has one partition and SETTINGS (design §3).

    Raises UnknownTopicOrPartitionError where there is none yet.
    """
    async with _admin(bootstrap) as admin, asyncio.timeout(ANSWER_SECONDS):
        partitions = await _partitions(admin, topic)
        settings = await _settings(admin, topic)
    if partitions != 1:
        raise TopicUnfit(f"topic {topic} has {partitions} partitions: a log lies in exactly one")
    for name in ("retention.ms", "cleanup.policy"):
        if settings.get(name) != SETTINGS[name]:
            raise TopicUnfit(f"topic {topic} has {name}={settings.get(name)}: set it to {SETTINGS[name]}")
    if int(settings.get("max.message.bytes", 0)) < int(SETTINGS["max.message.bytes"]):
        raise TopicUnfit(f"topic {topic} takes messages of {settings.get('max.message.bytes')} bytes only")


async def fresh_topic(bootstrap: str, topic: str) -> None:
    """Make the topic anew and empty; what it held is gone, and can be relayed again from the log."""
    async with _admin(bootstrap) as admin, asyncio.timeout(3 * ANSWER_SECONDS):
        await admin.delete_topics([topic])
        while (code := await _create(admin, topic)) == TopicAlreadyExistsError.errno:  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(DELETION_PAUSE)  # a deletion takes effect a little later
    if code:
        raise for_code(code)(f"topic {topic} could not be made")


@asynccontextmanager
async def _admin(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    admin = AIOKafkaAdminClient(request_timeout_ms=5000, **connecting(bootstrap))
    try:
        await start(admin)
        yield admin
    finally:
        await bounded(admin.close(), 2)


async def _create(admin: AIOKafkaAdminClient, topic: str) -> int:
    answer = await admin.create_topics([NewTopic(topic, 1, 1, topic_configs=SETTINGS)])
    code: int = answer.topic_errors[0][1]
    return code


async def _partitions(admin: AIOKafkaAdminClient, topic: str) -> int:
    (found,) = await admin.describe_topics([topic])
    if found["error_code"]:
        raise for_code(found["error_code"])(f"topic {topic}")
    return len(found["partitions"])


async def _settings(admin: AIOKafkaAdminClient, topic: str) -> dict[str, Any]:
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    (code, message, *_, entries) = answers[0].resources[0]
    if code == UnknownTopicOrPartitionError.errno:
        raise UnknownTopicOrPartitionError(f"topic {topic}")
    if code:
        raise for_code(code)(message)
    return {entry[_NAME]: entry[_VALUE] for entry in entries}
