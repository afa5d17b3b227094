"""Ports on 127.0.0.1 that are free right now; between choice and bind one can still be lost."""

import socket
from collections.abc import Iterable
from contextlib import ExitStack

HOST = "127.0.0.1"
ANY = 0


def free(wanted: int = ANY) -> int:
    """`wanted` if nobody has it, else any free port."""
    return free_each([wanted])[0]


def free_each(wanted: Iterable[int]) -> list[int]:
    """One port for each wanted one, no two alike: itself if nobody has it, else any free one."""
    with ExitStack() as held:
        return [_hold(held, port) for port in wanted]


def _hold(held: ExitStack, wanted: int) -> int:
    probe = held.enter_context(socket.socket())
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind((HOST, wanted))
        probe.listen(0)  # only what listens keeps the next one off
    except OSError:
        if wanted == ANY:
            raise
        return _hold(held, ANY)
    port: int = probe.getsockname()[1]
    return port
