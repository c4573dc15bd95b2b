"""The loss: a Ginzburg-Landau-like energy of the network's output."""

import math
from typing import Literal, get_args

import torch
from torch import Tensor, nn

from physlib.checks import require_choice, require_number, require_truth, shown

Axis = Literal["class", "batch"]
Maximum = Literal["sample", "batch"]
Quartic = Literal["printed", "stable"]


def ginzburg_landau_loss(
    phi: Tensor,
    target: Tensor,
    *,
    alpha: float = 0.0035,
    gamma: float = 5.0,
    stiffness: float = 0.5,
    axis: Axis = "class",
    eps: float = 1e-8,
    maximum: Maximum = "sample",
    wrap: bool = True,
    quartic: Quartic = "printed",
) -> Tensor:
    r"""Energy of the normalised output around its one-hot target.

    .. math::
        L = \Bigl|\,\bigl\langle \alpha d^2 - \gamma d^4
            + \kappa\,(\partial\hat\varphi)^2 \bigr\rangle\Bigr|,
        \qquad \hat\varphi = \frac{\varphi}{\max_i|\varphi_i| + \varepsilon},
        \quad d = \hat\varphi - \hat t,
        \quad \partial\hat\varphi_i = \tfrac12(\hat\varphi_{i+1} - \hat\varphi_{i-1})

    The mean runs over samples and classes, the maximum over the classes of each sample, and
    the difference wraps around. The last three options are other readings of the formula, and
    the sign that Ginzburg and Landau have.

    Half precision and autocast: the network's part may run in either; from ``phi`` on everything
    is float32, because eps and the fourth powers would be lost otherwise.

    Args:
        phi: network output, shape (B, C), floating point.
        target: class indices, shape (B,), int64, in 0 .. C − 1.
        alpha: weight of the quadratic term.
        gamma: weight of the quartic term, which enters with a minus sign (but see ``quartic``).
        stiffness: weight κ of the squared difference (the printed ½).
        axis: what the difference runs over, ``"class"`` (the printed formula) or ``"batch"``
            (the revision's code).
        eps: added to the maximum, so that a sample whose outputs all vanish gives no 0/0. Its
            gradient is then finite, but of the order of 1/eps.
        maximum: what the outputs are divided by, the largest of each ``"sample"`` or of the
            whole ``"batch"``.
        wrap: whether the first and the last entry are neighbours; if not, the difference is
            one-sided at both ends, as in `torch.gradient`, and the axis needs two entries.
        quartic: ``"printed"`` is −γd⁴; ``"stable"`` is +γd⁴, with which no energy is negative
            (for weights of at least 0) and the absolute value has nothing to do.

    Returns:
        The loss, a scalar tensor with the dtype of ``phi``; float32 where ``phi`` has half
        precision.

    Raises:
        TypeError: an argument has the wrong type.
        ValueError: an argument is outside its range. Off the CPU, where reading the targets would
            stall the device, an index out of range trips the device's own assertion instead, as
            it does in ``torch.nn.functional.cross_entropy``.

    Units:
        None: the outputs are divided by the largest, and every weight is dimensionless.

    Source:
        The post, "The Custom Loss Function"; the wrapping, the maximum per sample and ``eps`` are
        the later revision's.

    Example:
        Outputs that are right and certain do not have the least energy: the gradient term stays.

        >>> import torch
        >>> target = torch.arange(10)
        >>> phi = torch.nn.functional.one_hot(target).float()
        >>> print(f"{ginzburg_landau_loss(phi, target):.4f}")
        0.0250
    """
    _check(phi, target)
    _check_options(alpha, gamma, stiffness, axis, eps, maximum, wrap, quartic)
    if phi.dtype in (torch.float16, torch.bfloat16):
        phi = phi.float()
    largest = phi.abs().amax(dim=1, keepdim=True) if maximum == "sample" else phi.abs().amax()
    phi_hat = phi / (largest + eps)
    d = phi_hat.scatter_add(1, target.unsqueeze(1), phi_hat.new_full((len(phi), 1), -1.0))
    d2 = d.square()
    slope = _slope(phi_hat, 1 if axis == "class" else 0, wrap)
    sign = -1 if quartic == "printed" else 1
    return (alpha * d2 + sign * gamma * d2.square() + stiffness * slope.square()).mean().abs()


