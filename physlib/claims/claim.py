"""What a claim is, and the scores that several claims share."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from physlib.claims.judging import Score, Statistic, at_epoch, final, mean_of
from physlib.claims.rules import Rule
from physlib.convergence import convergence_epoch, epochs_to_reach
from physlib.records import Record


@dataclass(frozen=True)
class Claim:
    """What is claimed, and how the book decides.

    ``unit`` is how numbers are shown: ``"%"`` for accuracies and shares, ``"points"`` for
    differences of them, ``"epochs"``, or ``""``. ``variants`` are other definitions: they give
    the sensitivity table and change no verdict. ``chapter`` argues for the definition.
    ``group`` is whose claim it is, a heading of the page.
    """

    id: str
    quote: str
    where: str
    definition: str
    experiment: str
    statistic: Statistic
    rule: Rule
    unit: str = ""
    chapter: str = "notebooks/experiment/11_the_table"
    variants: Mapping[str, Statistic] = field(default_factory=dict)
    group: str = "The blog post"


ACCURACY = final("test_accuracy")
LOSS = final("train_loss")
AREA = mean_of("gaussian_area", "salt-pepper_area", "blur_area")


def plateau(margin: float) -> Score:
    """Epochs to within `margin` of the plateau of the test accuracy; NaN if it diverged."""
    return _counted(lambda record: convergence_epoch(record.curve("test_accuracy"), margin))


def reaching(accuracy: float) -> Score:
    """Epochs to this test accuracy; NaN if it is never reached, or the run diverged."""
    return _counted(lambda record: epochs_to_reach(record.curve("test_accuracy"), accuracy))


def accuracy_after(epoch: int) -> Score:
    """Test accuracy after this epoch; NaN if the run did not get there."""
    return lambda record: at_epoch(record, "test_accuracy", epoch)


def _counted(count: Score) -> Score:
    def score(record: Record) -> float:
        return float("nan") if record.facts["status"] == "diverged" else float(count(record))

    return score
