"""What is measured once a run is over, beyond its curves."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from physlib.calibration import calibration_error, negative_log_likelihood, softmax_temperature
from physlib.coherence import normalised, spatial_coherence
from physlib.components.hyperbolic import HyperbolicLinear
from physlib.convergence import mean_height
from physlib.corruptions import CORRUPTIONS
from physlib.data import Dataset
from physlib.metrics import accuracy
from physlib.models import parameter_count
from physlib.recipes import Recipe
from physlib.runs import Run
from physlib.training import recipe_data

SUBSET = 2_500  # evenly spaced images that corruptions and softmax temperature are measured on
_DAMAGE = 28  # the seed of the damage: one for all runs, whose differences are then paired


@torch.no_grad()
def measure(run: Run) -> dict[str, float]:
    r"""The final metrics of a whole run, by name. It must have been trained on the CPU.

    "Test images" are those of the recipe: the held-out ones where it asks for validation.

    - ``parameters``: how many numbers training may change.
    - ``output_coherence``, ``output_coherence_forward``: of φ̂ over the classes, on the test
      images, with either difference of `physlib.coherence`.
    - ``weight_coherence``, ``weight_coherence_bare``: of the first layer's weights as 28×28
      images, mean over both directions. The first is of what multiplies the pixels,
      :math:`W_0 \odot (a\cosh 5\beta + \langle t(x)\rangle\sinh 5\beta)`, the second of
      :math:`W_0`; for a linear layer they agree. Images are wrapped around, so that the score
      keeps its range; of the 784 differences in each direction 56 reach across an edge.
    - ``softmax_temperature``, ``nll`` (nats), ``calibration_error``: see `physlib.calibration`;
      τ is fitted on `SUBSET` training images. The softmax is taken of what the loss
      sees: of φ̂ under the Ginzburg-Landau loss, which does not know the length of φ, and of φ
      under cross-entropy.
    - ``gaussian_0.2``, …: accuracy on `SUBSET` test images under a damage of
      `physlib.corruptions`, drawn once for all runs; and ``gaussian_area``, …: its mean height
      over the amounts, in [0, 1].
    - ``norm_1``, ``beta_1``, ``t_1``, …: of each layer, from input to output: the Frobenius norm
      of its weights, and β and t where it has them.
    """
    recipe, model = run.recipe, run.model.eval()
    data = recipe_data(recipe, run.seed, "cpu")
    phi = _outputs(model, data.test_inputs(recipe.pixel_range))
    fitted = _outputs(model, _spaced(data.train_inputs(recipe.pixel_range)))
    tau = softmax_temperature(_seen(recipe, fitted), _spaced(data.train_labels))
    z, labels = _seen(recipe, phi), data.test_labels
    effective, bare = _weight_images(model, data.test_inputs(recipe.pixel_range))
    return {
        "parameters": parameter_count(model),
        "output_coherence": spatial_coherence(normalised(phi)),
        "output_coherence_forward": spatial_coherence(normalised(phi), difference="forward"),
        "weight_coherence": spatial_coherence(effective, (-2, -1)),
        "weight_coherence_bare": spatial_coherence(bare, (-2, -1)),
        "softmax_temperature": tau,
        "nll": negative_log_likelihood(z, labels, tau),
        "calibration_error": calibration_error(F.softmax(z.double() / tau, dim=1), labels),
        **_stability(recipe, model, data),
        **_layers(model),
    }


def _layers(model: nn.Module) -> dict[str, float]:
    layers = [m for m in model.modules() if isinstance(m, nn.Linear | HyperbolicLinear)]
    found = {f"norm_{i}": float(layer.weight.norm()) for i, layer in enumerate(layers, start=1)}
    for i, layer in enumerate(layers, start=1):
        if isinstance(layer, HyperbolicLinear):
            found |= {f"beta_{i}": float(layer.beta), f"t_{i}": float(layer.t)}
    return found


def _spaced(rows: Tensor) -> Tensor:
    return rows[:: max(1, len(rows) // SUBSET)][:SUBSET]


def _outputs(model: nn.Module, x: Tensor) -> Tensor:
    return torch.cat([model(chunk) for chunk in x.split(4096)])


def _seen(recipe: Recipe, phi: Tensor) -> Tensor:
    """What the loss sees of an output."""
    return normalised(phi) if recipe.loss == "ginzburg-landau" else phi


def _weight_images(model: nn.Module, x: Tensor) -> tuple[Tensor, Tensor]:
    """First-layer weights (O, 28, 28), with the layer's mean gain and without it."""
    layer = next(m for m in model.modules() if isinstance(m, nn.Linear | HyperbolicLinear))
    bare = layer.weight
    if isinstance(layer, HyperbolicLinear):
        t = layer.t * torch.sigmoid(x.mean(-1)).mean()
        gain = layer.ramp * torch.cosh(5 * layer.beta) + t * torch.sinh(5 * layer.beta)
        return (bare * gain).view(-1, 28, 28), bare.view(-1, 28, 28)
    return bare.view(-1, 28, 28), bare.view(-1, 28, 28)


def _stability(recipe: Recipe, model: nn.Module, data: Dataset) -> dict[str, float]:
    images, labels = _spaced(data.test_images).float() / 255, _spaced(data.test_labels)
    black, white = recipe.pixel_range
    found: dict[str, float] = {}
    for kind, (corrupt, amounts) in CORRUPTIONS.items():
        heights = []
        for amount in amounts:
            damaged = corrupt(images, amount, torch.Generator().manual_seed(_DAMAGE))
            phi = _outputs(model, damaged.flatten(1) * (white - black) + black)
            heights.append(float(accuracy(phi, labels)))
            found[f"{kind}_{amount:g}"] = heights[-1]
        found[f"{kind}_area"] = mean_height(amounts, heights)
    return found
