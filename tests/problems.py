"""Potentials whose answers are known exactly: what every scheme is held against."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Problem:
    """A potential U: its gradient, positions to gradients of the same shape."""

    gradient: Callable[[Tensor], Tensor]


def quadratic(k: float) -> Problem:
    """U = kθ²/2: ⟨θ²⟩ = T/k, up to what the scheme's step does."""
    return Problem(lambda theta: k * theta)


@dataclass(frozen=True)
class AnisotropicGaussian(Problem):
    """U = θᵀKθ/2 in the plane, positions (…, 2); K has `curvatures` along the rows of `axes`."""

    curvatures: tuple[float, float]
    axes: Tensor


def anisotropic(curvatures: tuple[float, float], angle: float) -> AnisotropicGaussian:
    """The axes turned by `angle`."""
    c, s = math.cos(angle), math.sin(angle)
    axes = torch.tensor([[c, s], [-s, c]], dtype=torch.float64)
    precision = axes.T @ torch.diag(torch.tensor(curvatures, dtype=torch.float64)) @ axes
    return AnisotropicGaussian(lambda theta: theta @ precision, curvatures, axes)


DOUBLE_WELL = Problem(lambda theta: 4 * theta * (theta.square() - 1))  # U = (θ² − 1)²
FREE = Problem(torch.zeros_like)


def with_gradient_noise(problem: Problem, variance: float, seed: int) -> Problem:
    """The same, its gradient disturbed by white noise: a minibatch's, idealised."""
    generator = torch.Generator().manual_seed(seed)

    def noisy(theta: Tensor) -> Tensor:
        noise = torch.randn(theta.shape, generator=generator, dtype=theta.dtype)
        return problem.gradient(theta) + math.sqrt(variance) * noise

    return Problem(noisy)
