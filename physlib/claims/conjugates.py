"""The paper on conjugate variables and attacks: what its abstract claims of them.

Definitions are ours, since the full text was not at hand. They, the thresholds and the settings
were fixed on 21 November 2026, before any full record was made; two things were mended afterwards:
in `remaining`, a network that has not learned is no number, and the words of "fragile-structure"
named one of the three networks that it was computed for from the first. What the abstract says of
the uncertainty principle is judged with the other paper on it.
"""

import math

from physlib.claims.claim import Claim
from physlib.claims.counts import COLLAPSED
from physlib.claims.judging import (
    Measured,
    Score,
    Shelf,
    Statistic,
    final,
    measured,
    together,
)
from physlib.claims.rules import every_part, reaches
from physlib.experiments.conjugates import EPSILONS, NETWORKS, REFERENCE

CHAPTER = "notebooks/principles/21_adversarial_conjugates"
GROUP = "Quantum-inspired analysis of neural network vulnerabilities, arXiv:2402.10983"
ATTACKED = ("mlp", "experimental", "cnn")  # trained on images as they are, with hidden layers


def attacked_accuracy(metric: str, epsilon: float = REFERENCE) -> Score:
    """The accuracy on record under an attack of this size in ℓ∞; `metric` as `attack_network`."""
    place = EPSILONS.index(epsilon)
    return lambda record: record.curve(metric)[place]


def lost(epsilon: float = REFERENCE) -> Score:
    """The accuracy that an attack of this size takes."""
    clean, under = attacked_accuracy("pgd", 0.0), attacked_accuracy("pgd", epsilon)
    return lambda record: clean(record) - under(record)


def gap(name: str, above: Score, below: Score) -> Statistic:
    """The mean over seeds of one score minus another of the same network."""

    def statistic(shelf: Shelf) -> Measured:
        runs = shelf.runs(NETWORKS[name].name)
        return measured([above(run) - below(run) for run in runs])

    return statistic


def for_all(above: Score, below: Score) -> Statistic:
    """The same for every network of `ATTACKED`, as parts."""
    return together(**{name: gap(name, above, below) for name in ATTACKED})


def remaining(hardened: str, plain: str, epsilon: float = REFERENCE) -> Statistic:
    """What an attack takes from a hardened network, as a share of what it takes from a plain one.

    The ratio is taken seed by seed. A hardened network that has not learned has nothing to lose,
    and is no number.
    """

    def statistic(shelf: Shelf) -> Measured:
        left, right = (
            shelf.scores(NETWORKS[name].name, lost(epsilon)) for name in (hardened, plain)
        )
        learned = shelf.scores(NETWORKS[hardened].name, final("test_accuracy"))
        return measured(
            [
                x / y if a >= COLLAPSED else math.nan
                for x, y, a in zip(left, right, learned, strict=True)
            ]
        )

    return statistic


def more_lost(a: str, b: str, epsilon: float = REFERENCE) -> Statistic:
    """How much more accuracy an attack takes from network `a` than from `b`, paired by seed."""

    def statistic(shelf: Shelf) -> Measured:
        left, right = (shelf.scores(NETWORKS[name].name, lost(epsilon)) for name in (a, b))
        return measured([x - y for x, y in zip(left, right, strict=True)])

    return statistic


_NOISE, _FGSM, _PGD, _BORROWED = map(attacked_accuracy, ("noise", "fgsm", "pgd", "borrowed"))
_NETWORKS = "For the MLP, the experimental network and a small convolutional one."

CLAIMS = (
    Claim(
        "non-random-perturbations",
        "Neural networks demonstrate inherent vulnerability to small, non-random perturbations",
        "the abstract",
        "Accuracy on test images whose pixels were moved by random signs times 0.1 (black is 0 and "
        "white is 1), minus that after projected gradient descent of the same size, the worst of "
        f"several losses. {_NETWORKS}",
        "conjugates",
        for_all(_NOISE, _PGD),
        every_part(),
        "points",
        CHAPTER,
        variants={
            f"size {size:g}": for_all(
                attacked_accuracy("noise", size), attacked_accuracy("pgd", size)
            )
            for size in (0.02, 0.05, 0.2)
        },
        group=GROUP,
    ),
    Claim(
        "input-conjugates",
        "born from the gradient of the loss function relative to the input, are discerned as "
        "input conjugates",
        "the abstract",
        "Accuracy after one signed step of 0.1 along the gradient of another image with another "
        "label, minus that after the same step along the image's own: is it this input's "
        f"conjugate that counts, or would any gradient do? {_NETWORKS}",
        "conjugates",
        for_all(_BORROWED, _FGSM),
        every_part(),
        "points",
        CHAPTER,
        variants={
            "random signs against a borrowed gradient": for_all(_NOISE, _BORROWED),
            **{
                f"size {size:g}": for_all(
                    attacked_accuracy("borrowed", size), attacked_accuracy("fgsm", size)
                )
                for size in (0.02, 0.05, 0.2)
            },
        },
        group=GROUP,
    ),
    Claim(
        "conjugate-size",
        "input conjugates, revealing a systemic fragility",
        "the abstract",
        "Minus the rank correlation, over the images that are right at first, of the size of the "
        "conjugate (the sum of its moduli, of the normalised loss that the network was trained on) "
        "with the least attack on record that succeeds: positive if a large conjugate reveals a "
        f"fragile image. {_NETWORKS}",
        "conjugates",
        for_all(final("conjugate_rank"), lambda _: 0.0),
        every_part(),
        "score",
        CHAPTER,
        variants={
            "the margin over its gradient instead": for_all(final("margin_rank"), lambda _: 0.0),
            "conjugate minus margin": for_all(final("conjugate_rank"), final("margin_rank")),
        },
        group=GROUP,
    ),
    Claim(
        "fragile-structure",
        "a systemic fragility within the network structure",
        "the abstract",
        "The accuracy that an attack of 0.1 takes from a network, minus what it takes from a "
        "linear classifier, which has no structure: if the fragility sits in the structure, the "
        f"network loses more. {_NETWORKS}",
        "conjugates",
        together(
            mlp=more_lost("mlp", "linear"),
            experimental=more_lost("experimental", "linear"),
            cnn=more_lost("cnn", "linear"),
        ),
        every_part(),
        "points",
        CHAPTER,
        variants={
            f"size {size:g}": together(
                **{name: more_lost(name, "linear", size) for name in ATTACKED}
            )
            for size in (0.02, 0.05, 0.2)
        },
        group=GROUP,
    ),
    Claim(
        "intrinsic-susceptibility",
        "This inherent susceptibility within neural network systems is generally intrinsic",
        "the abstract",
        "The accuracy that an attack of 0.1 takes from an MLP trained on attacked images, over "
        "what it takes from the same MLP trained on images as they are, by seed: 1 if training "
        "cannot help the structure, 0 if the susceptibility was none of it.",
        "conjugates",
        remaining("hardened-mlp", "mlp"),
        reaches(0.5, 0.1),
        "score",
        CHAPTER,
        variants={
            "convolutional network": remaining("hardened-cnn", "cnn"),
            "size 0.05": remaining("hardened-mlp", "mlp", 0.05),
            "size 0.2": remaining("hardened-mlp", "mlp", 0.2),
        },
        group=GROUP,
    ),
)
