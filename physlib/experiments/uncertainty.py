"""The experiments on the uncertainty principle, as data.

Settings were fixed before any full record was made; the attack was replaced by a stronger one
afterwards, see ``physlib/claims/uncertainty.py``. Learning rates are reasonable ones, the same
for every MLP, and were not searched for; the step of the experimental network is near that which
the experiment "tuning" found.
"""

from typing import Any

from physlib.experiments.experiment import Experiment
from physlib.studies import Study

MODULE = "physlib.principles.uncertainty"
NETWORKS = Study(
    "uncertainty-networks",
    f"{MODULE}.networks:random_networks",
    {"networks": 40, "samples": 4096},
    seconds=15,
)
EPSILON = 0.1  # of attacks and of boxes; black is 0 and white is 1
_SETTINGS: dict[str, Any] = {
    "network": "mlp",
    "lr": 0.02,
    "epochs": 8,
    "hardening": 0.0,
    "label_noise": 0.0,
    "train_images": 20_000,
    "epsilon": EPSILON,
    "attacked": 1000,
    "centres": 10,
    "samples": 256,
}
_CHANGES: dict[str, dict[str, Any]] = {
    "mlp": {},
    "experimental": {"network": "experimental", "lr": 0.08},
    "hardened": {"hardening": EPSILON},
    "twice-hardened": {"hardening": 2 * EPSILON},
    # The control: labels that say nothing about the image, so that there is nothing to resolve.
    "shuffled": {"label_noise": 0.9},
}
ALONG: dict[str, Study] = {
    name: Study(
        f"uncertainty-{name}",
        f"{MODULE}.training:along_training",
        {**_SETTINGS, **changes},
        dataset="mnist",
        seconds=25 if "hardened" in name else 15,
    )
    for name, changes in _CHANGES.items()
}

EXPERIMENTS = (
    Experiment(
        "uncertainty-networks",
        "Which bound do random networks in one to four dimensions obey?",
        seeds=5,
        build=lambda _: (NETWORKS,),
        fast_settings={"networks": 4, "samples": 256},
    ),
    Experiment(
        "uncertainty-training",
        "Do accuracy and robustness, and both spreads, exclude each other along training?",
        seeds=5,
        build=lambda _: tuple(ALONG.values()),
        fast_settings={
            "epochs": 2,
            "train_images": 1000,
            "attacked": 50,
            "centres": 2,
            "samples": 16,
        },
    ),
)
