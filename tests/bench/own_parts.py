"""PostgreSQL and Kafka of a bench's own, gone when it ends."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from local.parts import Parts, parts


@asynccontextmanager
async def own_parts() -> AsyncIterator[tuple[Parts, Path]]:
    """Run parts in a directory of their own, where logs may lie beside them."""
    with TemporaryDirectory(prefix="kept-bench-") as name:
        async with parts(_readable(name) / "parts") as running:
            yield running, Path(name)


def _readable(directory: str) -> Path:
    """Let the user that PostgreSQL runs as in."""
    path = Path(directory)
    path.chmod(0o755)
    return path