def _slope(phi_hat: Tensor, dim: int, wrap: bool) -> Tensor:
    if wrap:
        return (phi_hat.roll(-1, dim) - phi_hat.roll(1, dim)) / 2
    if phi_hat.shape[dim] < 2:
        raise ValueError(f"phi must have two entries along axis {dim} unless wrap is true")
    return torch.gradient(phi_hat, dim=dim)[0]


class GinzburgLandauLoss(nn.Module):
    """`ginzburg_landau_loss` as a module, with the same arguments.

    Shape:
        Call it with the output (B, C) and the target (B,); it returns a scalar.

    Units:
        None, as for `ginzburg_landau_loss`.

    Raises:
        TypeError, ValueError: an argument of the wrong type or outside its range.

    Source:
        The post, "The Custom Loss Function".

    Example:
        Without its gradient term, the energy vanishes where every output is right and certain.

        >>> import torch
        >>> target = torch.arange(10)
        >>> phi = torch.nn.functional.one_hot(target).float()
        >>> GinzburgLandauLoss(stiffness=0.0)(phi, target)
        tensor(0.)
    """

    def __init__(
        self,
        *,
        alpha: float = 0.0035,
        gamma: float = 5.0,
        stiffness: float = 0.5,
        axis: Axis = "class",
        eps: float = 1e-8,
        maximum: Maximum = "sample",
        wrap: bool = True,
        quartic: Quartic = "printed",
    ) -> None:
        super().__init__()
        _check_options(alpha, gamma, stiffness, axis, eps, maximum, wrap, quartic)
        self.alpha, self.gamma, self.stiffness = alpha, gamma, stiffness
        self.axis, self.eps = axis, eps
        self.maximum, self.wrap, self.quartic = maximum, wrap, quartic

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
            maximum=self.maximum,
            wrap=self.wrap,
            quartic=self.quartic,
        )

    def extra_repr(self) -> str:
        """The options, as `print` shows them."""
        return (
            f"alpha={self.alpha}, gamma={self.gamma}, stiffness={self.stiffness}, "
            f"axis={self.axis!r}, eps={self.eps}, maximum={self.maximum!r}, wrap={self.wrap}, "
            f"quartic={self.quartic!r}"
        )


def _check_options(
    alpha: float,
    gamma: float,
    stiffness: float,
    axis: str,
    eps: float,
    maximum: str,
    wrap: bool,
    quartic: str,
) -> None:
    require_number("alpha", alpha)
    require_number("gamma", gamma)
    require_number("stiffness", stiffness)
    require_number("eps", eps, low=0, high=math.inf)
    require_choice("axis", axis, get_args(Axis))
    require_choice("maximum", maximum, get_args(Maximum))
    require_choice("quartic", quartic, get_args(Quartic))
    require_truth("wrap", wrap)


def _check(phi: Tensor, target: Tensor) -> None:
    for name, value in (("phi", phi), ("target", target)):
        if not isinstance(value, Tensor):
            raise TypeError(f"{name} must be a tensor, got {shown(value)}")
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
    if target.device != phi.device:
        raise ValueError(f"target must be on the device of phi, {phi.device}, got {target.device}")
    if not target.is_cpu or torch.compiler.is_compiling():
        return  # reading the values would cost a synchronisation or a graph break
    if torch._C._are_functorch_transforms_active():  # no public name asks for them
        return  # and under vmap there is no one value to read
    low, high = torch.aminmax(target)
    if low < 0 or high >= phi.shape[1]:
        bad = low if low < 0 else high
        raise ValueError(f"target must lie in 0 .. {phi.shape[1] - 1}, got {int(bad)}")
