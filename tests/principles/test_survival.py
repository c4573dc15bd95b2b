"""Losses that attack, and the images that survive them."""

import math

import pytest
import torch
from torch.nn import functional as F

from physlib.models import MLP
from physlib.principles.attacks import input_gradient
from physlib.principles.losses import cross_entropy, losses_of
from physlib.principles.survival import first_order_radius, right, spaced, survivors


def test_cross_entropy_is_accurate_where_the_usual_form_is_zero():
    logits = torch.tensor([[0.0, -60.0, -61.0], [1.0, 2.0, 0.5]], dtype=torch.float64)
    labels = torch.tensor([0, 2])
    found = cross_entropy(logits, labels)
    usual = F.cross_entropy(logits, labels, reduction="none")
    assert found[1].item() == pytest.approx(usual[1].item())
    assert found[0].item() == pytest.approx(math.exp(-60) + math.exp(-61))
    assert usual[0].item() == 0


@pytest.mark.parametrize(("margin", "usual_is_right"), [(5.0, True), (25.0, False)])
def test_the_force_of_a_confident_answer_keeps_both_its_parts(margin, usual_is_right):
    """It raises the wrong output and lowers the right one equally; the usual form forgets one."""
    logits = torch.tensor([[margin, 0.0]])
    forces = [
        input_gradient(lambda x: x, loss, logits, torch.tensor([0]))[0]
        for loss in (cross_entropy, F.cross_entropy)
    ]
    exact = math.exp(-margin) / (1 + math.exp(-margin)) * torch.tensor([-1.0, 1.0])
    torch.testing.assert_close(forces[0], exact, rtol=1e-5, atol=0)
    assert torch.allclose(forces[1], exact, rtol=1e-3, atol=0) == usual_is_right


def test_survivors_are_right_before_and_after_every_attack():
    torch.manual_seed(0)
    model, x = MLP((784, 16, 10)), torch.rand(40, 784)
    y = model(x).argmax(1)
    y[:5] = (y[:5] + 1) % 10

    def after(epsilon, losses):
        draws = torch.Generator().manual_seed(0)
        return survivors(model, losses, x, y, epsilon, steps=10, generator=draws)

    both = losses_of("mlp")
    assert after(0.0, both)["all"].tolist() == [False] * 5 + [True] * 35
    assert after(1.0, both)["all"].sum() < 5
    # A loss that attacks nothing leaves more, and the worst of all is what counts.
    blind = {**both, "blind": lambda phi, y: 0 * phi.sum(1)}
    found = after(0.02, blind)
    assert found["blind"].sum() > found["own"].sum()
    assert torch.equal(found["all"], found["own"] & found["margin"] & found["blind"])


def test_a_row_of_nan_is_wrong_and_a_wrong_one_has_no_way_to_go():
    phi = torch.tensor([[2.0, 1.0], [math.nan, 1.0], [1.0, 2.0]])
    hit = right(lambda x: phi, phi, torch.zeros(3, dtype=torch.int64))
    assert hit.tolist() == [True, False, False]

    # φ₀ − φ₁ = x₀ − x₁ falls by 2ε at most: a lead of 3 lasts to 3/2, and one of −3 is none
    slope = torch.tensor([[1.0, -1.0], [0.0, 0.0]])
    x = torch.tensor([[3.0, 0.0], [-3.0, 0.0]])
    found = first_order_radius(lambda x: x @ slope.T, x, torch.tensor([0, 0]))
    assert found.tolist() == [1.5, 0.0]


def test_spaced_images_reach_from_the_first_to_the_last():
    images = torch.arange(11.0)[:, None]
    found, labels = spaced(3, images, torch.arange(11))
    assert (found[:, 0].tolist(), labels.tolist()) == ([0, 5, 10], [0, 5, 10])


def test_attacked_images_stay_images():
    x, y = torch.tensor([[0.0, 1.0], [0.05, 0.5]]), torch.zeros(2, dtype=torch.int64)
    asked = []

    def model(x):
        asked.append(x.detach())
        return torch.stack([x[:, 0] - x[:, 1], x[:, 1] - x[:, 0]], 1)

    survivors(model, losses_of("mlp"), x, y, 0.3, steps=3, generator=torch.Generator())
    seen = torch.cat(asked)
    assert seen.min() == 0
    assert seen.max() == 1


def test_an_image_that_is_wrong_already_is_at_no_distance():
    """Of two classes with margins ±2x, and 1-norms of 2."""
    x, y = torch.tensor([[0.3], [-0.2]]), torch.zeros(2, dtype=torch.int64)
    found = first_order_radius(lambda x: torch.cat([x, -x], 1), x, y)
    torch.testing.assert_close(found, torch.tensor([0.3, 0.0]))
