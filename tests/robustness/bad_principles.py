"""Bad arguments of the principles: (function, good arguments, name, bad values)."""

import math

import torch
from torch import nn

from physlib import checks
from physlib.experiments.conjugates import CODES, NETWORKS
from physlib.experiments.symmetry import EXPERIMENTS as SYMMETRY
from physlib.experiments.uncertainty import ALONG
from physlib.principles import attacks, codes, losses, survival
from physlib.principles.autoencoder import Autoencoder, trained_autoencoder
from physlib.principles.conjugates import conjugate
from physlib.principles.feature_space import attack_codes
from physlib.principles.fragility import attack_network
from physlib.principles.networks import recipe_of, trained
from physlib.principles.symmetry import control, expansion, magnet, networks, replicas, training
from physlib.principles.twins import control as steering
from physlib.principles.twins import errors, peers, policy, problem, study, systems
from physlib.principles.uncertainty import estimators, images, inequality
from physlib.principles.uncertainty import networks as random_losses
from physlib.principles.uncertainty import training as along

STRANGE = ["0.1", 1j, [1.0], object(), torch.ones(2), math.nan, math.inf, 10**400]
NOT_NUMBERS = [None, *STRANGE]
NEGATIVE = [-0.1, *NOT_NUMBERS]
NO_INTEGER = [-1, 2.5, "3", math.nan, None, True]
NO_COUNT = [0, *NO_INTEGER]
NO_NAME = ["nope", None, 3, ["inf"], ""]

X, Y = torch.rand(2, 3), torch.tensor([0, 2])
NOT_ROWS = [X.long(), X.bool(), X.to(torch.complex64), X[:0], X.numpy(), None, "x", X[0, 0]]
NOT_ITS_ROWS = [Y[:1], Y[0], None, [0, 2], "01"]
NOT_LABELS = [*NOT_ITS_ROWS, Y.float(), Y.bool(), Y.int(), Y[:, None], Y + 1, Y - 1]
NET = {"model": lambda x: x, "x": X, "y": Y}
MODEL = {**NET, "loss": losses.cross_entropy}
ATTACK = {**MODEL, "epsilon": 0.1}
CODE = {"decode": lambda z: z, "z": X}
CODE_ATTACK = {**CODE, "model": NET["model"], "loss": losses.cross_entropy, "y": Y,
               "radius": 1.0, "steps": 1}  # fmt: skip
IMAGES, LAYER = torch.rand(1, 2, 2), nn.Linear(16, 2)
NOT_IMAGES = [IMAGES.long(), IMAGES[:0], IMAGES[0, 0], IMAGES.numpy(), None, "x"]
MAGNET = {"copies": 2, "spins": 4, "steps": 1, "temperature": 1.0}
WEIGHTS = [[1.0, 2.0], [2.0, 4.0]]
NOT_REPLICAS = [None, 1.0, "12", [["1"], ["2"]], [[1.0, 2.0]], [[1.0], [1.0, 2.0]], [[], []],
                [[1.0, math.nan], [1.0, 2.0]], [[1j, 1], [1, 2]]]  # fmt: skip
PENDULUM, EPIDEMIC = systems.SYSTEMS["pendulum"], systems.SYSTEMS["epidemic"]
HIDDEN, START = PENDULUM.at(torch.full((3,), 0.5).double()), torch.zeros(2).double()
NOT_PARAMETERS = [HIDDEN[:2], HIDDEN[:0], HIDDEN.long(), None, [5.0, 0.4, 1.0], HIDDEN.numpy()]
OBSERVED = {"system": PENDULUM, "parameters": HIDDEN, "runs": 1, "generator": torch.Generator()}
STATES = torch.zeros(4, 2)
BOX = {"loss": lambda x: x[:, 0], "low": [0.0], "high": [1.0]}
NO_ENDS = [None, 1.0, "0", ["0"], [], [[0.0]], [math.nan], [math.inf], [-math.inf], [0.0, 0.0]]
NOT_A_LOSS = [lambda x: x, lambda x: x.sum(), lambda x: 0 * x[:, 0], lambda x: x[:, 0] / 0]


