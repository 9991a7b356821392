"""One seed for the whole study, and a stream of its own for every task.

A task's stream depends on the seed and on the task's name, never on what else runs, in which order
or on how many cores: adding a wave leaves the draws of the others as they were.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def task_generator(seed: int, *task: str) -> np.random.Generator:
    """Random generator of one task.

    Parameters
    ----------
    seed : int
        The study's seed, 0 or more.
    *task : str
        Names that together are unique to the task, such as the wave, the step and the item.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> float(task_generator(1, "a").random()) == float(task_generator(1, "a").random())
    True
    >>> float(task_generator(1, "a").random()) == float(task_generator(1, "b").random())
    False
    """
    import numpy as np

    key = [zlib.crc32(name.encode("utf-8")) for name in task]
    return np.random.default_rng(np.random.SeedSequence(entropy=seed, spawn_key=tuple(key)))
