"""The five rows of the post's table."""

from physlib.claims.claim import ACCURACY, AREA, Claim, accuracy_after, plateau, reaching
from physlib.claims.counts import parameter_ratio
from physlib.claims.judging import Score, Statistic, difference, final, mean, together
from physlib.claims.rules import above, every_part, level, near

OURS, THEIRS = "headline-experimental-tuned", "headline-mlp-tuned"
SMALLER = "headline-mlp-smaller-tuned"
BARE = "headline-post-tuned"
OURS_UNTUNED, THEIRS_UNTUNED = "headline-experimental-untuned", "headline-mlp-untuned"
CHAPTER_14 = "notebooks/experiment/14_noise_and_coherence"


def _between_others(score: Score) -> dict[str, Statistic]:
    return {
        "against an MLP with 1/1.2 of the parameters": difference(OURS, SMALLER, score),
        "of the bare layer as printed, tuned": difference(BARE, THEIRS, score),
        "both untuned, 5 epochs": difference(OURS_UNTUNED, THEIRS_UNTUNED, score),
    }


CLAIMS = (
    Claim(
        "accuracy",
        "Accuracy on MNIST | 89% | 85%",
        "the table, the difference",
        "Test accuracy after 100 epochs of the tuned network, minus that of the tuned MLP of "
        "equal width and parameter count, paired by seed.",
        "headline",
        difference(OURS, THEIRS, ACCURACY),
        above(0.02),
        "points",
        variants={
            **_between_others(ACCURACY),
            "after 20 epochs": difference(OURS, THEIRS, accuracy_after(20)),
            "after 5 epochs": difference(OURS, THEIRS, accuracy_after(5)),
        },
    ),
    Claim(
        "accuracy-experimental",
        "Accuracy on MNIST | 89%",
        "the table, experimental network",
        "Test accuracy of the tuned network after 100 epochs.",
        "headline",
        mean(OURS, ACCURACY),
        level(0.89, 0.01),
        "%",
        variants={
            "the bare layer as printed, tuned": mean(BARE, ACCURACY),
            "the bare layer as printed, untuned, 20 epochs": mean(
                "headline-post-untuned", ACCURACY
            ),
            "untuned, 5 epochs": mean(OURS_UNTUNED, ACCURACY),
        },
    ),
    Claim(
        "accuracy-traditional",
        "Accuracy on MNIST | 85%",
        "the table, traditional network",
        "Test accuracy of the tuned MLP after 100 epochs.",
        "headline",
        mean(THEIRS, ACCURACY),
        level(0.85, 0.01),
        "%",
        variants={
            "MLP with 1/1.2 of the parameters": mean(SMALLER, ACCURACY),
            "untuned, 5 epochs": mean(THEIRS_UNTUNED, ACCURACY),
        },
    ),
    Claim(
        "convergence",
        "Convergence Time | 80 epochs | 100 epochs",
        "the table",
        "Epochs until the test accuracy is within 0.5 points of the run's plateau (the mean of "
        "its last tenth): those of the tuned MLP minus those of the tuned network, by seed.",
        "headline",
        difference(THEIRS, OURS, plateau(0.005)),
        above(10),
        "epochs",
        variants={
            "within 0.2 points": difference(THEIRS, OURS, plateau(0.002)),
            "within 1 point": difference(THEIRS, OURS, plateau(0.01)),
            "until 85 %": difference(THEIRS, OURS, reaching(0.85)),
            "until 95 %": difference(THEIRS, OURS, reaching(0.95)),
            "MLP with 1/1.2 of the parameters": difference(SMALLER, OURS, plateau(0.005)),
            "the bare layer as printed, tuned": difference(THEIRS, BARE, plateau(0.005)),
        },
    ),
    Claim(
        "parameters",
        "Parameter Count | 1.2 million | 1 million",
        "the table",
        "Parameters of the network over those of an MLP with one hidden layer of the same width, "
        "chosen such that the MLP has a million. Arithmetic, no run.",
        "none",
        parameter_ratio(1_000_000),
        near(1.2, 0.05),
        "ratio",
    ),
    Claim(
        "coherence",
        "Spatial Coherence Score | 0.9 | 0.7",
        "the table",
        "One minus the gradient energy of the normalised output over the classes, by the loss's "
        "own difference, on the test images: tuned network minus tuned MLP, by seed.",
        "headline",
        difference(OURS, THEIRS, final("output_coherence")),
        above(0.1),
        "score",
        CHAPTER_14,
        variants={
            "forward difference": difference(OURS, THEIRS, final("output_coherence_forward")),
            "of the first layer's weights": difference(OURS, THEIRS, final("weight_coherence")),
            "of its weights without the gain": difference(
                OURS, THEIRS, final("weight_coherence_bare")
            ),
            **_between_others(final("output_coherence")),
        },
    ),
    Claim(
        "noise",
        "Stability on Noisy Data | High | Moderate",
        "the table",
        "Mean height of the accuracy over the strength of a corruption of the test images, and "
        "test accuracy after training with 40 % wrong labels: tuned network minus tuned MLP.",
        "headline, noise",
        together(
            all_corruptions=difference(OURS, THEIRS, AREA),
            gaussian=difference(OURS, THEIRS, final("gaussian_area")),
            salt_and_pepper=difference(OURS, THEIRS, final("salt-pepper_area")),
            blur=difference(OURS, THEIRS, final("blur_area")),
            wrong_labels=difference("noise-experimental-0.4", "noise-mlp-0.4", ACCURACY),
        ),
        every_part(),
        "points",
        CHAPTER_14,
        variants={
            **_between_others(AREA),
            "20 % wrong labels": difference("noise-experimental-0.2", "noise-mlp-0.2", ACCURACY),
        },
    ),
)
