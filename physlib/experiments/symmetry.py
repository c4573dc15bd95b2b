"""The experiments on symmetry breaking, as data.

Networks, data, constants and the grids of rates were fixed before any record of the full profile
was made. Both grids are the same for all networks of one architecture.
"""

from typing import Any

from physlib.experiments.experiment import Experiment
from physlib.studies import Study

FACTOR, CONSTANT = 2, 0.5  # the expansion that claims are about
_INPUTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "expanded": {"fill": "constant"},
    "zero": {"fill": "constant", "constant": 0.0},
    "nearest": {"fill": "nearest"},
}
INPUTS: dict[str, dict[str, Any]] = {
    **_INPUTS,
    "expanded-0.1": {"fill": "constant", "constant": 0.1},
    "bias-control": {"fill": "bias-control"},
}
MORE_INPUTS: dict[str, dict[str, Any]] = {
    "expanded-1": {"fill": "constant", "constant": 1.0},
    "expanded-x3": {"fill": "constant", "factor": 3},
}
TECHNIQUES: dict[str, dict[str, Any]] = {
    name: {"technique": name}
    for name in ("dropout", "batch-norm", "mirror", "ramp-index", "ramp-ones")
}
# Configurations of the MLP, by dataset: MNIST in a part, digits whole.
MLPS = {
    "mnist": (*INPUTS, *TECHNIQUES),
    "digits": (*INPUTS, *MORE_INPUTS, *TECHNIQUES),
}
CNNS = {"mnist": tuple(_INPUTS), "digits": tuple(_INPUTS)}
_DATA: dict[tuple[str, str], dict[str, int]] = {
    ("mlp", "mnist"): {"images": 4000, "validation": 2000, "epochs": 5, "batch": 100},
    ("mlp", "digits"): {"images": 1137, "validation": 300, "epochs": 12, "batch": 100},
    ("cnn", "mnist"): {"images": 2000, "validation": 1000, "epochs": 3, "batch": 50},
    ("cnn", "digits"): {"images": 1137, "validation": 300, "epochs": 5, "batch": 50},
}
_COMMON: dict[str, Any] = {
    "technique": "none",
    "fill": "none",
    "factor": FACTOR,
    "constant": CONSTANT,
    "hidden": 64,
    "momentum": 0.9,
}


def study_name(architecture: str, dataset: str, configuration: str) -> str:
    """The name of a configuration's records."""
    return f"symmetry-{architecture}-{dataset}-{configuration}"


def _study(architecture: str, dataset: str, configuration: str) -> Study:
    changes = {**INPUTS, **MORE_INPUTS, **TECHNIQUES}[configuration]
    mlp = architecture == "mlp"
    settings = {
        **_COMMON,
        **_DATA[architecture, dataset],
        "dataset": dataset,
        "architecture": architecture,
        "rates": (0.001, 0.004, 0.016, 0.064, 0.256) if mlp else (0.01, 0.04, 0.16),
        "replicas": 3 if mlp else 2,
        **changes,
    }
    return Study(
        study_name(architecture, dataset, configuration),
        "physlib.principles.symmetry.training:replica_study",
        settings,
        dataset,
        seconds=3.0 if mlp else 8.0,
    )


_STUDIES = tuple(
    _study(architecture, dataset, configuration)
    for architecture, datasets in (("mlp", MLPS), ("cnn", CNNS))
    for dataset, configurations in datasets.items()
    for configuration in configurations
)

EXPERIMENTS = (
    Experiment(
        "symmetry",
        "Does input expansion help, does it break symmetry, and does a distance say so?",
        seeds=5,
        build=lambda _: _STUDIES,
        fast_settings={"images": 200, "validation": 100, "epochs": 1, "rates": (0.03,)},
    ),
)
