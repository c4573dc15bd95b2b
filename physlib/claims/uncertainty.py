"""The two papers on the uncertainty principle: what their abstracts claim.

Definitions are ours, since the full texts were not at hand. They, the thresholds and the settings
were fixed on 21 November 2026, before any full record was made; one thing was changed afterwards.
The first records attacked every network up its own loss and the cross-entropy. The chapter on
attacks then showed that this is too weak for the experimental network, and all were made again with
the attack of that chapter, the worst of several losses.
"""

from physlib.claims.claim import Claim
from physlib.claims.judging import difference, final, together
from physlib.claims.rules import every_part, reaches
from physlib.claims.spreads import (
    TRAINED,
    obeying,
    obeys_corrected,
    obeys_half,
    obeys_half_sampled,
    obeys_identity,
    opposed,
    reaches_half,
)
from physlib.experiments.uncertainty import ALONG

MLP, HARDENED = ALONG["mlp"].name, ALONG["hardened"].name
CHAPTER = "notebooks/principles/22_uncertainty_principle"
ACCURACY_ROBUSTNESS = "On the uncertainty principle of neural networks, arXiv:2205.01493"
CONJUGATE = "Quantum-inspired analysis of neural network vulnerabilities, arXiv:2402.10983"

_TRADE_OFF = opposed("test_accuracy", "pgd_accuracy")
_DATA, _WHOLE = opposed("data_dx", "data_dp"), opposed("whole_dx", "whole_dp")
_LOCAL = opposed("local_dx", "local_dp")

CLAIMS = (
    Claim(
        "uncertainty-trade-off",
        "the accuracy-robustness trade-off is an intrinsic property",
        "the abstract",
        "Minus the rank correlation of test accuracy with accuracy under attack (projected "
        "gradient descent within 0.1 of white, the worst of several losses) over the epochs of "
        "training, from the first one on: positive if one falls while the other rises. For the "
        "MLP, for the experimental network and for an MLP trained on attacked images.",
        "uncertainty-training",
        together(**{name: _TRADE_OFF(name) for name in TRAINED}),
        every_part(),
        "score",
        CHAPTER,
        {"trained on attacks of twice the radius": _TRADE_OFF("twice-hardened")},
        ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-accurate-and-robust",
        "it is found that neural networks are vulnerability and difficult to be both accurate "
        "and robust",
        "the abstract",
        "The same MLP trained on clean and on attacked images, after the last epoch, paired by "
        "seed: the accuracy on clean images that hardening costs, and the accuracy under "
        "attack that it gains.",
        "uncertainty-training",
        together(
            clean_accuracy_lost=difference(MLP, HARDENED, final("test_accuracy")),
            attacked_accuracy_gained=difference(HARDENED, MLP, final("pgd_accuracy")),
        ),
        every_part(),
        "points",
        CHAPTER,
        group=ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-half",
        "Analogous to the position-momentum conjugation in quantum mechanics, we show that the "
        "inputs and their conjugates cannot be resolved by a neural network simultaneously",
        "the abstract",
        "The share of random networks in one to four dimensions with Δx Δp ≥ ½ in every "
        "coordinate, for the state ψ = ℓ/√∫ℓ² on a box with a uniform measure, by quadrature. "
        "Δp is the spread of ∂ψ, without its part along ψ.",
        "uncertainty-networks",
        obeying(obeys_half),
        reaches(1.0, some=0.5),
        "%",
        CHAPTER,
        {
            "by Monte Carlo, allowing four standard errors": obeying(obeys_half_sampled),
            "networks trained on MNIST, box of all images": reaches_half("whole_product"),
            "networks trained on MNIST, boxes around images": reaches_half("local_product"),
        },
        ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-mechanism",
        "whose underlying mechanism is deeply related to the uncertainty principle in quantum "
        "mechanics",
        "the abstract",
        "Minus the rank correlation of Δx with Δp over the epochs of training, from the first "
        "one on, where both are taken over the test images with the weight ψ²: positive if "
        "one narrows while the other widens. For the same three networks.",
        "uncertainty-training",
        together(**{name: _DATA(name) for name in TRAINED}),
        every_part(),
        "score",
        CHAPTER,
        {
            "control: labels that say nothing": _DATA("shuffled"),
            "over the box of all images": together(**{name: _WHOLE(name) for name in TRAINED}),
            "in boxes around images": together(**{name: _LOCAL(name) for name in TRAINED}),
        },
        ACCURACY_ROBUSTNESS,
    ),
    Claim(
        "uncertainty-congruence",
        "a mathematical congruence manifests between this mechanism and the quantum physics' "
        "uncertainty principle",
        "the abstract",
        "The share of random networks in one to four dimensions that obey the relation with its "
        "boundary term, Δx Δp ≥ |½ − B|, in every coordinate: by quadrature, and by Monte Carlo "
        "within four standard errors, where also the partial integration behind it must hold.",
        "uncertainty-networks",
        obeying(obeys_corrected),
        reaches(1.0),
        "%",
        CHAPTER,
        {"the partial integration alone": obeying(obeys_identity)},
        CONJUGATE,
    ),
)
