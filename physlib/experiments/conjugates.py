"""The experiments on the input's conjugate, as data.

Sizes and settings were fixed before any full record was made. Learning rates are reasonable ones
that were not searched for. Which sizes of attack lie between nothing and everything was seen on
held-out training images, with one seed that is none of these.
"""

from typing import Any

from physlib.experiments.experiment import Experiment
from physlib.studies import Study

EPSILONS = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
REFERENCE = 0.1  # the ε that claims are judged at
RADII = (0.5, 1.0, 2.0, 3.0)
COUNTS = (1, 5, 20, 60)
_SETTINGS: dict[str, Any] = {
    "network": "mlp",
    "lr": 0.02,
    "epochs": 5,
    "hardening": 0.0,
    "train_images": 20_000,
    "epsilons": EPSILONS,
    "radii": RADII,
    "steps": 20,
    "counts": COUNTS,
    "reference": REFERENCE,
    "attacked": 500,
}
_CODES: dict[str, Any] = {
    "network": "mlp",
    "lr": 0.02,
    "epochs": 5,
    "train_images": 20_000,
    "code": 16,
    "code_epochs": 8,
    "radii": RADII,
    "steps": 10,
    "attacked": 300,
}
_CHANGES: dict[str, dict[str, Any]] = {
    "experimental": {"network": "experimental", "lr": 0.08},
    "mlp": {},
    "cnn": {"network": "cnn"},
    "linear": {"network": "linear"},  # the control: no hidden layer
    "hardened-mlp": {"hardening": REFERENCE},
    "hardened-cnn": {"network": "cnn", "hardening": REFERENCE, "train_images": 10_000},
}
NETWORKS: dict[str, Study] = {
    name: Study(
        f"conjugates-{name}",
        "physlib.principles.fragility:attack_network",
        {**_SETTINGS, **changes},
        dataset="mnist",
        seconds={"mlp": 8, "linear": 5, "hardened-mlp": 15}.get(name, 25),
    )
    for name, changes in _CHANGES.items()
}
CODES: dict[str, Study] = {
    name: Study(
        f"codes-{name}",
        "physlib.principles.feature_space:attack_codes",
        {**_CODES, **_CHANGES[name]},
        dataset="mnist",
        seconds=20,
    )
    for name in ("experimental", "mlp", "cnn")
}

EXPERIMENTS = (
    Experiment(
        "conjugates",
        "How does accuracy fall along the input's conjugate, and what else does it take?",
        seeds=5,
        build=lambda _: tuple(NETWORKS.values()),
        fast_settings={
            "epochs": 1,
            "train_images": 2000,
            "epsilons": (0.0, REFERENCE),
            "radii": (1.0,),
            "counts": (1, 5),
            "steps": 5,
            "attacked": 50,
        },
    ),
    Experiment(
        "codes",
        "Is an attack in feature space stronger than one in pixels, at equal distance?",
        seeds=5,
        build=lambda _: tuple(CODES.values()),
        fast_settings={
            "epochs": 1,
            "train_images": 2000,
            "code_epochs": 1,
            "radii": (1.0,),
            "steps": 3,
            "attacked": 20,
        },
    ),
)
