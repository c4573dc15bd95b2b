"""Bad arguments of what `physlib` itself promises: (function, good arguments, name, bad values)."""

import math

import numpy as np
import torch

import physlib
from physlib import MLP, ExperimentalNet, HyperbolicLinear, Langevin, fit, recipes
from physlib import ginzburg_landau_loss as gl
from physlib import hyperbolic_linear as layer
from physlib.components.annealing import TemperatureScheduler
from physlib.components.hyperbolic import ramp_vector
from physlib.components.noise import Noise

PHI, TARGET = torch.randn(4, 10), torch.arange(4)
OUTPUT = {"phi": PHI, "target": TARGET}
X, W, ZERO = torch.randn(4, 7), torch.randn(5, 7), torch.tensor(0.0)
INPUT = {"x": X, "weight": W, "beta": ZERO, "t": ZERO}
DIGITS = recipes["physlib"].override("dataset=digits")
NOT_NUMBERS = ["0.1", None, 1j, [1.0], object(), torch.ones(2), math.nan, math.inf, 10**400]
NO_SIZE = [0, -3, 2.5, "3", math.nan, None, True, 10**30, np.float64(3)]
NO_SEED = [-1, 1.5, "0", math.nan, True, np.float64(0)]
NO_NAME = ["nope", None, 3, ["class"], ""]
NOT_FLOATS = [PHI.long(), PHI.bool(), PHI.to(torch.complex64), PHI.numpy(), [[1.0]], None]


def langevin(**options):
    """With one parameter, and a step after it: what is bad must not wait for the step."""
    Langevin([torch.zeros(3, requires_grad=True)], **options)


def langevin_set(**settings):
    """As a scheduler may set them."""
    theta = torch.zeros(3, requires_grad=True)
    theta.grad = torch.ones(3)
    optimizer = Langevin([theta])
    optimizer.param_groups[0].update(settings)
    try:
        optimizer.step()
    finally:
        assert not theta.any()


def recipe(**fields):
    DIGITS.replace(**fields)


def setting(**fields):
    """As the command line gives them."""
    DIGITS.override(*(f"{name}={text}" for name, text in fields.items()))


def of_name(recipe):
    recipes[recipe]


