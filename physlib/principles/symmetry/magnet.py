"""A magnet in which everyone sees everyone: the smallest system that must choose a sign."""

import numpy as np

from physlib.checks import require_integer, require_number
from physlib.theory import Array


def quench(
    copies: int,
    spins: int,
    steps: int,
    *,
    temperature: float,
    field: float = 0.0,
    seed: int = 0,
) -> Array:
    r"""Magnetisations of copies that start hot, each spin up or down by a coin, and are cooled.

    In a step every spin is drawn anew in the mean field of all,

    .. math::
        P(s_i = +1) = \frac{1}{1 + e^{-2(m + h)/T}},

    so that only the number of spins that point up matters, and it is binomial.

    Args:
        copies: replicas, which differ in their coins alone.
        spins: of each copy.
        steps: after the start.
        temperature: T, in units of the coupling; the magnet orders below one.
        field: h, in units of the coupling.
        seed: of the coins.

    Returns:
        m of every copy after each step, the start first.

    Shape:
        (steps + 1, copies).

    Units:
        Spins: m lies between −1 and 1.

    Raises:
        TypeError, ValueError: an argument outside its range.

    Source:
        The heat bath of Curie and Weiss's magnet, all spins at once.
    """
    copies = require_integer("copies", copies, low=1)
    spins = require_integer("spins", spins, low=1)
    steps = require_integer("steps", steps, low=0)
    temperature = require_number("temperature", temperature, low=0, open_low=True)
    field = require_number("field", field)
    seed = require_integer("seed", seed, low=0)
    rng = np.random.default_rng(seed)
    m = np.empty((steps + 1, copies))
    m[0] = 2 * rng.binomial(spins, 0.5, size=copies) / spins - 1
    for step in range(steps):
        up = (1 + np.tanh((m[step] + field) / temperature)) / 2
        m[step + 1] = 2 * rng.binomial(spins, up) / spins - 1
    return m


def spins_of(magnetisation: float, spins: int) -> Array:
    """Spins of ±1, the up ones first, of this magnetisation to the nearest that there is.

    Raises:
        TypeError, ValueError: a magnetisation outside [−1, 1], or no spin.
    """
    magnetisation = require_number("magnetisation", magnetisation, low=-1, high=1)
    spins = require_integer("spins", spins, low=1)
    up = round(spins * (1 + magnetisation) / 2)
    return np.where(np.arange(spins) < up, 1.0, -1.0)
