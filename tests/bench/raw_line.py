"""`python -m tests.bench.raw_line DSN BOOTSTRAP TOPIC`: a record becomes a row, and nothing else."""

import asyncio
import sys

import asyncpg
import uvloop

from events.kafka import consuming

TABLE = "CREATE TABLE raw_case(id uuid PRIMARY KEY, words text NOT NULL)"
INSERT = "INSERT INTO raw_case(id, words) VALUES ($1, $2)"


async def run(dsn: str, bootstrap: str, topic: str) -> None:
    """Consume, insert, commit, until it is stopped."""
    connection = await asyncpg.connect(dsn)
    async with consuming(bootstrap, topic) as consumer:
        await consumer.seek_to_beginning()
        async for record in consumer:
            await connection.execute(INSERT, record.key.decode(), record.value.decode())


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run(*sys.argv[1:]))
