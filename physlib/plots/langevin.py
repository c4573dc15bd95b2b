"""Figures of particles under the optimizer."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import styled


@styled
def well(
    paths: ArrayLike, positions: ArrayLike, theta: ArrayLike, densities: Mapping[str, ArrayLike]
) -> Figure:
    """Paths (steps, particles) in a well, and the positions of a cloud against densities."""
    figure, (left, right) = plt.subplots(2, 1, figsize=(5.2, 5.4))
    left.plot(np.asarray(paths), linewidth=0.8)
    left.set(xlabel="step", ylabel=r"position $\theta$", title="A few particles")
    right.hist(np.asarray(positions), bins=60, density=True, color="0.8", label="simulated")
    for (label, density), style in zip(densities.items(), ("--", "-"), strict=False):
        right.plot(theta, density, style, label=label)
    right.set(xlabel=r"position $\theta$", ylabel="probability density", title="The cloud")
    right.legend()
    return figure
