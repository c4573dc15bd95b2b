"""What the foundation has to show on MNIST itself; thresholds were fixed before the runs."""

import pytest

from physlib import fit, recipes


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_physlib_reaches_91_percent_in_5_epochs(mnist, seed):
    run = fit(recipes["physlib"], seed)
    assert len(run.history["epoch"]) == 5
    assert run.test_accuracy >= 0.91


def test_the_revision_with_forgotten_velocity_reaches_93_5_percent_in_20_epochs(mnist):
    run = fit(recipes["revision-2layer"].override("velocity=forgotten", "epochs=20"))
    assert run.test_accuracy >= 0.935
