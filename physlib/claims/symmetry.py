"""Claims on symmetry breaking: the abstract's words, our definitions.

Definitions and thresholds were fixed on 21 November 2026, before any record of the full profile
was made. The records were made a second time, see `physlib.experiments.symmetry`; of the claims,
more constants, K = 3 and the CNN's degree were then added as variants.
"""

from collections.abc import Callable

import numpy as np
from scipy import stats

from physlib.claims.claim import ACCURACY, Claim
from physlib.claims.judging import Measured, Score, Shelf, Statistic, difference, measured, together
from physlib.claims.rules import above, every_part
from physlib.experiments.symmetry import CONFIGURATIONS, DATASETS, study_name
from physlib.records import Record
from physlib.theory import Array

GROUP = "Symmetry breaking in neural network optimization (arXiv 2409.06402)"
CHAPTER = "notebooks/principles/20_symmetry_breaking"
TITLES = {"mnist": "MNIST", "digits": "digits"}
START, EARLY, END = range(3)  # at initialisation, after a tenth of the steps, at the end


def degree(moment: int, *, subtract_null: bool = True) -> Score:
    """The distance of replicas less its null, averaged over layers, at one of three moments."""

    def score(record: Record) -> float:
        layers = sum(metric.startswith("distance_") for _, metric, _ in record.rows) // 3
        found = []
        for layer in range(1, layers + 1):
            distance = record.curve(f"distance_{layer}")[moment]
            found.append(distance - subtract_null * record.curve(f"null_{layer}")[moment])
        return float(np.mean(found))

    return score


def gains(configuration: str, reference: str, score: Score, *kinds: tuple[str, str]) -> Statistic:
    """The difference of two configurations in each of several (architecture, dataset)."""
    return together(
        **{
            f"{architecture.upper()}_on_{TITLES[dataset]}": difference(
                study_name(architecture, dataset, configuration),
                study_name(architecture, dataset, reference),
                score,
            )
            for architecture, dataset in kinds
        }
    )


def against(*controls: tuple[str, str, str]) -> Statistic:
    """What is left of the expansion's gain against each (architecture, dataset, control)."""
    return together(
        **{
            f"{architecture.upper()}_on_{TITLES[dataset]}_against_{control}": difference(
                study_name(architecture, dataset, "expanded"),
                study_name(architecture, dataset, control),
                ACCURACY,
            )
            for architecture, dataset, control in controls
        }
    )


def foresight(score: Score, datasets: tuple[str, ...] = DATASETS) -> Statistic:
    """Rank correlation over the MLP's configurations of `score` with the gain in accuracy.

    Seed by seed, both as differences to the plain network, which is left out; the mean of the
    datasets.
    """

    def statistic(shelf: Shelf) -> Measured:
        by_dataset = [_correlations(shelf, dataset, score) for dataset in datasets]
        return measured(np.mean(by_dataset, axis=0).tolist())

    return statistic


def _correlations(shelf: Shelf, dataset: str, score: Score) -> list[float]:
    def table(of: Callable[[Record], float]) -> Array:
        names = [
            study_name("mlp", dataset, configuration) for configuration in CONFIGURATIONS["mlp"]
        ]
        values = np.array([shelf.scores(name, of) for name in names])  # (configurations, seeds)
        gained: Array = values[1:] - values[0]
        return gained

    pairs = zip(table(score).T, table(ACCURACY).T, strict=True)
    return [float(stats.spearmanr(a, b).statistic) for a, b in pairs]


ALL = (("mlp", "mnist"), ("mlp", "digits"), ("cnn", "mnist"), ("cnn", "digits"))
BOTH = ALL[:2]
_OTHERS = {"constant 0.1": "expanded-0.1", "constant 1": "expanded-1", "K = 3": "expanded-x3"}
assert CONFIGURATIONS["mlp"][0] == "plain"  # as `_correlations` takes it
_TECHNIQUES = {
    f"{technique}_on_{TITLES[dataset]}": difference(
        study_name("mlp", dataset, technique), study_name("mlp", dataset, "plain"), degree(END)
    )
    for technique in ("dropout", "batch-norm", "mirror")
    for _, dataset in BOTH
}

