"""The experiments on symmetry breaking, as data.

Networks, data, constants and the grids of rates were fixed before any record of the full profile
was made. The first records could decide nothing on the CNN: its rate was chosen on one of two
replicas, and the other one sometimes collapsed there. All were then made again, with rates chosen
on all replicas, three of them for the CNN too, more training, a finer or wider grid, and every K
and constant for both networks; these settings were fixed on held-out training images.
"""

from typing import Any

from physlib.experiments.experiment import Experiment
from physlib.studies import Study

FACTOR, CONSTANT = 2, 0.5  # the expansion that claims are about
INPUTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "expanded": {"fill": "constant"},
    "expanded-0.1": {"fill": "constant", "constant": 0.1},
    "expanded-1": {"fill": "constant", "constant": 1.0},
    "expanded-x3": {"fill": "constant", "factor": 3},
    "zero": {"fill": "constant", "constant": 0.0},
    "nearest": {"fill": "nearest"},
    "bias-control": {"fill": "bias-control"},
}
TECHNIQUES: dict[str, dict[str, Any]] = {
    name: {"technique": name}
    for name in ("dropout", "batch-norm", "mirror", "ramp-index", "ramp-ones")
}
CONFIGURATIONS = {
    "mlp": (*INPUTS, *TECHNIQUES),
    "cnn": tuple(name for name in INPUTS if name != "bias-control"),
}
DATASETS = ("mnist", "digits")  # MNIST in a part, digits whole
RATES = {
    "mlp": (0.001, 0.004, 0.016, 0.064, 0.256, 1.024),
    "cnn": (0.01, 0.02, 0.04, 0.08),
}
_DATA: dict[tuple[str, str], dict[str, int]] = {
    ("mlp", "mnist"): {"images": 4000, "validation": 2000, "epochs": 5, "batch": 100},
    ("mlp", "digits"): {"images": 1137, "validation": 300, "epochs": 12, "batch": 100},
    ("cnn", "mnist"): {"images": 4000, "validation": 2000, "epochs": 5, "batch": 50},
    ("cnn", "digits"): {"images": 1137, "validation": 300, "epochs": 12, "batch": 50},
}
_SECONDS = {("mlp", "mnist"): 8.0, ("mlp", "digits"): 5.0, ("cnn", "mnist"): 44.0,
            ("cnn", "digits"): 26.0}  # fmt: skip
_COMMON: dict[str, Any] = {
    "technique": "none",
    "fill": "none",
    "factor": FACTOR,
    "constant": CONSTANT,
    "hidden": 64,
    "momentum": 0.9,
    "replicas": 3,
}


def study_name(architecture: str, dataset: str, configuration: str) -> str:
    """The name of a configuration's records."""
    return f"symmetry-{architecture}-{dataset}-{configuration}"


def _study(architecture: str, dataset: str, configuration: str) -> Study:
    settings = {
        **_COMMON,
        **_DATA[architecture, dataset],
        "dataset": dataset,
        "architecture": architecture,
        "rates": RATES[architecture],
        **{**INPUTS, **TECHNIQUES}[configuration],
    }
    return Study(
        study_name(architecture, dataset, configuration),
        "physlib.principles.symmetry.training:replica_study",
        settings,
        dataset,
        seconds=_SECONDS[architecture, dataset] * (2 if "x3" in configuration else 1),
    )


_STUDIES = tuple(
    _study(architecture, dataset, configuration)
    for architecture, configurations in CONFIGURATIONS.items()
    for dataset in DATASETS
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
