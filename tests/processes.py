"""Processes of a server stopped and woken, as if the network swallowed all it says."""

import psutil  # type: ignore[import-untyped]


def freeze(pid: int) -> None:
    """Stop a process and all below it; the first one first, so that it starts no more."""
    top = psutil.Process(pid)
    top.suspend()
    while top.status() != psutil.STATUS_STOPPED:
        pass
    for process in top.children(recursive=True):
        process.suspend()


def wake(pid: int) -> None:
    """Let them go on."""
    top = psutil.Process(pid)
    for process in [*top.children(recursive=True), top]:
        process.resume()