def settings(function, found, **less):
    """The study `function` with settings that are on record, and `changes` in their place."""
    good = {**found.settings, **less, "seed": 0}

    def called(**changes):
        function(**{**good, **changes})

    called.__name__ = function.__name__
    return called


def require_ascending(sizes):
    checks.require_ascending("sizes", sizes)


def place(place):
    PENDULUM.at(place)


def follow(**changes):
    """A problem, once it is asked for."""
    readings = problem.observe(PENDULUM, HIDDEN, 1, torch.Generator())
    return problem.Problem(**{"system": PENDULUM, "readings": readings, "budget": 2, **changes})


def followed(place):
    follow().simulate(place)


def expected_improvement(**changes):
    good = {"mean": torch.zeros(2).numpy(), "deviation": torch.ones(2).numpy(), "best": 0.0}
    peers.expected_improvement(**{**good, **changes})


FRAGILITY = settings(attack_network, NETWORKS["mlp"], dataset="digits", attacked=60, train_images=9)
FEATURES = settings(attack_codes, CODES["mlp"], dataset="digits", train_images=9)
ALONG_TRAINING = settings(along.along_training, ALONG["mlp"])
REPLICAS = settings(
    training.replica_study, SYMMETRY[0].build(None)[0], dataset="digits", images=9, validation=9
)
CALIBRATE = {"system": "pendulum", "method": "untuned", "budget": 1, "seed": 0}
ROBUSTNESS = {"system": "pendulum", "outliers": 0.0, "budget": 2, "seed": 0}
TRAINED = {"network": "mlp", "seed": 0, "lr": 0.1, "epochs": 1, "dataset": "digits"}
SIZES = [(), (0.2, 0.1), (0.1, 0.1), (-0.1,), ("0.1",), (math.nan,), "1", None, 0.1]

