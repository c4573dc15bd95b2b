"""Random networks in one to four dimensions, in which integrals can be done."""

import itertools

import torch
from torch import Tensor
from torch.nn import functional as F

from physlib.checks import require_integer, require_number
from physlib.principles.losses import cross_entropy
from physlib.principles.uncertainty.estimators import (
    Field,
    estimate_uncertainty,
    exact_uncertainty,
)
from physlib.studies import Row

NODES = {1: 200, 2: 100, 3: 40, 4: 20}  # of the quadrature, along each dimension
GAINS = (0.5, 4.0)  # weights have a standard deviation of this over the root of the fan-in
HIDDEN = 16
CLASSES = 3
_STREAM = 1_000  # networks of two seeds never share a generator


def random_loss(dimension: int, gain: float, generator: torch.Generator) -> Field:
    r"""The cross-entropy of a random network for its first class, from (N, d) to (N,).

    Two hidden layers of tanh units, weights and biases Gaussian with standard deviation
    gain/√(fan-in), in float64: smooth, so that quadrature converges.

    Raises:
        TypeError, ValueError: no dimension from 1, or no positive gain.
    """
    widths = (require_integer("dimension", dimension, low=1), HIDDEN, HIDDEN, CLASSES)
    gain = require_number("gain", gain, low=0, open_low=True)
    layers = [
        torch.randn(o, i + 1, dtype=torch.float64, generator=generator) * gain / i**0.5
        for i, o in itertools.pairwise(widths)
    ]

    def loss(x: Tensor) -> Tensor:
        for depth, layer in enumerate(layers):
            x = F.linear(x.tanh() if depth else x, layer[:, 1:], layer[:, 0])
        return cross_entropy(x, torch.zeros(len(x), dtype=torch.int64))

    return loss


def random_networks(*, networks: int, samples: int, seed: int) -> list[Row]:
    r"""Both sides of the relation for random networks on [−1, 1]^d, by Monte Carlo and exactly.

    Network k = 1, 2, … has 1 + (k − 1) mod 4 dimensions and a gain that is log-uniform in `GAINS`.
    Each row's epoch is k. Metrics: ``dimension``, ``gain``, ``effective``, and for every
    coordinate i, ``product_i``, ``bound_i``, ``slack_i`` and ``identity_i`` (the covariance
    minus what partial integration makes of it) with ``…_error``, and ``exact_product_i``,
    ``exact_bound_i`` and ``exact_identity_i``, which is what the quadrature is off by.

    Raises:
        TypeError, ValueError: counts that are too small, too many networks for a seed, or a
            negative seed.
    """
    require_integer("networks", networks, low=1, high=_STREAM)
    seed = require_integer("seed", seed, low=0)
    rows: list[Row] = []
    for k in range(1, networks + 1):
        generator = torch.Generator().manual_seed(_STREAM * seed + k)
        d = 1 + (k - 1) % len(NODES)
        low, high = GAINS
        gain = low * (high / low) ** torch.rand((), generator=generator).item()
        loss, ends = random_loss(d, gain, generator), [1.0] * d
        box = [-e for e in ends], ends
        value, error, effective = estimate_uncertainty(
            loss, *box, samples=samples, generator=generator
        )
        exact = exact_uncertainty(loss, *box, points=NODES[d])
        rows += [(k, "dimension", d), (k, "gain", gain), (k, "effective", effective)]
        for i in range(d):
            for name in ("product", "bound", "slack", "identity"):
                rows.append((k, f"{name}_{i + 1}", getattr(value, name)[i].item()))
                rows.append((k, f"{name}_error_{i + 1}", getattr(error, name)[i].item()))
            for name in ("product", "bound", "identity"):
                rows.append((k, f"exact_{name}_{i + 1}", getattr(exact, name)[i].item()))
    return rows
