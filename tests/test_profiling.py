import pytest
import torch

from physlib import recipes
from physlib.profiling import PARTS, step_bytes, step_seconds

DIGITS = {
    name: recipes[name].override("dataset=digits", "batch_size=32") for name in ("physlib", "mlp")
}


@pytest.mark.parametrize("name", DIGITS)
def test_every_part_takes_its_time(name):
    spent = step_seconds(DIGITS[name], "cpu", steps=3)
    assert tuple(spent) == PARTS
    assert all(seconds > 0 for seconds in spent.values())


def test_bytes_of_the_mlp_can_be_counted_by_hand():
    found = step_bytes(DIGITS["mlp"], "cpu")
    weights = 4 * (784 * 156 + 156 + 156 * 10 + 10)
    # The batch and its labels; the hidden units behind their ReLU; log-probabilities, and the
    # weight of the batch that cross-entropy keeps.
    activations = 4 * (32 * 784 + 32 * 156 + 32 * 10 + 1) + 8 * 32
    assert found == {
        "images": 4 * 1437 * 784,
        "weights": weights,
        "gradients": weights,
        "optimizer": weights,  # momentum
        "activations": activations,
    }


def test_noise_costs_one_more_buffer():
    cold, warm = (step_bytes(DIGITS["physlib"].replace(temperature=t), "cpu") for t in (0, 1e-6))
    assert cold["optimizer"] == cold["gradients"]
    assert warm["optimizer"] == 2 * warm["gradients"]
    assert warm["weights"] > warm["gradients"]  # batch normalisation has buffers


def test_the_callers_random_state_is_left_alone():
    before = torch.get_rng_state()
    step_bytes(DIGITS["physlib"], "cpu")
    assert torch.equal(torch.get_rng_state(), before)


def test_steps_must_be_a_number_of_steps():
    with pytest.raises(ValueError, match="steps must be at least 1, got 0"):
        step_seconds(DIGITS["mlp"], "cpu", steps=0)
