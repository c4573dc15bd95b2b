"""Losses of single samples, whose gradients attack a network."""

from collections.abc import Callable
from typing import get_args

import torch
from torch import Tensor, nn

from physlib.checks import require_choice
from physlib.components.landau import ginzburg_landau_loss
from physlib.principles.networks import Network
from physlib.tensors import require_floats, require_indices, require_labels

SampleLoss = Callable[[Tensor, Tensor], Tensor]  # from outputs (B, C) and labels (B,) to (B,)


def losses_of(network: str) -> dict[str, SampleLoss]:
    """Every loss whose gradient attacks a network, by name; first the one that it is trained on.

    The modulus of the Ginzburg-Landau loss may hide the way up, so its bracket and the
    cross-entropy of the outputs are tried too; that one may vanish, the margin cannot.

    Raises:
        ValueError: an unknown network.
    """
    require_choice("network", network, get_args(Network))
    if network == "experimental":
        return {
            "own": ginzburg_landau,
            "bracket": ginzburg_landau_bracket,
            "cross_entropy": cross_entropy,
            "margin": lost_margin,
        }
    return {"own": cross_entropy, "margin": lost_margin}


def cross_entropy(phi: Tensor, target: Tensor) -> Tensor:
    r"""The cross-entropy of every sample: (B, C) and (B,) to (B,), in nats.

    As :math:`\ln(1 + e^{-m})`, with the margin m of the right output over the others' log-sum. The
    usual form subtracts two nearly equal numbers: in float32 its force loses a part at margins
    of 17, and it is zero beyond. This one is accurate down to the smallest number, at 103.
    """
    _check(phi, target)
    right = phi.gather(1, target[:, None])[:, 0]
    others = phi.scatter(1, target[:, None], -torch.inf).logsumexp(1)
    return nn.functional.softplus(others - right)


def lost_margin(phi: Tensor, target: Tensor) -> Tensor:
    """The largest wrong output minus the right one, (B,): positive where the answer is wrong.

    Its gradient saturates nowhere, and a common factor of the outputs leaves its direction alone.
    """
    _check(phi, target)
    wrong = phi.scatter(1, target[:, None], -torch.inf).amax(1)
    return wrong - phi.gather(1, target[:, None])[:, 0]


def ginzburg_landau(phi: Tensor, target: Tensor) -> Tensor:
    r"""The post's loss of every sample alone, :math:`|Q|`: (B, C) and (B,) to (B,).

    The modulus is of that sample's bracket Q, where in training it is of the batch's mean.
    """
    _check(phi, target)
    each: SampleLoss = torch.vmap(lambda f, t: ginzburg_landau_loss(f[None], t[None]))
    return each(phi, target)


def ginzburg_landau_bracket(phi: Tensor, target: Tensor) -> Tensor:
    r"""The bracket without the modulus, with the sign that errors raise, :math:`-Q`: (B,).

    With A the terms that are squares and G the quartic one, Q = A − G; the public loss gives
    A + G (stable) and A (γ = 0).
    """

    def alone(f: Tensor, t: Tensor) -> Tensor:
        stable = ginzburg_landau_loss(f[None], t[None], quartic="stable")
        return stable - 2 * ginzburg_landau_loss(f[None], t[None], gamma=0.0)

    _check(phi, target)
    each: SampleLoss = torch.vmap(alone)
    return each(phi, target)


def _check(phi: Tensor, target: Tensor) -> None:
    require_floats("phi", phi, "(B, C)")
    require_indices("target", target, len(phi))
    if target.is_cpu:  # elsewhere, every step of an attack would wait for them to be read
        require_labels("target", target, *phi.shape)
