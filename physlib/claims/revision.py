"""The post's later revision: two accuracies, four curves, and what it says of itself.

Accuracies may be off by 0.7 points: the figures' reading error of 0.3, and what a few seeds
scatter by. Losses may be off by twice their reading error, ±0.003.
"""

from physlib.claims.claim import ACCURACY, Claim, accuracy_after
from physlib.claims.judging import curve_distance, difference, mean
from physlib.claims.rules import near, not_above, within
from physlib.claims.table import OURS, SMALLER, THEIRS
from physlib.reference import READING_ERROR

EPOCHS = (10, 20, 50, 100)  # where curves are compared
CHAPTER = "notebooks/experiment/12_the_published_curve"
WORDS = {1: "one layer", 2: "two layers"}
IDS = {1: "one-layer", 2: "two-layers"}
FOLLOWED = (
    "The closest of the searched readings, velocity forgotten after each step, over five seeds: "
)


def _accuracy(layers: int, quote: str, claimed: float) -> Claim:
    return Claim(
        f"revision-{IDS[layers]}",
        quote,
        f"later revision, {WORDS[layers]}",
        FOLLOWED + "test accuracy after 100 epochs.",
        "revision",
        mean(f"revision-{layers}layer-forgotten", ACCURACY),
        near(claimed, 0.007),
        "%",
        CHAPTER,
        variants={
            "as printed, after 20 epochs": mean(f"revision-{layers}layer-kept", ACCURACY),
        },
    )


def _curve(layers: int, metric: str, near_by: float, unit: str) -> Claim:
    name = f"revision-{layers}layer-forgotten"
    words = metric.replace("_", " ")
    return Claim(
        f"revision-{IDS[layers]}-{metric.split('_')[1]}-curve",
        f"figure: {words}, {WORDS[layers]}",
        f"later revision, figure for {WORDS[layers]}",
        FOLLOWED + f"largest distance of the mean {words} from the published curve at epochs "
        f"{', '.join(map(str, EPOCHS))}; ours minus theirs.",
        "revision",
        curve_distance(name, layers, metric, EPOCHS),
        within(near_by, 2 * near_by),
        unit,
        CHAPTER,
        variants={
            "as printed, at epochs 10 and 20": curve_distance(
                f"revision-{layers}layer-kept", layers, metric, (10, 20)
            ),
            "epoch 1 too": curve_distance(name, layers, metric, (1, *EPOCHS)),
            f"{metric.replace('test', 'train').replace('_', ' ')}": curve_distance(
                name, layers, metric.replace("test", "train"), EPOCHS
            ),
        },
    )


CLAIMS = (
    _accuracy(1, "92 % after 100 epochs, one layer", 0.92),
    _accuracy(2, "96 % after 100 epochs, two layers", 0.96),
    _curve(1, "test_accuracy", 0.007, "points"),
    _curve(1, "test_loss", 2 * READING_ERROR["loss"], "loss"),
    _curve(2, "test_accuracy", 0.007, "points"),
    _curve(2, "test_loss", 2 * READING_ERROR["loss"], "loss"),
    Claim(
        "revision-no-advantage",
        "the proposed model did not consistently outperform a modified, fully connected network",
        "later revision",
        "Test accuracy after 100 epochs of the tuned network, minus that of the tuned MLP of "
        "equal width and parameter count, paired by seed.",
        "headline",
        difference(OURS, THEIRS, ACCURACY),
        not_above(),
        "points",
        variants={
            "against an MLP with 1/1.2 of the parameters": difference(OURS, SMALLER, ACCURACY),
            "after 20 epochs": difference(OURS, THEIRS, accuracy_after(20)),
        },
    ),
)
