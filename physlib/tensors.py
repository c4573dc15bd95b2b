"""Checks of tensors by type and shape, for measures that are no part of a training step."""

from torch import Tensor, int64

from physlib.checks import shown


def require_floats(name: str, value: object, shape: str) -> None:
    """Raise unless `value` is a floating-point tensor of the shape ``"(N, C)"``, say; not empty.

    An ellipsis stands for any number of axes: ``"(…, H, W)"``.
    """
    axes = [axis for axis in shape.strip("(,)").split(", ") if axis != "…"]
    if not isinstance(value, Tensor) or not value.is_floating_point():
        raise TypeError(f"{name} must be a floating-point tensor {shape}, got {_described(value)}")
    if value.numel() == 0 or not (
        value.dim() == len(axes) or ("…" in shape and value.dim() > len(axes))
    ):
        raise ValueError(f"{name} must have shape {shape}, not empty, got {_described(value)}")


def require_finite_floats(name: str, value: Tensor, shape: str) -> None:
    """`require_floats`, and no NaN and no infinity among them: that reads all of them."""
    require_floats(name, value, shape)
    if not value.isfinite().all():
        raise ValueError(f"{name} must be finite, got NaN or infinity in it")


def require_batch(x: object, y: object) -> None:
    """Raise unless `x` is a floating-point tensor (B, …), not empty, and `y` a tensor of B rows."""
    if not isinstance(x, Tensor) or not x.is_floating_point():
        raise TypeError(f"x must be a floating-point tensor (B, …), got {_described(x)}")
    if not isinstance(y, Tensor):
        raise TypeError(f"y must be a tensor, got {shown(y)}")
    if not (x.dim() and x.numel() and x.shape[:1] == y.shape[:1]):
        rows = " and ".join(str(len(t)) if t.dim() else "no" for t in (x, y))
        raise ValueError(f"x and y must be one batch, not empty, got {rows} rows")


def require_indices(name: str, value: object, rows: int) -> None:
    """Raise unless `value` has the type and the shape of one class index for each of the rows."""
    if not isinstance(value, Tensor) or value.dtype != int64:
        raise TypeError(f"{name} must hold class indices as torch.int64, got {_described(value)}")
    if value.shape != (rows,):
        raise ValueError(f"{name} must have shape ({rows},), got {tuple(value.shape)}")


def require_labels(name: str, value: Tensor, rows: int, classes: int) -> None:
    """`require_indices`, and each of one of the classes: that reads all of them."""
    require_indices(name, value, rows)
    if value.min() < 0 or value.max() >= classes:
        bad = value[(value < 0) | (value >= classes)][0]
        raise ValueError(f"{name} must lie in 0 .. {classes - 1}, got {int(bad)}")


def _described(value: object) -> str:
    if isinstance(value, Tensor):
        return f"{value.dtype} of shape {tuple(value.shape)}"
    return shown(value)
