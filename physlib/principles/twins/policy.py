"""A Gaussian policy that corrects a twin's parameters, trained by REINFORCE with a baseline."""

import torch
from torch import Tensor, nn
from torch.distributions import Normal

from physlib.checks import require_integer
from physlib.principles.twins.problem import Problem

CORRECTIONS = 4  # per episode
EPISODES = 64  # per update


class GaussianPolicy(nn.Module):
    r"""From what is seen of the twin to a correction, :math:`a\sim\mathcal N(\mu_w(s),\sigma^2)`.

    Args:
        inputs: how many numbers are seen.
        outputs: D, how many parameters are corrected.
        generator: of the first weights.

    Shape:
        (B, inputs) to a `Normal` over (B, outputs); one σ per parameter.

    Units:
        Corrections are in the unit cube of the system's parameters.

    Raises:
        TypeError, ValueError: widths that are no integers from 1.

    Source:
        Our reading of arXiv 2406.13145: states in, parameters out.
    """

    def __init__(self, inputs: int, outputs: int, generator: torch.Generator) -> None:
        super().__init__()
        inputs = require_integer("inputs", inputs, low=1)
        outputs = require_integer("outputs", outputs, low=1)
        first, last = nn.Linear(inputs, 32), nn.Linear(32, outputs, bias=False)
        nn.init.xavier_normal_(first.weight, generator=generator)
        nn.init.zeros_(first.bias)
        nn.init.xavier_normal_(last.weight, gain=0.1, generator=generator)  # small corrections
        self.net = nn.Sequential(first, nn.Tanh(), last).double()
        self.log_deviation = nn.Parameter(torch.full((outputs,), -2.0, dtype=torch.float64))

    def forward(self, seen: Tensor) -> Normal:
        """The law of the correction."""
        return Normal(self.net(seen), self.log_deviation.exp())


def leave_one_out(returns: Tensor) -> Tensor:
    """The baseline of each episode: the mean return of the others; returns are (episodes, …).

    It does not depend on the episode's own actions, so the gradient stays unbiased.

    Raises:
        ValueError: fewer than two episodes.
    """
    if len(returns) < 2:
        raise ValueError(f"returns must be of at least 2 episodes, got {len(returns)}")
    return (returns.sum(0) - returns) / (len(returns) - 1)


def reinforce_loss(log_probability: Tensor, returns: Tensor, baseline: Tensor | float) -> Tensor:
    r"""A scalar whose gradient is REINFORCE's estimate of minus that of the expected return.

    .. math::
        \nabla_w J = \bigl\langle (G-B)\,\nabla_w\log\pi_w(a\,|\,s) \bigr\rangle

    Args:
        log_probability: of the actions taken, (episodes, …).
        returns: G, what each was followed by, of the same shape.
        baseline: B, which must not depend on the action.

    Shape:
        Returns a scalar: the mean over the batch, summed over what follows.

    Units:
        Those of the returns.

    Raises:
        ValueError: shapes that differ, or an empty batch.

    Source:
        Williams, Machine Learning 8, 229 (1992).
    """
    if log_probability.shape != returns.shape or not len(returns):
        shapes = f"{tuple(log_probability.shape)} and {tuple(returns.shape)}"
        raise ValueError(f"log_probability and returns must have one shape, not 0, got {shapes}")
    advantage = (returns - baseline).detach()
    return -(advantage * log_probability).mean(0).sum()


def train_policy(
    problem: Problem, generator: torch.Generator, *, differences: bool = True, lr: float = 0.01
) -> list[tuple[int, float]]:
    """Spend the budget of `problem` on a policy; the mean last error of each batch of episodes.

    An episode begins at a random place of the cube and takes `CORRECTIONS` corrections. The reward
    of each is −MSTE after it; what counts for it is the sum from there on.

    Args:
        problem: whose trace will hold the best twin that was met.
        generator: of weights, beginnings and corrections.
        differences: whether the policy sees the twin's states less the physical ones, or the raw
            states of both.
        lr: Adam's learning rate.

    Shape:
        Returns (calls, error) for each update.

    Units:
        Errors are MSTE, the mean.

    Raises:
        ValueError: readings of no run, as `trajectories`.

    Source:
        Our reading of arXiv 2406.13145.
    """
    system, physical = problem.system, problem.readings.states[0]
    dimension, scales = len(system.parameters), physical.new_tensor(system.scales)

    def seen(states: Tensor) -> Tensor:
        both = (states - physical,) if differences else (states, physical.expand_as(states))
        return torch.cat([(part / scales).flatten(1) for part in both], -1)

    width = physical.numel() * (1 if differences else 2)
    policy = GaussianPolicy(width, dimension, generator)
    optimizer = torch.optim.Adam(policy.parameters(), lr=lr)
    curve = []
    while not problem.spent:
        place = torch.rand(EPISODES, dimension, generator=generator, dtype=torch.float64)
        states = problem.simulate(place)[1]
        chances, rewards = [], []
        for _ in range(CORRECTIONS):
            law = policy(seen(states))
            noise = torch.randn(place.shape, generator=generator, dtype=torch.float64)
            action = (law.mean + law.stddev * noise).detach()
            chances.append(law.log_prob(action).sum(-1))
            place = (place + action).clamp(0, 1)
            error, states = problem.simulate(place)
            rewards.append(-error)
        reward = torch.stack(rewards, 1)  # (episodes, corrections)
        returns = reward.flip(1).cumsum(1).flip(1)
        optimizer.zero_grad()
        reinforce_loss(torch.stack(chances, 1), returns, leave_one_out(returns)).backward()
        optimizer.step()
        curve.append((problem.calls, float(-rewards[-1].mean())))
    return curve
