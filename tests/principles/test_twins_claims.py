"""What is made of the records of twins."""

import pytest

from physlib.claims.twins import times_as_far
from physlib.experiments import experiments
from physlib.records import Record

STUDY = experiments["twins"].build(None)[0]


class Made:
    """A shelf on which each method has its curves, one dictionary of calls for each seed."""

    def __init__(self, **curves):
        self.curves = curves

    def runs(self, name):
        _, system, method = name.split("-", 2)
        assert system == "epidemic"
        return [
            Record(STUDY, seed, [(n, "distance", d) for n, d in curve.items()], {})
            for seed, curve in enumerate(self.curves[method])
        ]


def test_methods_are_compared_at_the_most_calls_that_both_have():
    """Ratios 2 and 8 after four calls: 4 in the geometric mean, and 0.9 of the other's last."""
    shelf = Made(
        policy=[{1: 9.0, 2: 9.0, 4: 6.0, 8: 1.0}, {1: 9.0, 2: 9.0, 4: 8.0, 8: 1.0}],
        gradient=[{2: 9.0, 4: 3.0, 6: 0.1}, {2: 9.0, 4: 1.0, 6: 0.1}],
    )
    calls, found = times_as_far(shelf, "epidemic", "policy", "gradient")
    assert calls == 4
    assert found.mean == pytest.approx(4)
    assert found.low * found.high == pytest.approx(16)  # even about the mean, in logarithms
    back = times_as_far(shelf, "epidemic", "gradient", "policy")
    assert back[1].mean == pytest.approx(1 / 4)
