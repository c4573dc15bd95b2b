"""Figures of the loss and of the field theory behind it."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import styled


@styled
def loss_density(d: ArrayLike, density: ArrayLike, sign_change: float) -> Figure:
    """The density of the loss against the error d, whole and near zero, with its absolute value."""
    d, density = np.asarray(d), np.asarray(density)
    figure, (whole, near) = plt.subplots(2, 1, figsize=(5.2, 5.4))
    for axes, reach in ((whole, d.max()), (near, 1.6 * sign_change)):
        shown = np.abs(d) <= reach
        axes.axhline(0, color="0.8", linewidth=0.8)
        axes.plot(d[shown], density[shown], label=r"$\alpha d^2 - \gamma d^4$")
        axes.plot(d[shown], np.abs(density[shown]), "--", label="its absolute value")
        axes.set_xlabel("error of every output, $d$")
    near.set_ylabel("energy density")
    whole.set(ylabel="energy density", title="The whole range: a hill, folded into a well")
    near.set_title("Near zero: where the sign changes")
    near.ticklabel_format(axis="y", scilimits=(0, 0), useMathText=True)
    for position in (-sign_change, sign_change):
        near.axvline(position, color="0.5", linestyle=":")
    near.annotate(
        r"$d = \sqrt{\alpha/\gamma}$",
        (sign_change, 0.75 * np.abs(density[np.abs(d) <= 1.6 * sign_change]).max()),
        ha="right",
        xytext=(-4, 0),
        textcoords="offset points",
    )
    whole.legend()
    return figure
