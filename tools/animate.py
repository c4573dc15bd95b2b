"""Make the book's animations again, each with the still that stands for it: `make animations`.

What moves is computed by the library and drawn by `physlib.plots.animations`; here are only the
settings, the seeds and the files: `book/_static/animations/NAME.webp` and `NAME.png`.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from physlib import theory
from physlib.boundaries import learn_boundary, plane_points
from physlib.components.fields import relax_through, wall_spacing
from physlib.components.simulation import crossings, double_well_gradient, simulate
from physlib.files import atomic_path
from physlib.plots.animations import Film, boundaries, double_well_crossing, quench
from physlib.recipes import recipes

FOLDER = Path(__file__).parents[1] / "book" / "_static" / "animations"
SEED = 0
# The post leaves settings open: these are the recipe's, with small batches of few points.
PLANE = {
    "MLP": recipes["mlp"].replace(hidden=(32,), batch_size=32, lr=0.05),
    "the post's network": recipes["physlib"].replace(hidden=(32,), batch_size=32),
}
REACH = 2.7
WELL = {"lr": 0.005, "damping": 0.1, "temperature": 0.4}  # as in the chapter on Langevin


def decision_boundaries(epochs: int = 60, side: int = 100) -> Film:
    """An MLP and the post's network learn to tell moons, and circles, apart."""
    axis = torch.linspace(-REACH, REACH, side)
    where = torch.stack(torch.meshgrid(axis, axis, indexing="xy"), dim=-1)
    points, margins, accuracies = {}, {}, {}
    for shape in ("moons", "circles"):
        train, test = (plane_points(shape, 400, seed) for seed in (0, 1))
        found = {
            name: learn_boundary(recipe.replace(epochs=epochs), train, test, where, SEED)
            for name, recipe in PLANE.items()
        }
        points[shape] = train
        margins[shape] = {name: learnt.margins for name, learnt in found.items()}
        accuracies[shape] = {name: learnt.accuracies for name, learnt in found.items()}
    return boundaries(points, margins, accuracies, REACH)


def particle(steps: int = 1500, every: int = 6) -> Film:
    """A particle under the optimizer crosses the ridge of a double well now and then."""
    start = torch.tensor([-1.0], dtype=torch.float64)
    path, _ = simulate(double_well_gradient, start, steps, seed=SEED, **WELL)
    theta = np.linspace(-1.75, 1.75, 401)
    energy, count = theory.double_well(theta), crossings(path)
    return double_well_crossing(theta, energy, path[:, 0], count[:, 0], every, WELL["temperature"])


def coarsening(frames: int = 60, size: int = 256) -> Film:
    """A field is quenched: domains form and grow."""
    times = np.geomspace(2, 128, frames)
    start = torch.randn(1, size, size, generator=torch.Generator().manual_seed(SEED))
    fields = torch.stack(list(relax_through(start, times, 1.0, a=-1.0)))
    lengths = [float(wall_spacing(field, 1.0, a=-1.0)) for field in fields]
    return quench(fields[:, 0], times, lengths, theory.coarsening_length(times))


# Each with its frames per second and how WebP keeps it: lines to the letter, a picture nearly.
FILMS: dict[str, tuple[Callable[[], Film], int, dict[str, Any]]] = {
    "decision-boundaries": (decision_boundaries, 8, {"lossless": True, "method": 6}),
    "double-well": (particle, 20, {"lossless": True, "method": 6}),
    "coarsening": (coarsening, 10, {"quality": 75}),
}


def write(film: Film, path: Path, rate: int, **kept: Any) -> None:
    """The film as an endless WebP, and its last frame as a PNG beside it for paper."""
    film.figure.set_dpi(120)
    canvas, pictures = FigureCanvasAgg(film.figure), []
    for frame in range(film.frames):
        film.show(frame)
        canvas.draw()
        pictures.append(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))
    with atomic_path(path.with_suffix(".png")) as there:
        film.figure.savefig(there, dpi=200, metadata={"Software": None})
    durations = [1000 // rate] * (film.frames - 1) + [2000]  # a rest before it begins again
    with atomic_path(path) as there:
        first, *others = pictures
        first.save(there, save_all=True, append_images=others, duration=durations, loop=0, **kept)


if __name__ == "__main__":
    for name in sys.argv[1:] or FILMS:
        make, rate, kept = FILMS[name]
        path = FOLDER / f"{name}.webp"
        write(make(), path, rate, **kept)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")
