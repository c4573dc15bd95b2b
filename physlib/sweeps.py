"""A sweep on paper: a queue of runs, workers that start, work and die, a scheduler and a disk."""

import heapq
import math
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np

from physlib.checks import require_integer, require_number


@dataclass(frozen=True)
class Cluster:
    """What a sweep runs on; times in seconds.

    `startup` is what a worker needs before its first run, and again after each death; `life` its
    mean until it dies, exponentially; `dispatch` what the scheduler, and `write` what the client
    needs for each run, one run at a time; a run that loses more than `allowed` workers is given up.
    """

    workers: int
    startup: float = 0.0
    life: float = math.inf
    dispatch: float = 0.0
    write: float = 0.0
    allowed: int = 3

    def __post_init__(self) -> None:
        require_integer("workers", self.workers, low=1)
        require_integer("allowed", self.allowed, low=0)
        for name in ("startup", "dispatch", "write"):
            require_number(name, getattr(self, name), low=0)
        if not self.life > 0:
            raise ValueError(f"life must be positive, got {self.life!r}")


@dataclass(frozen=True)
class Outcome:
    """How it went: `wall` seconds until the last record, in which every worker is paid for.

    Worker seconds: `useful` in runs that ended, `lost` in those that died, `starting`; what is
    left of workers · wall is `idle`. `deaths` and `given_up` are numbers of times and of runs.
    """

    wall: float
    paid: float
    useful: float
    lost: float
    starting: float
    deaths: int
    given_up: int

    @property
    def idle(self) -> float:
        """Worker seconds that were paid for and used for nothing."""
        return self.paid - self.useful - self.lost - self.starting


def simulate(seconds: Sequence[float], cluster: Cluster, seed: int = 0) -> Outcome:
    """Run a queue of runs, in their order, on paper.

    An idle worker asks for a run, the scheduler answers one after the other, the client writes one
    record after the other; a run whose worker died is first in the queue again.

    Args:
        seconds: of each run on one worker, if nothing happens.
        cluster: what it runs on.
        seed: of the workers' deaths.

    Raises:
        ValueError: no run, or a length that is not a positive number.
    """
    if not len(seconds) or not all(s > 0 and math.isfinite(s) for s in seconds):
        raise ValueError("seconds must be positive and finite, and at least one")
    lives = _lives(cluster.life, seed)
    queue, idle = deque(range(len(seconds))), 0
    died = np.zeros(len(seconds), dtype=int)
    order = count()  # of events at the same time
    # What happens next: a worker is free, or dies in a run.
    events = [(cluster.startup, next(order), -1) for _ in range(cluster.workers)]
    answered, ends = 0.0, []
    useful, lost, given_up = 0.0, 0.0, 0
    started = [0.0] * cluster.workers

    while events:
        now, _, dead = heapq.heappop(events)
        idle += dead < 0
        if dead >= 0:
            died[dead] += 1
            started.append(now)
            heapq.heappush(events, (now + cluster.startup, next(order), -1))
            if died[dead] > cluster.allowed:
                given_up += 1
            else:
                queue.appendleft(dead)
        while idle and queue:
            run = queue.popleft()
            idle -= 1
            answered = begins = max(now, answered) + cluster.dispatch
            needs, life = seconds[run], next(lives)
            if life < needs:
                lost += life
                heapq.heappush(events, (begins + life, next(order), run))
            else:
                useful += needs
                ends.append(begins + needs)
                heapq.heappush(events, (begins + needs, next(order), -1))
        if len(ends) + given_up == len(seconds):
            break

    written = 0.0
    for end in sorted(ends):
        written = max(written, end) + cluster.write
    wall = max(written, now)
    starting = float(np.minimum(cluster.startup, wall - np.array(started)).sum())
    paid = cluster.workers * wall
    return Outcome(wall, paid, useful, lost, starting, int(died.sum()), given_up)


def _lives(mean: float, seed: int) -> Iterator[float]:
    """Exponential times, in blocks, which are far quicker to draw than single ones."""
    generator = np.random.default_rng(seed)
    while True:
        yield from generator.exponential(1.0, 4096) * mean if math.isfinite(mean) else [math.inf]
