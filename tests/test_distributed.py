"""Several ranks are one: two processes against one, started as a user starts them."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from two_ranks import DAMPING, LR, NUMBERS, OPTIONS, TEMPERATURE

from physlib import fit, recipes, theory

HERE = Path(__file__).parent
LAUNCH = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
# mish: where rounding turns the sign of a number near 0, the random slopes of RReLU move up by one
SETTINGS = (
    "dataset=digits", "activation=mish", "axis=batch", "maximum=batch", "temperature=1e-4",
    "batch_size=97",
)  # fmt: skip


def launch(*arguments):
    environment = os.environ | {"PYTHONPATH": str(HERE.parent), "OMP_NUM_THREADS": "1"}
    command = [*LAUNCH, *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each of two ranks has measured."""
    folder = tmp_path_factory.mktemp("ranks")
    done = launch(HERE / "two_ranks.py", folder)
    assert done.returncode == 0, done.stderr
    return [torch.load(folder / f"rank{rank}.pt", weights_only=True) for rank in (0, 1)]


def assert_close(a, b, rtol=1e-11):
    torch.testing.assert_close(a, b, rtol=rtol, atol=1e-13)


@pytest.mark.parametrize("rows", [8, 7])
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_gathered_outputs_give_the_gradients_of_the_batch(found, options, rows):
    name = " ".join(map(str, (*options.values(), rows)))
    for rank in found:
        loss, whole_loss, alone, together, apart = rank["losses_of_the_batch"][name]
        assert_close(whole_loss, loss)
        assert_close(together, alone)
        # Averaging the ranks' own losses is another quantity, but where no term looks across the
        # cut, the halves are of one size and their means have one sign.
        if options["axis"] == "class" and options["maximum"] == "sample" and rows == 8:
            assert_close(apart, alone)
        else:
            assert (apart - alone).norm() > 1e-3 * alone.norm()


def test_halves_of_different_sign_are_not_the_batch(found):
    """|mean| ≤ mean of |means|, with equality and equal gradients where the signs agree."""
    for rank in found:
        mixed, averaged, gradient, average, same, same_averaged, *gradients = rank["signs"]
        assert averaged > 1.05 * mixed
        assert_close(average[:2], -gradient[:2])  # pushed away from where the batch draws them
        assert_close(average[2:], gradient[2:])
        assert_close(same_averaged, same)
        assert_close(*gradients)


@pytest.mark.parametrize("rows", [9, 2])
def test_networks_with_batch_norm_and_random_slopes_are_those_of_one_process(found, rows):
    for rank in found:
        alone, across = (
            rank["whole_networks"][f"{rows} {kind}"] for kind in ("ExperimentalNet", "AcrossRanks")
        )
        assert len(alone) == len(across) > 10
        for a, b in zip(alone, across, strict=True):
            assert_close(b, a, rtol=1e-9)


def test_the_command_on_two_ranks_is_the_command_on_one(tmp_path):
    kept = tmp_path / "run.pt"
    settings = [word for setting in SETTINGS for word in ("--set", setting)]
    arguments = ["-m", "physlib", "train", "physlib", *settings, "--device", "cpu", "--json"]
    done = launch(*arguments, "--epochs", 2, "--checkpoint", kept)
    assert done.returncode == 0, done.stderr
    two = json.loads(done.stdout)  # one object: rank 0 alone prints
    recipe = recipes["physlib"].override(*SETTINGS, "epochs=3")
    one = fit(recipe, device="cpu")
    for column, values in one.history.items():
        if column != "seconds":
            assert two["history"][column] == pytest.approx(values[:2], rel=2e-5), column
    # one process goes on with what two have left
    resumed = fit(recipe, device="cpu", checkpoint=kept)
    assert len(resumed.history["epoch"]) == 3
    assert resumed.history["test_loss"] == pytest.approx(one.history["test_loss"], rel=2e-5)


