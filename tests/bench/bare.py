"""`python -m tests.bench.bare DSN PORT`: an endpoint of FastAPI with one INSERT, and nothing on."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated
from uuid import UUID

import asyncpg
import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel

from events.clock import new_id

TABLE = (
    "CREATE TABLE promise(id uuid PRIMARY KEY, case_id uuid NOT NULL, words text NOT NULL, due timestamptz)"
)
INSERT = "INSERT INTO promise(id, case_id, words, due) VALUES ($1, $2, $3, $4)"
CONNECTIONS = 10


class Promise(BaseModel):
    """What is promised."""

    words: str
    due: datetime


def application(dsn: str) -> FastAPI:
    """Return the application on a database that has the table."""

    @asynccontextmanager
    async def pooled(app: FastAPI) -> AsyncIterator[None]:
        async with asyncpg.create_pool(dsn, min_size=CONNECTIONS, max_size=CONNECTIONS) as pool:
            app.state.pool = pool
            yield

    app = FastAPI(lifespan=pooled, openapi_url=None)

    def pool(request: Request) -> asyncpg.Pool:
        found: asyncpg.Pool = request.app.state.pool
        return found

    @app.post("/v1/cases/{case}/follow-ups", status_code=201)
    async def follow_up(
        case: UUID, promise: Promise, rows: Annotated[asyncpg.Pool, Depends(pool)]
    ) -> dict[str, UUID]:
        """Write one row."""
        made = new_id()
        await rows.execute(INSERT, made, case, promise.words, promise.due)
        return {"id": made}

    return app


if __name__ == "__main__":
    uvicorn.run(application(sys.argv[1]), port=int(sys.argv[2]), log_level="warning", access_log=False)
