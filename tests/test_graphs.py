from functools import partial

import pytest
import torch
from test_training import assert_same_run

import physlib.training
from physlib import fit, recipes
from physlib.epochs import train_step
from physlib.graphs import WARM_UP, Replayed

DIGITS = recipes["physlib"].override("dataset=digits", "epochs=3", "temperature=1e-4")


class Tape:
    """Records as a GPU does: nothing is computed, and a replay fills the outputs in place."""

    def __init__(self, *outputs):
        self.outputs, self.replays, self.runs_aside = outputs, 0, 0

    def aside(self, function):
        self.runs_aside += 1
        return function()

    def record(self, function):
        def replay():
            self.replays += 1
            for held, new in zip(self.outputs, function(), strict=True):
                held.copy_(new)

        return self.outputs, replay


def test_a_replayed_run_is_the_plain_one_bit_for_bit(monkeypatch):
    """Warm-up steps train, the odd last batch runs as it is, and no output is overwritten."""
    plain, tapes = fit(DIGITS, seed=4), []

    def on_tape(*arguments):
        tapes.append(Tape(torch.empty(()), torch.empty(DIGITS.batch_size, 10)))
        return Replayed(partial(train_step, *arguments), tapes[-1])

    monkeypatch.setattr(physlib.training, "partial", lambda _, *arguments: on_tape(*arguments))
    assert_same_run(plain, fit(DIGITS, seed=4))
    whole, odd = 3 * (1437 // 128), 3
    assert (tapes[0].runs_aside, tapes[0].replays) == (WARM_UP + odd, whole - WARM_UP)


def test_outputs_are_the_callers_to_keep():
    replayed = Replayed(
        lambda batch: (batch.sum(), 2 * batch), Tape(torch.zeros(()), torch.zeros(2))
    )
    kept = [replayed(torch.tensor([float(i), 1.0])) for i in range(6)]
    assert [first.item() for first, _ in kept] == [i + 1 for i in range(6)]
    assert [second[0].item() for _, second in kept] == [2 * i for i in range(6)]


@pytest.mark.parametrize("name", ["physlib", "mlp-adam"])
def test_graphs_need_a_gpu(name):
    with pytest.raises(ValueError, match="graph must be false on 'cpu'"):
        fit(recipes[name].override("dataset=digits"), device="cpu", graph=True)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA")
def test_a_graph_on_a_gpu_is_the_plain_run():
    plain, graph = (fit(DIGITS, seed=4, device="cuda", graph=graph) for graph in (False, True))
    assert graph.history["test_accuracy"] == pytest.approx(plain.history["test_accuracy"], abs=0.02)
