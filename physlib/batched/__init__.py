"""One recipe from many seeds at once, as one batched program."""

from physlib.batched.training import fit_many

__all__ = ["fit_many"]