def test_a_rank_that_fails_is_named(tmp_path):
    """Rank 1 fails between two epochs, where rank 0 waits for it."""
    script = tmp_path / "one_fails.py"
    script.write_text(
        "import os\n"
        "from physlib import cli, training\n"
        "def fails(*_):\n"
        "    raise OSError('the disk is on fire')\n"
        "if os.environ['RANK'] == '1':\n"
        "    training.evaluate = fails\n"
        "cli.main()\n"
    )
    done = launch(script, "train", "physlib", "--dataset", "digits", "--device", "cpu", "--json")
    assert done.returncode != 0
    assert done.stdout == ""
    assert "physlib: rank 1 of 2: the disk is on fire\n" in done.stderr
    others = [line for line in done.stderr.splitlines() if line.startswith("physlib: rank 0")]
    assert set(others) <= {"physlib: rank 0 of 2: lost another rank, see its own message"}


def test_ranks_without_a_seed_draw_one_noise(found):
    """Rank 0's, though their global generators were seeded with 0 and 1."""
    (zero, zero_seed), (one, one_seed) = (rank["replicas"]["every 5"] for rank in found)
    assert zero_seed == one_seed
    before = [rank["replicas"]["before"] for rank in found]
    assert torch.equal(*before)
    assert zero.std() > 0.1
    assert not torch.equal(zero, one)  # parted on purpose afterwards
    (zero, zero_seed), (one, one_seed) = (rank["replicas"]["every 0"] for rank in found)
    assert zero_seed != one_seed
    assert abs(torch.corrcoef(torch.stack([zero, one]))[0, 1]) < 4 / math.sqrt(len(zero))


def test_replicas_that_part_are_named(found):
    """One number on rank 1 is moved by a hundred thousandth of itself; every rank hears of it."""
    for rank in found:
        message, step = rank["replicas"]["error"]
        assert step == 9  # counted from 0: the tenth
        expected = "replicas have parted: after step 10, rank 1 has other parameters than rank 0;"
        assert message.startswith(expected)
        assert "after step 1, rank 1 has" in rank["replicas"]["other seeds"]


@pytest.mark.parametrize("scheme", ["symplectic-euler", "baoab"])
def test_sharded_parameters_have_the_temperature(found, scheme):
    zero, one = (rank["shards"][scheme] for rank in found)
    theta = zero[0].flatten().double()
    assert torch.equal(zero[0], one[0])
    assert len(theta) == NUMBERS
    expected = theory.position_temperature(TEMPERATURE, LR, DAMPING, scheme)
    # 4 standard errors are 2.2 %
    assert theta.square().mean() == pytest.approx(expected, rel=4 * math.sqrt(2 / NUMBERS))
    assert abs(theta.mean()) < 4 * math.sqrt(expected / NUMBERS)
    halves = torch.stack(theta.chunk(2))
    assert abs(torch.corrcoef(halves)[0, 1]) < 4 / math.sqrt(NUMBERS / 2)


@pytest.mark.parametrize("scheme", ["symplectic-euler", "baoab"])
def test_every_rank_restores_the_noise_of_its_shard(found, scheme):
    for at, rank in enumerate(found):
        _, first, again, streams = rank["shards"][scheme]
        assert torch.equal(first, again)
        assert streams == [f"cpu {at}"]


def test_fully_sharded_training_is_that_of_one_process(found):
    for rank in found:
        alone, sharded = rank["sharded_training"]
        for a, b in zip(alone, sharded, strict=True):
            assert_close(b, a, rtol=1e-9)


def test_what_several_ranks_cannot_do_is_refused(found):
    for rank in found:
        assert rank["refusals"] == [
            f"{name} must be left out on several ranks, which train one network"
            for name in ("seeds", "graph")
        ]


def test_reproduce_is_not_for_the_launcher(monkeypatch, capsys):
    from physlib import cli

    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(sys, "argv", ["physlib", "reproduce"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 1
    assert "reproduce must be started without torchrun" in capsys.readouterr().err
