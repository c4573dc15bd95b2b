"""Figures of the layer."""

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from physlib.plots.style import styled


@styled
def layer_gain(gains: Mapping[str, ArrayLike], side: int) -> Figure:
    """The gain of each input: as curves over the pixel index, and the first one as an image."""
    figure, (curves, image) = plt.subplots(1, 2, figsize=(5.2, 2.9), width_ratios=[1.2, 1])
    for label, gain in gains.items():
        curves.plot(np.asarray(gain), label=label)
    curves.set(xlabel="pixel index $i$", ylabel="gain of pixel $i$", title="Along the ramp")
    curves.legend()
    label, gain = next(iter(gains.items()))
    shown = image.imshow(np.asarray(gain).reshape(side, side))
    image.set(title=f"{label}, as an image", xticks=[], yticks=[])
    figure.colorbar(shown, ax=image, label="gain", location="bottom")
    return figure
