"""REINFORCE estimates the gradient that it is said to, with the variance of the closed form."""

import math

import numpy as np
import pytest
import torch
from torch.distributions import Normal

from physlib import theory
from physlib.principles.twins import policy
from physlib.principles.twins.policy import (
    GaussianPolicy,
    leave_one_out,
    reinforce_loss,
    train_policy,
)
from physlib.principles.twins.problem import Problem, hidden_place, observe
from physlib.principles.twins.systems import SYSTEMS

OFFSET, DEVIATION, COUNT = 0.7, 1.0, 400_000  # δ, σ
BASELINES = {
    "none": 0.0,
    "mean": -(OFFSET**2) - DEVIATION**2,
    "best": -(OFFSET**2) - 3 * DEVIATION**2,
}


def estimates(baseline):
    """One estimate of the gradient per sample, for the reward −a²; the exact one is −2δ."""
    mean = torch.full((COUNT,), OFFSET, dtype=torch.float64, requires_grad=True)
    noise = torch.randn(COUNT, generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    law = Normal(mean, DEVIATION)
    action = (law.mean + DEVIATION * noise).detach()
    reward = -action.square()
    b = leave_one_out(reward) if baseline is None else baseline
    (-reinforce_loss(law.log_prob(action), reward, b)).backward()
    return (COUNT * mean.grad).numpy()


@pytest.mark.parametrize("baseline", [*BASELINES.values(), None])
def test_the_gradient_is_unbiased_whatever_the_baseline(baseline):
    found = estimates(baseline)
    assert abs(found.mean() + 2 * OFFSET) < 4 * found.std() / math.sqrt(COUNT)


@pytest.mark.parametrize("baseline", BASELINES.values(), ids=BASELINES)
def test_its_variance_is_that_of_the_closed_form(baseline):
    found = estimates(baseline)
    deviations = (found - found.mean()) ** 2
    error = deviations.std() / math.sqrt(COUNT)
    exact = theory.reinforce_variance(OFFSET, DEVIATION, baseline)
    assert abs(deviations.mean() - exact) < 4 * error
    assert error < 0.02 * exact  # so that five percent fails


def test_a_baseline_helps_and_the_best_one_is_best():
    without, mean, best = (
        float(theory.reinforce_variance(OFFSET, DEVIATION, b)) for b in BASELINES.values()
    )
    assert best < mean < without
    near = [
        theory.reinforce_variance(OFFSET, DEVIATION, BASELINES["best"] + e) for e in (-0.1, 0.1)
    ]
    assert min(near) > best


def test_a_small_batch_stays_unbiased_with_the_mean_of_the_others():
    """The mean of all would shrink the gradient by 1 − 1/B: by half, for two episodes."""
    generator = torch.Generator().manual_seed(2)
    mean = torch.full((COUNT, 2), OFFSET, dtype=torch.float64, requires_grad=True)
    noise = torch.randn(COUNT, 2, generator=generator, dtype=torch.float64)
    action = OFFSET + DEVIATION * noise
    reward = -action.square()
    others = leave_one_out(reward.T).T
    chances = Normal(mean, DEVIATION).log_prob(action)
    (-reinforce_loss(chances.T, reward.T, others.T)).backward()
    pairs = 2 * mean.grad.mean(1).numpy()  # the loss is a mean over two episodes
    error = pairs.std() / math.sqrt(COUNT)
    assert abs(pairs.mean() + 2 * OFFSET) < 4 * error


def test_a_policy_learns_to_correct_the_twin(monkeypatch):
    """The last correction of its episodes ends well below the first batch's error."""
    system = SYSTEMS["epidemic"]
    nature = torch.Generator().manual_seed(3)
    readings = observe(system, system.at(hidden_place(system, nature)), 1, nature)
    monkeypatch.setattr(policy, "EPISODES", 32)
    problem = Problem(system, readings, 160 * 12)
    curve = train_policy(problem, torch.Generator().manual_seed(0))
    assert [calls for calls, _ in curve] == [160 * (k + 1) for k in range(12)]
    errors = [error for _, error in curve]
    assert np.mean(errors[-3:]) < 0.6 * errors[0]


def test_the_policy_sees_differences_or_both_states(monkeypatch):
    system = SYSTEMS["epidemic"]
    readings = observe(system, system.at(torch.full((2,), 0.5).double()), 1, torch.Generator())
    widths = []
    monkeypatch.setattr(
        policy,
        "GaussianPolicy",
        lambda width, *rest: widths.append(width) or GaussianPolicy(width, *rest),
    )
    for differences in (True, False):
        train_policy(Problem(system, readings, 1), torch.Generator(), differences=differences)
    assert widths == [49 * 3, 2 * 49 * 3]


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="returns must be of at least 2 episodes, got 1"):
        leave_one_out(torch.zeros(1))
    with pytest.raises(ValueError, match="must have one shape"):
        reinforce_loss(torch.zeros(2), torch.zeros(3), 0.0)
    with pytest.raises(ValueError, match="not 0"):
        reinforce_loss(torch.zeros(0), torch.zeros(0), 0.0)
