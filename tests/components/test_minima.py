import numpy as np
import pytest
from scipy.optimize import brentq

from physlib import theory
from physlib.components.minima import least_energy, nearest_minimum


@pytest.mark.parametrize("b", [0.5, 3.0])
@pytest.mark.parametrize("a", [-2.0, -0.1, 0.1, 2.0])
def test_the_transition_found_by_looking(a, b):
    psi = least_energy(a, b)
    assert psi == pytest.approx(theory.order_parameter(a, b), abs=1e-6)
    h = 1e-5
    assert (least_energy(a, b, h) - psi) / h == pytest.approx(theory.susceptibility(a), rel=0.01)


@pytest.mark.parametrize(("alpha", "gamma"), [(0.0035, 5.0), (0.0095, 6.5), (0.1, 0.2)])
def test_where_gamma_wins_the_least_loss_is_the_first_zero(alpha, gamma):
    zero = brentq(lambda h: theory.rival_energy(h, h, alpha, gamma), 0, 1)
    assert nearest_minimum(alpha, gamma) == pytest.approx(zero, abs=2e-3)


@pytest.mark.parametrize(("alpha", "gamma"), [(2.0, 1.0), (0.0035, -5.0), (0.5, -1.0)])
def test_where_no_energy_is_negative_the_least_loss_is_stationary(alpha, gamma):
    def slope(h):
        return 18 * alpha * h - 36 * gamma * h**3 - 0.5 * (1 - h)

    stationary = brentq(slope, 0, 0.5)
    assert nearest_minimum(alpha, gamma) == pytest.approx(stationary, abs=2e-3)


def test_shapes_broadcast_and_only_ratios_matter():
    alpha, gamma = np.array([0.01, 0.1, 1.0])[:, None], np.array([0.02, 0.5])
    heights = nearest_minimum(alpha, gamma)
    assert heights.shape == (3, 2)
    np.testing.assert_array_equal(heights, nearest_minimum(3 * alpha, 3 * gamma, 1.5))


def test_a_negative_height_costs_more():
    h = np.linspace(0.01, 1, 100)
    assert (theory.rival_energy(-h, -h) > theory.rival_energy(h, h)).all()
