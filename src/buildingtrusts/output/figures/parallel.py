"""Share work between processes by fork, which spares every worker the imports.

The shares depend on the number of workers and never on the machine; since each piece of work is
independent of the others, results are the same with one process.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Sequence


def shares(names: Sequence[str], workers: int) -> list[list[str]]:
    """Deal names out like cards, there and back, so that no worker always goes first.

    Examples
    --------
    >>> shares(["a", "b", "c", "d", "e"], 2)
    [['a', 'd', 'e'], ['b', 'c']]
    """
    dealt: list[list[str]] = [[] for _ in range(workers)]
    for place, name in enumerate(names):
        turn, seat = divmod(place, workers)
        dealt[seat if turn % 2 == 0 else workers - 1 - seat].append(name)
    return dealt


def share_out(work: Callable[[str], None], names: Sequence[str], workers: int) -> None:
    """Do a piece of work for each name, in several processes.

    Parameters
    ----------
    work : callable
        Called with one name; its results are the files it writes.
    names : sequence of str
        What to do.
    workers : int
        Processes, this one included. Systems other than Linux use one: elsewhere a forked
        process may not use the system's libraries.

    Raises
    ------
    RuntimeError
        If a worker failed; its traceback is on standard error.
    """
    if workers < 2 or sys.platform != "linux":
        for name in names:
            work(name)
        return
    own, *others = shares(names, workers)
    # What was imported so far lives as long as the process: no need to look it over for garbage.
    gc.freeze()
    children = [_fork(work, share) for share in others]
    try:
        for name in own:
            work(name)
    finally:
        failed = [child for child in children if os.waitpid(child, 0)[1] != 0]
    if failed:
        raise RuntimeError("a process that draws figures failed; its traceback is above.")


def _fork(work: Callable[[str], None], names: Sequence[str]) -> int:
    sys.stdout.flush()
    sys.stderr.flush()
    with warnings.catch_warnings():
        # Python warns of threads at a fork; those of numpy's linear algebra survive it.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    status = 1
    try:
        for name in names:
            work(name)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        # Leaving without clean-up: files and folders belong to the first process.
        os._exit(status)
