"""Starts of Kafka clients."""

import asyncio

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient

from events.bounded import bounded

START_SECONDS = 10.0
"""How long a broker may take to answer a client that starts; the client itself would ask for ever."""
CUT_OFF_SECONDS = 2.0
"""How long a start that is cut off may go on."""


async def start(client: AIOKafkaProducer | AIOKafkaConsumer | AIOKafkaAdminClient) -> None:
    """Start a client. Raises KafkaError, or TimeoutError without an answer.

    aiokafka 0.14 loses the first connection of a start that is cancelled before its second answer: so what is
    cut off is let go on until it has come to its end, and only then cancelled.
    """
    starting = asyncio.create_task(client.start())
    try:
        async with asyncio.timeout(START_SECONDS):
            await asyncio.shield(starting)
    finally:
        if not starting.done():
            await bounded(_ended(starting), CUT_OFF_SECONDS)


async def _ended(starting: asyncio.Task[None]) -> None:
    await starting
