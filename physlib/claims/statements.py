"""What the post says in words: four benefits, three challenges, and its statements on each part."""

from physlib.claims.claim import ACCURACY, LOSS, Claim
from physlib.claims.counts import (
    adaptation,
    instabilities,
    main_effect,
    stable_states,
    trial_shortfall,
)
from physlib.claims.judging import difference, final, together
from physlib.claims.rules import UNTESTABLE, above, every_part, reaches
from physlib.claims.table import OURS, THEIRS
from physlib.experiments import TEMPERATURES

CHAPTER_10 = "notebooks/experiment/10_putting_it_together"
CHAPTER_13 = "notebooks/experiment/13_ablation"
CHAPTER_14 = "notebooks/experiment/14_noise_and_coherence"
WARM, COLD = "temperature-1e-06", "temperature-0"
COHERENCE = final("output_coherence")

BENEFITS = (
    Claim(
        "hierarchy",
        "Better Handling of Complex, Hierarchical Data Structures",
        "potential benefits, 1",
        "The classes of MNIST have no hierarchy to be captured. For orientation: the layer's "
        "main effect on the test accuracy in the factorial ablation, hyperbolic minus linear.",
        "ablation",
        main_effect(1, "hyperbolic", "linear"),
        UNTESTABLE,
        "points",
        CHAPTER_13,
    ),
    Claim(
        "global-optima",
        "The Langevin dynamics-inspired optimizer enhances the network's ability to find global "
        "optima.",
        "potential benefits, 2",
        "A better optimum has a lower loss: final training loss at T = 0 minus that at the "
        "recipe's T = 1e-6, all else equal, by seed.",
        "temperature",
        difference(COLD, WARM, LOSS),
        above(),
        "loss",
        CHAPTER_13,
        variants={
            f"T = {t:g}": difference(COLD, f"temperature-{t:g}", LOSS)
            for t in TEMPERATURES[1:]
            if t != 1e-6
        },
    ),
    Claim(
        "stable-states",
        "Multiple Stable States: The quartic term allows for capturing diverse data patterns.",
        "potential benefits, 3",
        "Minima of the modulus of the loss as a function of a uniform error between -1 and 1. "
        "Arithmetic, no run.",
        "none",
        stable_states(),
        reaches(2),
        "states",
        "notebooks/components/01_ginzburg_landau",
        variants={"without the quartic term": stable_states(gamma=0.0)},
    ),
    Claim(
        "enhanced-coherence",
        "Enhanced Spatial Coherence: Useful for tasks involving spatial data, ensuring smooth "
        "transitions in the output.",
        "potential benefits, 4",
        "Coherence of the normalised output with the gradient term minus that without it.",
        "terms",
        difference("terms-all", "terms-no-gradient", COHERENCE),
        above(),
        "score",
        CHAPTER_14,
        variants={
            "forward difference": difference(
                "terms-all", "terms-no-gradient", final("output_coherence_forward")
            ),
            "of the first layer's weights": difference(
                "terms-all", "terms-no-gradient", final("weight_coherence")
            ),
        },
    ),
)

CHALLENGES = (
    Claim(
        "tuning",
        "Increased Complexity in Training: More parameters and terms to tune can complicate the "
        "training process.",
        "challenges, 1",
        "How far a random trial of the search falls behind the best one in validation accuracy, "
        "on average: the network's minus the MLP's. Welch's interval over the trials.",
        "tuning",
        trial_shortfall("experimental", "mlp"),
        above(),
        "points",
        variants={
            "the bare layer as printed": trial_shortfall("post", "mlp"),
            "against the smaller MLP": trial_shortfall("experimental", "mlp-smaller"),
        },
    ),
    Claim(
        "interpretation",
        "Understanding the network's behavior requires a deeper theoretical insight.",
        "challenges, 2",
        "No measurement decides what an understanding requires. For orientation: the calibration "
        "error of the tuned network minus that of the tuned MLP.",
        "headline",
        difference(OURS, THEIRS, final("calibration_error")),
        UNTESTABLE,
        "points",
        CHAPTER_10,
    ),
    Claim(
        "instabilities",
        "Potential Instabilities: Non-standard loss functions and optimization processes might "
        "introduce new challenges.",
        "challenges, 3",
        "Share of the runs with the later revision's printed settings that diverged or ended "
        "below 20 % test accuracy, with Wilson's interval.",
        "revision",
        instabilities("revision-1layer-kept", "revision-2layer-kept"),
        above(),
        "%",
        "notebooks/experiment/12_the_published_curve",
        variants={
            "the tuned network": instabilities(OURS),
            "the tuned MLP": instabilities(THEIRS),
            "at T = 0.01": instabilities("temperature-0.01"),
        },
    ),
)

STATEMENTS = (
    Claim(
        "quadratic-term",
        "Quadratic Term: Encourages the network's output to match the target values.",
        "breakdown of the loss",
        "Test accuracy with the quadratic term minus that without it, by seed.",
        "terms",
        difference("terms-all", "terms-no-quadratic", ACCURACY),
        above(),
        "points",
        CHAPTER_14,
    ),
    Claim(
        "quartic-term",
        "This term, with a negative sign, adds richness to the energy landscape, facilitating "
        "better exploration during training.",
        "breakdown of the loss",
        "Test accuracy with the quartic term minus that without it, by seed.",
        "terms",
        difference("terms-all", "terms-no-quartic", ACCURACY),
        above(),
        "points",
        CHAPTER_14,
    ),
    Claim(
        "spatial-term",
        "Spatial Term: Promotes coherence in the network's outputs across spatial dimensions. "
        "This is particularly useful for tasks involving spatial data, such as image processing.",
        "breakdown of the loss",
        "With the gradient term minus without it, by seed: coherence of the normalised output, "
        "and, for its use, test accuracy.",
        "terms",
        together(
            coherence=difference("terms-all", "terms-no-gradient", COHERENCE),
            test_accuracy=difference("terms-all", "terms-no-gradient", ACCURACY),
        ),
        every_part(),
        "score",
        CHAPTER_14,
    ),
    Claim(
        "dynamic-weights",
        "the network adapts its weights based on the input it receives",
        "dynamic weight modification",
        "By how much of its mean gain the first layer of the tuned network can change, at most, "
        "as t(x) runs through its range.",
        "headline",
        adaptation(OURS),
        reaches(0.01, some=0.0),
        "%",
        "notebooks/components/02_hyperbolic_layer",
        variants={"the bare layer as printed, tuned": adaptation("headline-post-tuned")},
    ),
    Claim(
        "exploration",
        "allow the network to explore the loss landscape more thoroughly, potentially escaping "
        "local minima and finding better global solutions",
        "Langevin dynamics",
        "A better solution generalises better: test accuracy at the recipe's T = 1e-6 minus that "
        "at T = 0, all else equal, by seed.",
        "temperature",
        difference(WARM, COLD, ACCURACY),
        above(),
        "points",
        CHAPTER_13,
        variants={
            **{
                f"T = {t:g}": difference(f"temperature-{t:g}", COLD, ACCURACY)
                for t in TEMPERATURES[1:]
                if t != 1e-6
            },
            "main effect in the ablation": main_effect(2, "langevin", "sgd"),
        },
    ),
)

CLAIMS = (*BENEFITS, *CHALLENGES, *STATEMENTS)