PRINCIPLES = [
    # ---- attacks ----
    *((f, good, name, bad) for f, good in (
        (attacks.fgsm, ATTACK), (attacks.pgd, ATTACK), (attacks.input_gradient, MODEL),
        (survival.first_order_radius, NET), (survival.right, NET), (conjugate, MODEL),
    ) for name, bad in (("x", NOT_ROWS), ("y", NOT_ITS_ROWS))),
    *((f, ATTACK, name, bad) for f in (attacks.fgsm, attacks.pgd) for name, bad in (
        ("epsilon", NEGATIVE), ("low", STRANGE), ("high", STRANGE))),
    (attacks.fgsm, {**ATTACK, "high": 0.0}, "low", [0.1, 1]),
    (attacks.pgd, ATTACK, "norm", [*NO_NAME, "1", 2]),
    (attacks.pgd, ATTACK, "steps", NO_COUNT),
    (attacks.pgd, ATTACK, "step_size", [-0.1, *STRANGE]),
    (attacks.random_step, {"epsilon": 0.1}, "x", NOT_ROWS),
    (attacks.random_step, {"x": X}, "epsilon", NEGATIVE),
    (attacks.random_step, {"x": X, "epsilon": 0.1}, "norm", NO_NAME),
    (attacks.project, {"epsilon": 0.1}, "moved", NOT_ROWS),
    (attacks.project, {"moved": X}, "epsilon", NEGATIVE),
    (attacks.project, {"moved": X, "epsilon": 0.1}, "norm", NO_NAME),
    (conjugate, MODEL, "loss", [lambda phi, y: phi, lambda phi, y: 0 * phi[:, 0]]),
    (losses.losses_of, {}, "network", NO_NAME),
    *((f, {"phi": X, "target": Y}, name, bad) for f in (
        losses.cross_entropy, losses.lost_margin, losses.ginzburg_landau,
        losses.ginzburg_landau_bracket,
    ) for name, bad in (("phi", [*NOT_ROWS, X[0], X[None]]), ("target", NOT_LABELS))),
    *((survival.survivors, {**NET, "losses": {"own": losses.cross_entropy}, "steps": 1,
                            "epsilon": 0.1, "generator": torch.Generator()}, name, bad)
      for name, bad in (("epsilon", NEGATIVE), ("steps", NO_COUNT), ("x", NOT_ROWS),
                        ("losses", [{}, None]))),
    (survival.spaced, {"images": X, "labels": Y}, "count", [3, *NO_COUNT]),
    (lambda centres: survival.spaced(centres, X, Y, "centres"), {}, "centres", [3, 0]),
    (survival.every, {}, "survivors", [[], ()]),
    (require_ascending, {}, "sizes", SIZES),
    # ---- codes ----
    *((f, good, "z", [X.long(), X[:0], X[0], None, X.numpy()]) for f, good in (
        (codes.at_distance, {**CODE, "direction": X, "radius": 1.0}),
        (codes.code_attack, CODE_ATTACK), (codes.decoder_jacobian, CODE))),
    (codes.at_distance, {**CODE, "radius": 1.0}, "direction", [X[:1], X[:, :1], None, X.long()]),
    (codes.at_distance, {**CODE, "direction": X}, "radius", NEGATIVE),
    (codes.code_attack, CODE_ATTACK, "radius", NEGATIVE),
    (codes.code_attack, CODE_ATTACK, "steps", NO_COUNT),
    (codes.code_attack, CODE_ATTACK, "y", NOT_ITS_ROWS),
    # ---- networks that are trained ----
    (trained, TRAINED, "network", NO_NAME),
    (trained, TRAINED, "seed", NO_INTEGER),
    (trained, TRAINED, "lr", NEGATIVE),
    (trained, TRAINED, "epochs", NO_COUNT),
    (trained, TRAINED, "hardening", [1.1, *NEGATIVE]),
    (trained, TRAINED, "label_noise", [1.1, *NEGATIVE]),
    (trained, TRAINED, "train_images", [1, 0, -1, 1438, 2.5, "3", True]),
    (trained, TRAINED, "dataset", NO_NAME),
    (Autoencoder, {}, "code", NO_COUNT),
    (Autoencoder, {}, "width", NO_COUNT),
    (recipe_of, {}, "network", NO_NAME),
    (trained_autoencoder, {"seed": 0, "code": 2, "epochs": 1}, "x",
     [torch.zeros(0, 784), torch.zeros(784), torch.zeros(2, 784).long(), None, "x"]),
    *((trained_autoencoder, {"x": torch.zeros(2, 784), "seed": 0, "code": 2, "epochs": 1}, name,
       bad) for name, bad in (("seed", NO_INTEGER), ("code", NO_COUNT), ("epochs", NO_COUNT))),
    *((f, {}, name, SIZES) for f, name in (
        (FRAGILITY, "epsilons"), (FRAGILITY, "radii"), (FEATURES, "radii"))),
    *((f, {}, name, bad) for f in (FRAGILITY, FEATURES) for name, bad in (
        ("network", NO_NAME), ("steps", NO_COUNT), ("attacked", [361, *NO_COUNT]),
        ("seed", NO_INTEGER), ("dataset", NO_NAME))),
    (FRAGILITY, {}, "counts", [(0,), (-1,), (2.5,), ("3",), None, 3]),
    (FRAGILITY, {}, "reference", NEGATIVE),
    (FEATURES, {}, "code", NO_COUNT),
    (FEATURES, {}, "code_epochs", NO_COUNT),
    *((ALONG_TRAINING, {}, name, bad) for name, bad in (
        ("network", NO_NAME), ("epsilon", [0, 1.1, *NEGATIVE]), ("samples", [1, *NO_COUNT]),
        ("attacked", NO_COUNT), ("centres", NO_COUNT))),
    # ---- symmetry ----
    *((f, good, "x", NOT_IMAGES) for f, good in (
        (expansion.expand_image, {"factor": 2}), (expansion.upsample_nearest, {"factor": 2}))),
    (expansion.expand_image, {"x": IMAGES}, "factor", NO_COUNT),
    (expansion.expand_image, {"x": IMAGES, "factor": 2}, "constant", NOT_NUMBERS),
    (expansion.upsample_nearest, {"x": IMAGES}, "factor", NO_COUNT),
    (expansion.append_constants, {"count": 1, "constant": 1.0}, "x", [
        X.long(), X[:0], X[0, 0], X.numpy(), None]),
    (expansion.append_constants, {"x": X, "constant": 1.0}, "count", NO_INTEGER),
    (expansion.append_constants, {"x": X, "count": 1}, "constant", NOT_NUMBERS),
    (expansion.expanded_pixels, {"width": 2, "factor": 2}, "height", NO_COUNT),
    (expansion.expanded_pixels, {"height": 2, "factor": 2}, "width", NO_COUNT),
    (expansion.expanded_pixels, {"height": 2, "width": 2}, "factor", NO_COUNT),
    (control.bias_control, {"pixels": torch.ones(16).bool(), "constant": 1.0}, "layer", [
        nn.Linear(16, 2, bias=False), nn.ReLU(), None]),
    (control.bias_control, {"layer": LAYER, "constant": 1.0}, "pixels", [
        torch.ones(16), torch.ones(15).bool(), torch.zeros(16).bool(), [True] * 16, None]),
    (control.bias_control, {"layer": LAYER, "pixels": torch.ones(16).bool()}, "constant",
     NOT_NUMBERS),
    (control.nearest_control, {"height": 2, "width": 2, "factor": 2}, "layer", [
        nn.Linear(15, 2), nn.Linear(16, 2, bias=False), nn.ReLU(), None]),
    (control.nearest_control, {"layer": LAYER, "width": 2, "factor": 2}, "height", NO_COUNT),
    (control.nearest_control, {"layer": LAYER, "height": 2, "factor": 2}, "width", NO_COUNT),
    (control.nearest_control, {"layer": LAYER, "height": 2, "width": 2}, "factor", NO_COUNT),
    *((magnet.quench, MAGNET, name, bad) for name, bad in (
        ("copies", NO_COUNT), ("spins", NO_COUNT), ("steps", NO_INTEGER), ("seed", NO_INTEGER),
        ("temperature", [0, -1.0, *NOT_NUMBERS]), ("field", NOT_NUMBERS))),
    (magnet.spins_of, {"spins": 4}, "magnetisation", [1.5, -1.5, *NOT_NUMBERS]),
    (magnet.spins_of, {"magnetisation": 0.5}, "spins", NO_COUNT),
    (networks.build_network, {"side": 8}, "architecture", NO_NAME),
    (networks.build_network, {"architecture": "mlp", "side": 8}, "technique", NO_NAME),
    (networks.build_network, {"architecture": "mlp"}, "side", NO_COUNT),
    (networks.build_network, {"architecture": "mlp", "side": 8}, "factor", NO_COUNT),
    (networks.build_network, {"architecture": "mlp", "side": 8}, "hidden", NO_COUNT),
    (replicas.symmetry_breaking, {}, "replicas", [*NOT_REPLICAS, [[1.0], [1.0]]]),
    (replicas.mean_pairwise_distance, {}, "replicas", NOT_REPLICAS),
    (replicas.null_distance, {"size": 3}, "law", [[], "12", ["1"], None, [math.nan, 1.0], [1j]]),
    (replicas.null_distance, {"law": [1.0, 2.0]}, "size", NO_COUNT),
    (replicas.unit_null, {}, "replicas", [*NOT_REPLICAS, [[1.0], [1.0]]]),
    (replicas.unit_null, {"replicas": WEIGHTS}, "splits", NO_COUNT),
    (replicas.unit_null, {"replicas": WEIGHTS}, "seed", NO_INTEGER),
    (training.filled, {"x": IMAGES, "factor": 2, "constant": 0.5}, "fill", NO_NAME),
    *((REPLICAS, {}, name, bad) for name, bad in (
        ("architecture", NO_NAME), ("technique", NO_NAME), ("fill", NO_NAME), ("factor", NO_COUNT),
        ("constant", NOT_NUMBERS), ("hidden", NO_COUNT), ("images", [1437, *NO_COUNT]),
        ("epochs", NO_COUNT), ("validation", [1429, *NO_COUNT]), ("batch", NO_COUNT),
        ("replicas", [1, *NO_COUNT]), ("momentum", [1.1, *NEGATIVE]),
        ("rates", [(), (-0.1,), ("1",), None, 0.1]), ("dataset", NO_NAME), ("seed", NO_INTEGER))),
    # ---- twins ----
    (place, {}, "place", [torch.full((3,), 1.2), torch.full((3,), math.nan), torch.ones(2), None,
                          [0.5] * 3, torch.ones(3).long()]),
    (systems.trajectories, {"system": PENDULUM, "start": START}, "parameters", NOT_PARAMETERS),
    (systems.trajectories, {"system": PENDULUM, "parameters": HIDDEN}, "start", [
        START[:1], START[:0], START.long(), None, [0.0, 0.0]]),
    (systems.trajectories, {"system": PENDULUM, "parameters": HIDDEN, "start": START}, "substeps",
     NO_COUNT),
    (systems.trajectories, {"system": PENDULUM, "parameters": HIDDEN, "start": START}, "kicks",
     [torch.zeros(3).double(), [0.0], 0.0]),
    (errors.state_errors, {"physical": STATES, "scales": (1, 1)}, "twin", [
        STATES[:0], STATES.long(), None, STATES.numpy(), torch.tensor(1.0)]),
    (errors.state_errors, {"twin": STATES, "scales": (1, 1)}, "physical", [
        STATES[:0], STATES[:3], None]),
    (errors.state_errors, {"twin": STATES, "physical": STATES}, "scales", [
        (1,), (1, 0), (1, -1), (1, math.nan), ("1", "1"), None, 1.0]),
    (errors.mean_state_error, {"twin": STATES, "physical": STATES, "scales": (1, 1)}, "reduction",
     NO_NAME),
    (problem.observe, OBSERVED, "runs", NO_COUNT),
    (problem.observe, OBSERVED, "outliers", [1.1, *NEGATIVE]),
    (problem.observe, OBSERVED, "parameters", NOT_PARAMETERS),
    (follow, {}, "budget", NO_COUNT),
    (follow, {}, "objective", NO_NAME),
    (followed, {}, "place", [torch.ones(2, 2), torch.ones(0, 3), torch.full((1, 3), 1.5), None]),
    (steering.regulator_gains, {"damping": 0.1, "effort": 1.0}, "stiffness", NOT_NUMBERS),
    (steering.regulator_gains, {"stiffness": 1.0, "effort": 1.0}, "damping", NOT_NUMBERS),
    (steering.regulator_gains, {"stiffness": 1.0, "damping": 0.1}, "effort", [0, *NEGATIVE]),
    (steering.control_errors, {**OBSERVED, "noisy": True}, "system", [EPIDEMIC, None, "pendulum"]),
    (steering.control_errors, {**OBSERVED, "noisy": True}, "runs", NO_COUNT),
    (steering.agreement, {"physical": {"a": 1.0, "b": 2.0}}, "twin", [
        {}, {"a": 1.0}, {"a": 1.0, "c": 1.0}, None]),
    (policy.GaussianPolicy, {"outputs": 1, "generator": torch.Generator()}, "inputs", NO_COUNT),
    (policy.GaussianPolicy, {"inputs": 1, "generator": torch.Generator()}, "outputs", NO_COUNT),
    (policy.leave_one_out, {}, "returns", [torch.ones(1), torch.ones(0)]),
    (policy.reinforce_loss, {"returns": X, "baseline": 0.0}, "log_probability", [X[:1], X[:0]]),
    (policy.reinforce_loss, {"log_probability": X, "baseline": 0.0}, "returns", [X[:1]]),
    (expected_improvement, {}, "deviation", [0.0, -1.0, math.nan]),
    *((study.calibrate, CALIBRATE, name, bad) for name, bad in (
        ("system", NO_NAME), ("method", NO_NAME), ("budget", NO_COUNT), ("seed", NO_INTEGER))),
    *((study.robustness, ROBUSTNESS, name, bad) for name, bad in (
        ("system", NO_NAME), ("outliers", [1.1, *NEGATIVE]), ("budget", NO_COUNT),
        ("seed", NO_INTEGER))),
    # ---- uncertainty ----
    *((f, {**BOX, **more}, name, bad)
      for f, more in ((estimators.estimate_uncertainty, {}),
                      (estimators.exact_uncertainty, {"points": 3}))
      for name, bad in (("low", [*NO_ENDS, [1.0], [2.0]]), ("high", [*NO_ENDS, [0.0]]),
                        ("loss", NOT_A_LOSS), ("log_density", NOT_A_LOSS[:2]))),
    (estimators.estimate_uncertainty, BOX, "samples", [1, *NO_COUNT]),
    (estimators.exact_uncertainty, BOX, "points", [1, *NO_COUNT]),
    (images.around, {"loss": BOX["loss"], "radius": 0.1}, "image", [
        X, X[0, :0], 3 * X[0] + 1, -X[0] - 0.1, X[0] * math.nan, X[0].long(), None, [0.5]]),
    (images.around, {"loss": BOX["loss"], "image": X[0]}, "radius", [0, 1.1, *NEGATIVE]),
    (images.around, {"loss": BOX["loss"], "image": X[0], "radius": 0.1}, "samples", [1, *NO_COUNT]),
    (images.around, {"image": X[0], "radius": 0.1}, "loss", NOT_A_LOSS),
    (images.over_data, {"loss": BOX["loss"]}, "x", [X[0], X[:0], X[:, :0], X.long(), None]),
    (images.over_data, {"x": X}, "loss", NOT_A_LOSS),
    (inequality.jackknife, {"function": lambda m: (m,)}, "samples", [[X[:1]], [X[:0]]]),
    (inequality.effective_samples, {}, "weights", [
        X[0, :0], -X[0], 0 * X[0], X[0] * math.nan, X[0] / 0, None, X]),
    (random_losses.random_loss, {"gain": 1.0, "generator": torch.Generator()}, "dimension",
     NO_COUNT),
    (random_losses.random_loss, {"dimension": 1, "generator": torch.Generator()}, "gain",
     [0, *NEGATIVE]),
    (random_losses.random_networks, {"samples": 9, "seed": 0}, "networks", NO_COUNT),
    (random_losses.random_networks, {"networks": 1, "seed": 0}, "samples", [1, *NO_COUNT]),
    (random_losses.random_networks, {"networks": 1, "samples": 9}, "seed", NO_INTEGER),
]  # fmt: skip

# What is public and takes nothing that a user chooses, or only tensors of the library's own making.
NOT_TRIED = {
    "controllers", "hidden_place", "pendulum_rate", "epidemic_rate", "random_search", "evolution",
    "bayesian", "gradient", "least_squares", "untuned", "train_policy", "weight_matrices",
    "network_and_groups", "train", "held_out_accuracy",
    "tangent_gradient", "relation", "scaled_state", "value_and_gradient",
}  # fmt: skip
