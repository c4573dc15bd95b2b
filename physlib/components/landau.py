"""The loss: a Ginzburg-Landau-like energy of the network's output."""

import math
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from physlib.checks import require_choice, require_number

Axis = Literal["class", "batch"]


def ginzburg_landau_loss(
    phi: Tensor,
    target: Tensor,
    *,
    alpha: float = 0.0035,
    gamma: float = 5.0,
    stiffness: float = 0.5,
    axis: Axis = "class",
    eps: float = 1e-8,
) -> Tensor:
    r"""Energy of the normalised output around its one-hot target.

    .. math::
        L = \Bigl|\,\bigl\langle \alpha d^2 - \gamma d^4
            + \kappa\,(\partial\hat\varphi)^2 \bigr\rangle\Bigr|,
        \qquad \hat\varphi = \frac{\varphi}{\max_i|\varphi_i| + \varepsilon},
        \quad d = \hat\varphi - \hat t,
        \quad \partial\hat\varphi_i = \tfrac12(\hat\varphi_{i+1} - \hat\varphi_{i-1})

    The mean runs over samples and classes, the maximum over the classes of each sample, and
    the difference wraps around. Source: the post, "The Custom Loss Function"; the wrapping,
    the maximum per sample and ``eps`` are the later revision's.

    Args:
        phi: network output, shape (B, C), floating point.
        target: class indices, shape (B,), int64, in 0 .. C − 1.
        alpha: weight of the quadratic term, dimensionless like every weight here.
        gamma: weight of the quartic term, which enters with a minus sign.
        stiffness: weight κ of the squared difference (the printed ½).
        axis: what the difference runs over, ``"class"`` (the printed formula) or ``"batch"``
            (the revision's code).
        eps: added to the maximum, so that a sample whose outputs all vanish gives no 0/0. Its
            gradient is then finite, but of the order of 1/eps.

    Returns:
        The loss, a scalar tensor with the dtype of ``phi``; float32 where ``phi`` has half
        precision, in which eps and the fourth powers would be lost.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument is outside its range. On CUDA, where reading the targets would
            stall the device, an index out of range trips torch's device assertion instead.
    """
    _check(phi, target)
    _check_weights(alpha, gamma, stiffness, axis, eps)
    if phi.dtype in (torch.float16, torch.bfloat16):
        phi = phi.float()
    phi_hat = phi / (phi.abs().amax(dim=1, keepdim=True) + eps)
    d = phi_hat.scatter_add(1, target.unsqueeze(1), phi_hat.new_full((len(phi), 1), -1.0))
    along = 1 if axis == "class" else 0
    slope = (phi_hat.roll(-1, along) - phi_hat.roll(1, along)) / 2
    d2 = d.square()
    return (alpha * d2 - gamma * d2.square() + stiffness * slope.square()).mean().abs()


class GinzburgLandauLoss(nn.Module):
    """`ginzburg_landau_loss` as a module: call it with (phi (B, C), target (B,)).

    The arguments and errors are those of `ginzburg_landau_loss`.
    """

    def __init__(
        self,
        *,
        alpha: float = 0.0035,
        gamma: float = 5.0,
        stiffness: float = 0.5,
        axis: Axis = "class",
        eps: float = 1e-8,
    ) -> None:
        super().__init__()
        _check_weights(alpha, gamma, stiffness, axis, eps)
        self.alpha, self.gamma, self.stiffness = alpha, gamma, stiffness
        self.axis, self.eps = axis, eps

    def forward(self, phi: Tensor, target: Tensor) -> Tensor:
        """The loss, a scalar."""
        return ginzburg_landau_loss(
            phi,
            target,
            alpha=self.alpha,
            gamma=self.gamma,
            stiffness=self.stiffness,
            axis=self.axis,
            eps=self.eps,
        )

    def extra_repr(self) -> str:
        """The weights, as `print` shows them."""
        return (
            f"alpha={self.alpha}, gamma={self.gamma}, stiffness={self.stiffness}, "
            f"axis={self.axis!r}, eps={self.eps}"
        )


def _check_weights(alpha: float, gamma: float, stiffness: float, axis: str, eps: float) -> None:
    require_number("alpha", alpha)
    require_number("gamma", gamma)
    require_number("stiffness", stiffness)
    require_number("eps", eps, low=0, high=math.inf)
    require_choice("axis", axis, get_args(Axis))


def _check(phi: Tensor, target: Tensor) -> None:
    if not phi.is_floating_point():
        raise TypeError(f"phi must be a floating-point tensor, got {phi.dtype}")
    if phi.dim() != 2 or phi.numel() == 0:
        raise ValueError(f"phi must have shape (B, C), B and C at least 1, got {tuple(phi.shape)}")
    if target.dtype != torch.int64:
        raise TypeError(f"target must hold class indices as torch.int64, got {target.dtype}")
    if target.shape != phi.shape[:1]:
        raise ValueError(
            f"target must have shape ({len(phi)},), one index per row of phi, "
            f"got {tuple(target.shape)}"
        )
    if target.is_cuda or torch.compiler.is_compiling():
        return  # reading the values would cost a synchronisation or a graph break
    low, high = torch.aminmax(target)
    if low < 0 or high >= phi.shape[1]:
        bad = low if low < 0 else high
        raise ValueError(f"target must lie in 0 .. {phi.shape[1] - 1}, got {int(bad)}")
