"""The experiments on digital twins, as data: which methods, how many calls, to ask what.

Noise, budgets, learning rates and controllers were set on the seeds 1001 to 1010, which are on no
record; the policy's learning rate (0.01, of 0.01 and 0.03) and batch (64, of 32 and 64) were the
only settings that were compared, on two seeds. Peers keep what their libraries preset.
"""

from physlib.experiments.experiment import Experiment
from physlib.studies import Study

TWINNED = ("pendulum", "epidemic")
# In simulated trajectories. Who needs few gets few: more would change nothing but the time.
BUDGETS = {
    "untuned": 1,
    "random": 16_384,
    "policy": 16_384,
    "policy-raw": 16_384,
    "cma-es": 1_024,
    "bayesian": 48,
    "gradient": 192,
    "least-squares": 192,
}
OUTLIERS = (0.0, 0.1)

_SECONDS = {"random": 1.0, "policy": 5.0, "policy-raw": 5.0, "gradient": 4.0, "least-squares": 3.0}
_CALIBRATIONS = tuple(
    Study(
        f"twins-{system}-{method}",
        "physlib.principles.twins.study:calibrate",
        {"system": system, "method": method, "budget": budget},
        seconds=_SECONDS.get(method, 1.5),
    )
    for system in TWINNED
    for method, budget in BUDGETS.items()
)
_FITS = tuple(
    Study(
        f"outliers-{system}-{share:g}",
        "physlib.principles.twins.study:robustness",
        {"system": system, "outliers": share, "budget": 64},
        seconds=3.0,
    )
    for system in TWINNED
    for share in OUTLIERS
)

EXPERIMENTS = (
    Experiment(
        "twins",
        "Whose twin follows the physical system, after how many simulated trajectories?",
        seeds=10,
        build=lambda _: _CALIBRATIONS,
        fast_settings={"budget": 64},
    ),
    Experiment(
        "twin-outliers",
        "Does a fit to MSTE suffer less from wild readings than one to squares?",
        seeds=10,
        build=lambda _: _FITS,
        fast_settings={"budget": 16},
    ),
)
