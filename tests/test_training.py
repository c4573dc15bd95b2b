import dataclasses
import math

import pytest
import torch

import physlib.training
from physlib import MLP, fit, ginzburg_landau_loss, load_dataset, recipes
from physlib.checkpoints import CheckpointError
from physlib.data import Dataset, pixel_order
from physlib.epochs import train_epoch
from physlib.metrics import accuracy
from physlib.runs import COLUMNS
from physlib.training import recipe_data

DIGITS = recipes["physlib"].override("dataset=digits", "epochs=4", "lr=1e-2")


def weights(run):
    return [p.detach() for p in run.model.parameters()]


def without_seconds(run):
    return {column: run.history[column] for column in COLUMNS if column != "seconds"}


def assert_same_run(a, b):
    assert without_seconds(a) == without_seconds(b)
    assert all(torch.equal(p, q) for p, q in zip(weights(a), weights(b), strict=True))


def test_a_run_learns_and_says_how():
    run = fit(DIGITS.override("epochs=20"))
    assert (run.status, run.diverged_at, run.seed) == ("completed", None, 0)
    assert run.history["epoch"] == list(range(1, 21))
    assert all(len(column) == 20 for column in run.history.values())
    assert run.history["train_loss"][-1] < 0.5 * run.history["train_loss"][0]
    assert run.test_accuracy == run.history["test_accuracy"][-1] > 0.8
    assert all(seconds > 0 for seconds in run.history["seconds"])


@pytest.mark.parametrize("name", ["physlib", "mlp"])
def test_the_history_is_what_the_model_scores_on_the_test_set(name):
    """Scored here from the data up, with nothing of the loop's own."""
    recipe = recipes[name].override("dataset=digits", "epochs=2")
    run = fit(recipe)
    data = load_dataset("digits")
    x, y = data.test_images.flatten(1) / 255 * 2 - 1, data.test_labels
    with torch.no_grad():
        phi = run.model.eval()(x)
    assert run.test_accuracy == pytest.approx((phi.argmax(1) == y).double().mean().item())
    whole = torch.nn.functional.cross_entropy if name == "mlp" else ginzburg_landau_loss
    batches = [whole(phi[i : i + 128], y[i : i + 128]).item() for i in range(0, 360, 128)]
    assert run.history["test_loss"][-1] == pytest.approx(sum(batches) / 3, rel=1e-5)
    assert run.test_accuracy != run.history["train_accuracy"][-1]


def test_the_training_columns_are_means_over_the_steps():
    """With a learning rate of 0 and no random activations they can be computed beforehand."""
    recipe = recipes["mlp"].override("dataset=digits", "epochs=1", "lr=0", "batch_size=479")
    run = fit(recipe)  # 1437 = 3 * 479: equal batches, whose mean is the mean of all
    data = load_dataset("digits")
    x, y = data.train_images.flatten(1) / 255 * 2 - 1, data.train_labels
    with torch.no_grad():
        phi = run.model(x)
    expected = torch.nn.functional.cross_entropy(phi, y).item()
    assert run.history["train_loss"] == pytest.approx([expected], rel=1e-5)
    assert run.history["train_accuracy"] == pytest.approx(
        [(phi.argmax(1) == y).double().mean().item()]
    )


@pytest.mark.parametrize("batch_size", [500, 479, 5000])
def test_every_step_has_its_own_loss_and_accuracy(batch_size):
    """With a learning rate of 0 they are those of the batch, the odd last one's included."""
    torch.manual_seed(0)
    model, data = MLP(), load_dataset("digits")
    x, y = data.train_inputs(), data.train_labels
    loss_of = torch.nn.functional.cross_entropy
    still = torch.optim.SGD(model.parameters(), lr=0.0)
    order = torch.Generator().manual_seed(3)
    batches = torch.randperm(len(x), generator=order.clone_state()).split(batch_size)
    losses, hits = train_epoch(model, loss_of, still, x, y, batch_size, order)
    with torch.no_grad():
        phis = [model(x[batch]) for batch in batches]
    pairs = [(phi, y[batch]) for phi, batch in zip(phis, batches, strict=True)]
    torch.testing.assert_close(losses, torch.stack([loss_of(*pair) for pair in pairs]))
    torch.testing.assert_close(hits, torch.stack([accuracy(*pair) for pair in pairs]))
    assert len(set(hits.tolist())) == len(batches)


