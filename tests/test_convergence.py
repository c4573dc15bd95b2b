import math

import numpy as np
import pytest

from physlib.convergence import convergence_epoch, epochs_to_reach, mean_height


def test_an_exponential_approach_converges_when_it_says():
    curve = [0.9 - 0.8 * math.exp(-t / 10) for t in range(1, 201)]
    # 0.8 e^{-t/10} ≤ 0.005 from t = 10 ln 160 = 50.75 on; the plateau is 0.9 to 1e-8
    assert convergence_epoch(curve) == 51
    assert convergence_epoch(curve, 0.02) == 37
    assert epochs_to_reach(curve) == math.ceil(10 * math.log(0.8 / 0.05))


def test_the_plateau_is_the_mean_of_the_last_tenth():
    curve = [0.5] * 18 + [0.9, 0.7]  # plateau 0.8
    assert convergence_epoch(curve, 0.05) == 19
    assert convergence_epoch(curve[:-1], 0.05) == 19  # one epoch of 19: 0.9
    assert convergence_epoch(curve, 0.3) == 1


def test_equal_accuracies_have_converged_at_once():
    assert convergence_epoch([0.1 + 0.2] * 30, margin=0.0) == 1
    assert convergence_epoch([0.3]) == 1


def test_some_curves_never_get_there():
    assert math.isnan(epochs_to_reach([0.1, 0.84, 0.2]))
    assert epochs_to_reach([0.1, 0.86, 0.2]) == 2


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="at least one epoch"):
        convergence_epoch([])
    with pytest.raises(ValueError, match="margin"):
        convergence_epoch([0.5], -0.1)


def test_the_mean_height_of_a_line_is_its_middle():
    assert mean_height([0.0, 0.2, 0.8], [1.0, 0.9, 0.6]) == pytest.approx(0.8)
    x = np.linspace(2, 4, 5)
    assert mean_height(x, np.ones(5)) == pytest.approx(1)