PUBLIC = [
    (gl, {"target": TARGET}, "phi", [*NOT_FLOATS, PHI[0], PHI[:0], PHI[:, :0], PHI[None]]),
    (gl, {"phi": PHI}, "target", [
        TARGET.float() + 0.5, TARGET.bool(), TARGET.int(), TARGET[:, None], TARGET[:3], TARGET[0],
        TARGET - 1, TARGET + 7, TARGET.to("meta"), PHI, [0, 1, 2, 3], None, TARGET * 10**15,
        TARGET.float().requires_grad_(),
    ]),
    (gl, OUTPUT, "alpha", NOT_NUMBERS),
    (gl, OUTPUT, "gamma", NOT_NUMBERS),
    (gl, OUTPUT, "stiffness", [*NOT_NUMBERS, True]),
    (gl, OUTPUT, "eps", [-1e-9, *NOT_NUMBERS]),
    (gl, OUTPUT, "axis", NO_NAME),
    (gl, OUTPUT, "maximum", NO_NAME),
    (gl, OUTPUT, "quartic", NO_NAME),
    (gl, OUTPUT, "wrap", [1, "yes", None, math.nan]),
    (physlib.GinzburgLandauLoss, {}, "alpha", NOT_NUMBERS),
    (physlib.GinzburgLandauLoss, {}, "axis", NO_NAME),
    (layer, INPUT, "x", [
        X.long(), X.bool(), X.to(torch.complex64), X.double(), X.half(), X[:, :6], X[..., None],
        ZERO, X.to("meta"), X.numpy(), None, [[1.0] * 7],
    ]),
    (layer, INPUT, "weight", [W[0], W[:, :6], W[:0], W[None], W.double(), W.to("meta"), None]),
    (layer, INPUT, "beta", [torch.zeros(1), torch.zeros(7), 0.1, None, "0.1"]),
    (layer, INPUT, "t", [torch.zeros(1), torch.zeros(4, 1), 1.0]),
    (layer, INPUT, "ramp", [torch.ones(6), torch.ones(1), ZERO, "linear", None, 3]),
    (ramp_vector, {"kind": "index"}, "features", NO_SIZE),
    (HyperbolicLinear, {"out_features": 3}, "in_features", NO_SIZE),
    (HyperbolicLinear, {"in_features": 3}, "out_features", NO_SIZE),
    (HyperbolicLinear, {"in_features": 3, "out_features": 2}, "beta", [30.0, *NOT_NUMBERS]),
    (HyperbolicLinear, {"in_features": 3, "out_features": 2}, "ramp", NO_NAME),
    (ExperimentalNet, {}, "widths", [(784,), (), 784, None, (784, 0), (7, 2.5), (7, 10**30)]),
    (ExperimentalNet, {}, "activation", NO_NAME),
    (ExperimentalNet, {}, "layer", NO_NAME),
    (ExperimentalNet, {}, "ramp", NO_NAME),
    (ExperimentalNet, {}, "beta", NOT_NUMBERS),
    (ExperimentalNet, {}, "batch_norm", [1, "no", None]),
    (MLP, {}, "widths", [(784,), 784, None, (784, -1), ("784", "10"), {784, 10}]),
    (langevin, {}, "lr", [-1e-3, *NOT_NUMBERS]),
    (langevin, {}, "damping", [0, 1.0001, -0.1, *NOT_NUMBERS]),
    (langevin, {}, "temperature", [-1e-9, *NOT_NUMBERS]),
    (langevin, {}, "scheme", NO_NAME),
    (langevin, {}, "noise", NO_NAME),
    (langevin, {}, "seed", [*NO_SEED, [], [0, -1], [0.5], ("0",), {}]),
    (langevin_set, {}, "lr", [-1e-3, *NOT_NUMBERS, torch.tensor(math.nan)]),
    (langevin_set, {}, "damping", [0, 2, "0.1", math.nan]),
    (langevin_set, {}, "temperature", [-1.0, *NOT_NUMBERS]),
    (Noise, {}, "seed", [*NO_SEED, None]),
    (TemperatureScheduler, {"schedule": abs}, "optimizer", [None, ZERO]),
    (TemperatureScheduler, {"schedule": abs}, "optimizer", [torch.optim.SGD([ZERO], lr=1.0)]),
    *((recipe, {}, name, NOT_NUMBERS) for name in ("alpha", "gamma", "stiffness", "beta")),
    *((recipe, {}, name, [-1.0, *NOT_NUMBERS]) for name in ("lr", "temperature", "label_noise")),
    (recipe, {}, "damping", [0.0, 1.5, *NOT_NUMBERS]),
    (recipe, {}, "label_noise", [1.1]),
    (recipe, {}, "epochs", [0, -1, 1.5, "3", None]),
    (recipe, {}, "batch_size", [1, *NO_SIZE]),
    (recipe, {}, "validation", [-1, 0.5, "10", None]),
    (recipe, {}, "pixel_permutation", [*NO_SEED, None, 2**64]),
    (recipe, {}, "hidden", [156, [156], (0,), (1.5,), ("8",), None, (10**30,)]),
    (recipe, {}, "pixel_range", [(0.0,), (0, 1, 2), [0, 1], (0, math.nan), ("0", "1"), None]),
    *((recipe, {}, name, NO_NAME) for name in (
        "network", "activation", "layer", "ramp", "loss", "axis", "maximum", "quartic",
        "optimizer", "scheme", "noise", "velocity", "dataset")),
    *((recipe, {}, name, [1, "true", None]) for name in ("batch_norm", "wrap")),
    (recipe, {}, "name", [None, 3, ("a",)]),
    (setting, {}, "lr", ["", "fast", "0x10", "1" * 5000 + "e"]),
    (setting, {}, "epochs", ["", "2.5", "1e3", "9" * 5000, "five"]),
    (setting, {}, "hidden", ["a", "1,b", "1.5"]),
    (setting, {}, "wrap", ["1", "yes", ""]),
    (setting, {}, "axis", ["", "Class"]),
    (of_name, {}, "recipe", ["", "phys", "PHYSLIB", None, 3]),
    (fit, {}, "recipe", ["nope", "", None, 3, {"lr": 1}]),
    (fit, {"recipe": DIGITS}, "seed", NO_SEED),
    (fit, {"recipe": DIGITS}, "seeds", [[], 3, [1, 1], [-1], [0.5]]),
    (fit, {"recipe": DIGITS}, "device", ["abacus", "cuda:99", "meta", 3]),
    (fit, {"recipe": DIGITS}, "checkpoint", [5, 1.5, ["c.pt"]]),
    (fit, {"recipe": DIGITS}, "graph", [True]),
]  # fmt: skip
