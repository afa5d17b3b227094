"""Becomes another command, which the kernel signals when its parent ends; run by path, for speed.

`python -I -S tether.py SIGNAL PARENT USER COMMAND…`; USER is a uid to drop to, or 0 to stay.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def tether(signal: int, parent: int) -> None:
    """Ask for `signal` when the parent ends, and end at once if it has ended already."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0:
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    if os.getppid() != parent:
        sys.exit("the parent has ended")


def drop(user: int) -> None:
    """Become `user`; before the tether, since a change of user undoes it."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


if __name__ == "__main__":
    if int(sys.argv[3]):
        drop(int(sys.argv[3]))
    tether(int(sys.argv[1]), int(sys.argv[2]))
    os.execvp(sys.argv[4], sys.argv[4:])  # noqa: S606  a command of ours, no shell wanted