@pytest.mark.parametrize("name", recipes)
def test_every_recipe_runs(name):
    run = fit(recipes[name].override("dataset=digits", "epochs=1"))
    assert run.status == "completed"
    assert math.isfinite(run.test_accuracy)


def test_the_same_seed_gives_the_same_bits_and_another_one_does_not():
    assert_same_run(fit(DIGITS, seed=3), fit(DIGITS, seed=3))
    assert without_seconds(fit(DIGITS, seed=3)) != without_seconds(fit(DIGITS, seed=4))


def test_the_callers_random_state_is_left_alone(monkeypatch):
    torch.manual_seed(1)
    before = torch.get_rng_state()
    monkeypatch.setattr(torch.cuda, "manual_seed_all", lambda seed: pytest.fail("seeds every GPU"))
    fit(DIGITS.override("epochs=1"))
    assert torch.equal(torch.get_rng_state(), before)


def test_recipes_with_one_seed_see_the_images_in_one_order(monkeypatch):
    orders = []

    def spy(*arguments):
        orders.append(arguments[6].get_state())
        return train_epoch(*arguments)

    monkeypatch.setattr(physlib.training, "train_epoch", spy)
    for name in ("physlib", "mlp"):
        fit(recipes[name].override("dataset=digits", "epochs=2"), seed=5)
    assert torch.equal(orders[0], orders[2])
    assert torch.equal(orders[1], orders[3])
    assert not torch.equal(orders[0], orders[1])


def test_an_interrupted_run_resumes_to_the_same_bits(tmp_path, monkeypatch):
    whole = fit(DIGITS, seed=2)
    calls = 0

    def interrupted(*arguments):
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return train_epoch(*arguments)

    monkeypatch.setattr(physlib.training, "train_epoch", interrupted)
    with pytest.raises(KeyboardInterrupt):
        fit(DIGITS, seed=2, checkpoint=tmp_path / "run.pt")
    monkeypatch.undo()
    resumed = fit(DIGITS, seed=2, checkpoint=tmp_path / "run.pt")
    assert_same_run(whole, resumed)
    again = fit(DIGITS, seed=2, checkpoint=tmp_path / "run.pt")  # nothing is left to do
    assert again.history == resumed.history
    assert [p.name for p in tmp_path.iterdir()] == ["run.pt"]


def test_more_epochs_continue_a_finished_run(tmp_path):
    path = tmp_path / "run.pt"
    fit(DIGITS.override("epochs=2"), checkpoint=path)
    assert_same_run(fit(DIGITS, checkpoint=path), fit(DIGITS))


def test_a_checkpoint_without_its_state_is_refused(tmp_path):
    path = tmp_path / "run.pt"
    fit(DIGITS.override("epochs=1"), checkpoint=path)
    saved = torch.load(path, weights_only=True)
    for state in ({}, {**saved["state"], "model": {}}):
        torch.save({**saved, "state": state}, path)
        with pytest.raises(CheckpointError, match="cannot be read"):
            fit(DIGITS, checkpoint=path)


def test_a_checkpoint_beyond_the_epochs_asked_for_is_refused(tmp_path):
    path = tmp_path / "run.pt"
    fit(DIGITS, checkpoint=path)
    before = path.read_bytes()
    with pytest.raises(CheckpointError, match="at epoch 4, beyond the 2 asked for"):
        fit(DIGITS.override("epochs=2"), checkpoint=path)
    assert path.read_bytes() == before


def shuffled_inputs(monkeypatch, order, recipe):
    """The run of `recipe` on images that are shuffled before `fit` sees them."""
    with monkeypatch.context() as patch:
        for name in ("train_inputs", "test_inputs"):
            plain = getattr(Dataset, name)
            patch.setattr(Dataset, name, lambda self, r, plain=plain: plain(self, r)[:, order])
        return fit(recipe)


