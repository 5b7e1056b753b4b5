"""What a process gives up for ever: time, memory, files, children, the network, and the rights of root.

It knows nothing of papers. Where Linux offers more than POSIX it is taken; elsewhere the limits that exist must do.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
from contextlib import suppress

from bisdesk.papers.verdict import Limits

NOBODY = 65534
NEW_USER, NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
DIE_WITH_PARENT, NOT_DUMPABLE, NO_NEW_RIGHTS = (1, 9), (4, 0), (38, 1)  # of prctl(2)
ON_LINUX = sys.platform == "linux"


def limited(limits: Limits) -> None:
    """Limit time and memory; nothing is written to a file and no memory to a core. Raises: OSError, ValueError on Linux."""
    _most("RLIMIT_AS", limits.memory)
    _most("RLIMIT_CPU", limits.cpu_s)
    _most("RLIMIT_CORE", 0)
    _most("RLIMIT_FSIZE", 0)


def shut_in() -> None:
    """Open nothing and start nothing any more: call it when all libraries are loaded. Raises: OSError, ValueError on Linux."""
    if ON_LINUX:
        _leave_the_network()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    if ON_LINUX:
        kernel = ctypes.CDLL(None, use_errno=True)
        for wish, value in (NO_NEW_RIGHTS, NOT_DUMPABLE, DIE_WITH_PARENT):
            kernel.prctl(wish, value, 0, 0, 0)
    _most("RLIMIT_NPROC", 0)
    _most("RLIMIT_NOFILE", 3)  # stdin, stdout, stderr: with no number left there is no file and no socket


def _leave_the_network() -> None:
    """Take an empty network; where the kernel forbids that to this user, there is still no number for a socket."""
    kernel = ctypes.CDLL(None, use_errno=True)
    kernel.unshare(NEW_NETWORK if os.geteuid() == 0 else NEW_USER | NEW_NETWORK)


def _most(name: str, value: int) -> None:
    kind = getattr(resource, name, None)
    with suppress(*(() if ON_LINUX else (OSError, ValueError))):
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(kind, (most, most))