CLAIMS = (
    Claim(
        "expansion-gain",
        "a simple input expansion can significantly improve network performance across various "
        "tasks",
        "the abstract",
        "Our reading: test accuracy with the image expanded (K = 2, constant 0.5), minus that of "
        "the plain network, each at the best of the same learning rates, paired by seed; for an "
        "MLP and a CNN, each on a part of MNIST and on digits.",
        "symmetry",
        gains("expanded", "plain", ACCURACY, *ALL),
        every_part(),
        "points",
        CHAPTER,
        {
            title: gains(configuration, "plain", ACCURACY, *ALL)
            for title, configuration in _OTHERS.items()
        },
        GROUP,
    ),
    Claim(
        "expansion-against-controls",
        "this improvement can be attributed to the underlying symmetry breaking mechanism",
        "the abstract",
        "Our reading: what is left of the accuracy against controls which break no other "
        "symmetry: for the MLP, the bias with the learning rate and initial variance that the "
        "constants amount to; for the CNN, zeros in the place of the constants, and pixels "
        "repeated, at equal cost.",
        "symmetry",
        against(
            *((*kind, "bias-control") for kind in BOTH),
            *((*kind, control) for kind in ALL[2:] for control in ("zero", "nearest")),
        ),
        every_part(),
        "points",
        CHAPTER,
        {
            "MLP, against zeros and repeated pixels": against(
                *((*kind, control) for kind in BOTH for control in ("zero", "nearest"))
            )
        },
        GROUP,
    ),
    Claim(
        "expansion-breaks",
        "this improvement can be attributed to the underlying symmetry breaking mechanism",
        "the abstract",
        "Our reading: the distance between replicas' weight distributions (mean pairwise "
        "Wasserstein distance over the spread, less what finite samples of one law show, mean "
        "over layers) after training, of the expanded MLP minus the plain one.",
        "symmetry",
        gains("expanded", "plain", degree(END), *BOTH),
        every_part(),
        "score",
        CHAPTER,
        {
            **{
                title: gains(configuration, "plain", degree(END), *BOTH)
                for title, configuration in _OTHERS.items()
            },
            "the CNN": gains("expanded", "plain", degree(END), *ALL[2:]),
            "zeros": gains("zero", "plain", degree(END), *BOTH),
            "at initialisation": gains("expanded", "plain", degree(START), *BOTH),
            "finite samples not subtracted": gains(
                "expanded", "plain", degree(END, subtract_null=False), *BOTH
            ),
        },
        GROUP,
    ),
    Claim(
        "metric-foresees",
        "a metric to guide network design without the need for complete datasets and extensive "
        "training processes",
        "the abstract",
        "Our reading: the rank correlation, over the MLP's configurations, of the distance between "
        "replicas after a tenth of the steps with the gain in test accuracy at the end, both "
        "against the plain network; the mean of MNIST and digits, seed by seed. Half of a perfect "
        "correlation is asked for.",
        "symmetry",
        foresight(degree(EARLY)),
        above(0.5),
        "score",
        CHAPTER,
        {
            "at initialisation": foresight(degree(START)),
            "after training": foresight(degree(END)),
            "finite samples not subtracted": foresight(degree(EARLY, subtract_null=False)),
            "MNIST alone": foresight(degree(EARLY), ("mnist",)),
            "digits alone": foresight(degree(EARLY), ("digits",)),
        },
        GROUP,
    ),
    Claim(
        "techniques-break",
        "symmetry breaking is a fundamental principle that underpins various optimization "
        "techniques, including dropout, batch normalization, and equivariance",
        "the abstract",
        "Our reading: the distance between replicas after training, defined as above, of an MLP "
        "with dropout, with batch normalisation, and averaged over mirror images (which makes it "
        "invariant under the mirror), each minus that of the plain MLP.",
        "symmetry",
        together(**_TECHNIQUES),
        every_part(),
        "score",
        CHAPTER,
        group=GROUP,
    ),
)
