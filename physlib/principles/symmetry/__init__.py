"""Broken symmetries: input expansion, its controls, and a distance between replicas."""

from physlib.principles.symmetry.control import bias_control, nearest_control
from physlib.principles.symmetry.expansion import (
    append_constants,
    expand_image,
    expanded_pixels,
    upsample_nearest,
)
from physlib.principles.symmetry.magnet import quench, spins_of
from physlib.principles.symmetry.networks import Mirrored, build_network
from physlib.principles.symmetry.replicas import (
    Breaking,
    mean_pairwise_distance,
    null_distance,
    symmetry_breaking,
    unit_null,
)

__all__ = [
    "Breaking",
    "Mirrored",
    "append_constants",
    "bias_control",
    "build_network",
    "expand_image",
    "expanded_pixels",
    "mean_pairwise_distance",
    "nearest_control",
    "null_distance",
    "quench",
    "spins_of",
    "symmetry_breaking",
    "unit_null",
    "upsample_nearest",
]