def test_a_permutation_shuffles_the_pixels_of_all_images_alike(monkeypatch):
    recipe = DIGITS.override("epochs=1")
    shuffled = fit(recipe.override("pixel_permutation=3"))
    assert_same_run(shuffled, shuffled_inputs(monkeypatch, pixel_order(3), recipe))
    assert without_seconds(shuffled) != without_seconds(fit(recipe))
    # the other streams of the seed are as without it
    assert_same_run(fit(recipe), shuffled_inputs(monkeypatch, pixel_order(0), recipe))


def test_divergence_is_a_result_with_its_step():
    run = fit(recipes["mlp"].override("dataset=digits", "lr=1e9", "epochs=3"))
    assert run.status == "diverged"
    assert run.history["epoch"] == []
    assert math.isnan(run.test_accuracy)
    steps_per_epoch = math.ceil(1437 / 128)
    assert 0 < run.diverged_at < steps_per_epoch


def test_a_diverged_run_says_what_was_not_finite(monkeypatch):
    assert fit(DIGITS.override("epochs=1")).why is None
    run = fit(recipes["mlp"].override("dataset=digits", "lr=1e9"))
    assert run.why == "the training loss is not finite"
    nan = torch.tensor(math.nan)
    monkeypatch.setattr(physlib.training, "evaluate", lambda *_: (nan, nan))
    run = fit(DIGITS)
    assert (run.diverged_at, run.why) == (11, "the test loss is not finite")


def test_held_out_images_take_the_place_of_the_test_set():
    recipe = DIGITS.override("validation=400", "epochs=2")
    run, data = fit(recipe), load_dataset("digits").hold_out(400)
    with torch.no_grad():
        guess = run.model.eval()(data.test_inputs((-1, 1))).argmax(1)
    right = (guess == data.test_labels).double().mean().item()
    assert run.test_accuracy == pytest.approx(right)
    assert run.test_accuracy != fit(DIGITS.override("epochs=2")).test_accuracy


def test_wrong_labels_come_from_the_seed_and_are_learned_from():
    clean, noisy = recipe_data(DIGITS), recipe_data(DIGITS.override("label_noise=0.3"), seed=1)
    wrong = noisy.train_labels != clean.train_labels
    assert wrong.sum() == round(0.3 * 1437)
    other = recipe_data(DIGITS.override("label_noise=0.3"), seed=2)
    assert not torch.equal(other.train_labels, noisy.train_labels)
    run = fit(DIGITS.override("label_noise=0.9"), seed=1)
    assert run.history["train_accuracy"][-1] < 0.3  # scored against the wrong labels
    assert fit(DIGITS).history["train_accuracy"][-1] > 0.6


def test_the_step_of_a_later_divergence_counts_from_the_beginning(monkeypatch):
    def poisoned(*arguments):
        losses, hits = train_epoch(*arguments)
        poisoned.epoch += 1
        if poisoned.epoch == 2:
            losses[5] = math.inf
        return losses, hits

    poisoned.epoch = 0
    monkeypatch.setattr(physlib.training, "train_epoch", poisoned)
    run = fit(DIGITS)
    assert (run.status, run.diverged_at, run.history["epoch"]) == ("diverged", 12 + 5, [1])


def test_a_last_batch_of_one_sample_is_left_out():
    # 1437 = 359 * 4 + 1, and batch normalisation needs two samples
    run = fit(DIGITS.override("batch_size=4", "epochs=1"))
    assert run.status == "completed"


def test_a_batch_larger_than_the_dataset_is_one_step():
    assert fit(DIGITS.override("batch_size=5000", "epochs=1")).status == "completed"


def test_bad_arguments_are_named():
    with pytest.raises(ValueError, match="recipe must be one of"):
        fit("phys")
    with pytest.raises(ValueError, match="seed must be at least 0, got -1"):
        fit(DIGITS, seed=-1)
    with pytest.raises(TypeError, match="seed must be an integer, got 1.5"):
        fit(DIGITS, seed=1.5)
    with pytest.raises(TypeError, match="recipe must be a Recipe or the name of one, got None"):
        fit(None)
    with pytest.raises(ValueError, match="device must be one"):
        fit(DIGITS, device="abacus")


def test_replacing_a_field_checks_it():
    with pytest.raises(ValueError, match="epochs must be at least 1"):
        dataclasses.replace(DIGITS, epochs=0)
