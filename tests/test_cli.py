import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from physlib import recipes
from physlib.cli import app
from physlib.experiments import Experiment
from physlib.reproduce import reproduce

FAST = ["--dataset", "digits", "--epochs", "2"]


def physlib(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_train_shows_a_table_and_a_curve():
    result = physlib("train", "physlib", *FAST)
    assert result.exit_code == 0
    assert "digits (a stand-in: says nothing about MNIST)" in " ".join(result.stdout.split())
    assert "124,180" in result.stdout
    assert "completed" in result.stdout
    assert "test accuracy (%)" in result.stdout  # the axis of the curve


def test_json_is_one_object_and_nothing_else():
    result = physlib("train", "mlp", *FAST, "--seed", 3, "--json")
    run = json.loads(result.stdout)
    assert (run["recipe"]["name"], run["seed"], run["status"]) == ("mlp", 3, "completed")
    assert run["stand_in"] is True
    assert run["history"]["epoch"] == [1, 2]
    assert run["test_accuracy"] == run["history"]["test_accuracy"][-1]
    assert {"physlib", "torch"} <= set(run["versions"])


def test_json_of_a_diverged_run_has_no_nan():
    result = physlib("train", "mlp", *FAST, "--set", "lr=1e9", "--json")
    run = json.loads(result.stdout, parse_constant=pytest.fail)
    assert run["status"] == "diverged"
    assert run["test_accuracy"] is None
    assert physlib("train", "mlp", *FAST, "--set", "lr=1e9").exit_code == 0  # a result, no error


def test_a_rival_is_trained_and_compared(tmp_path):
    result = physlib("train", "physlib", "--against", "mlp", *FAST, "--json")
    run = json.loads(result.stdout)
    assert run["against"]["recipe"]["name"] == "mlp"
    picture = tmp_path / "new" / "curves.png"
    result = physlib("train", "physlib", "--against", "mlp", *FAST, "--plot", picture)
    assert result.exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert [p.name for p in picture.parent.iterdir()] == ["curves.png"]


def test_many_seeds_have_a_mean_and_an_interval():
    arguments = ["train", "mlp", "--against", "mlp-adam", "--dataset", "digits", "--epochs", 1]
    found = json.loads(physlib(*arguments, "--seeds", 3, "--json").stdout)
    for group in (found, found["against"]):
        assert group["seeds"] == [run["seed"] for run in group["runs"]] == [0, 1, 2]
        scores = [run["test_accuracy"] for run in group["runs"]]
        assert group["test_accuracy"]["mean"] == pytest.approx(sum(scores) / 3)
        assert group["test_accuracy"]["low"] < min(scores)
    means = found["test_accuracy"]["mean"], found["against"]["test_accuracy"]["mean"]
    assert found["difference"]["mean"] == pytest.approx(means[0] - means[1])
    shown = physlib(*arguments, "--seeds", 3).stdout
    assert f"{100 * means[0]:.2f} %" in shown
    assert "stand-in" in shown


def test_seeds_without_a_mean_say_so():
    arguments = ["train", "mlp", *FAST, "--seeds", 1]
    found = json.loads(physlib(*arguments, "--json").stdout, parse_constant=pytest.fail)
    assert found["test_accuracy"]["low"] is None
    assert "– to – %" in physlib(*arguments).stdout
    arguments += ["--set", "lr=1e9"]
    found = json.loads(physlib(*arguments, "--json").stdout, parse_constant=pytest.fail)
    assert (found["diverged"], found["test_accuracy"]["mean"]) == (1, None)
    assert physlib(*arguments).exit_code == 0


def test_a_checkpoint_is_continued(tmp_path):
    common = [
        "train",
        "physlib",
        "--dataset",
        "digits",
        "--checkpoint",
        tmp_path / "c.pt",
        "--json",
    ]
    whole = json.loads(physlib("train", "physlib", *FAST, "--json").stdout)
    physlib(*common, "--epochs", 1)
    resumed = json.loads(physlib(*common, "--epochs", 2).stdout)
    assert resumed["history"]["test_loss"] == whole["history"]["test_loss"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nope"], "recipe must be one of"),
        ([""], "recipe must be one of"),
        (["mlp", "--against", "mlp"], "against must be another recipe than 'mlp'"),
        (["mlp", "--against", ""], "recipe must be one of"),
        (["mlp", "--plot", "/proc/nope/curves.png"], "plot cannot be written to"),
        (["mlp", "--checkpoint", "/"], "checkpoint "),
        (["mlp", "--epochs", 0], "epochs must be at least 1, got 0"),
        (["mlp", "--seed", -1], "seed must be at least 0, got -1"),
        (["mlp", "--seeds", 0], "seeds must be at least one, and each another one, got []"),
        (["mlp", "--seeds", 2, "--seed", 0], "seed must be left out beside seeds"),
        (["mlp", "--seeds", 2, "--plot", "c.png"], "plot must be left out beside seeds"),
        (["mlp", "--device", "abacus"], "device must be one"),
        (["mlp", "--dataset", "cifar"], "dataset must be one of"),
        (["mlp", "--set", "lr"], "must read FIELD=VALUE"),
        (["mlp", "--plot", "curves.gif"], "plot must name a .png file"),
        (["mlp", "--against", "mlp-adam", "--checkpoint", "c.pt"], "checkpoint must be left out"),
    ],
)
def test_errors_are_one_line_and_exit_code_one(arguments, message):
    result = physlib("train", "--dataset", "digits", *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.startswith("physlib: ")
    assert result.stderr.count("\n") == 1


def test_debug_shows_the_traceback():
    result = physlib("train", "nope", "--debug")
    assert result.exit_code == 1
    assert "Traceback" in result.stderr


@pytest.fixture
def small(monkeypatch):
    """One small experiment in place of the book's."""
    recipe = recipes["mlp"].override("dataset=digits", "epochs=9", "hidden=8")
    bad = recipe.replace(name="bad", lr=1e30)
    experiment = Experiment("small", "?", 3, lambda _: (recipe, bad), fast_epochs=1)
    monkeypatch.setitem(reproduce.__kwdefaults__, "known", {"small": experiment})


def test_reproduce_puts_runs_on_record_and_goes_on(small, tmp_path):
    common = "reproduce", "--jobs", 1, "--results", tmp_path
    result = physlib(*common, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"done": 4, "found": 0, "diverged": 2, "failed": []}
    assert len(list(tmp_path.glob("fast/*/seed-*/values.csv"))) == 4
    result = physlib(*common, "--experiment", "small", "--profile", "full")
    assert "6 runs done (3 of them diverged, which is a result)" in result.stdout
    result = physlib(*common)
    assert "0 runs done" in result.stdout
    assert "4 were on record already" in result.stdout


def test_reproduce_tells_of_failures(small, tmp_path, monkeypatch):
    def broken(recipe, *_, **__):
        raise RuntimeError(f"no luck with {recipe.name}")

    common = "reproduce", "--jobs", 1, "--results", tmp_path
    monkeypatch.setattr("physlib.reproduce.fit", broken)
    result = physlib(*common)
    assert result.exit_code == 1
    assert "physlib: failed: mlp, seed 1: RuntimeError: no luck with mlp" in result.stderr
    assert result.stderr.count("\n") == 4
    monkeypatch.undo()
    result = physlib("reproduce", "--experiment", "nope", "--results", tmp_path)
    assert result.exit_code == 1
    assert "physlib: experiment must be one of 'tuning', " in result.stderr


def test_verdicts_writes_a_page_or_json(tmp_path):
    where = tmp_path / "book" / "verdicts.md"
    result = physlib("verdicts", "--results", tmp_path, "--page", where)
    assert result.exit_code == 0
    assert where.read_text().startswith("# Verdicts")
    result = physlib("verdicts", "--results", tmp_path, "--json")
    assert json.loads(result.stdout)["claims"]["accuracy"]["verdict"] == "no record yet"


def test_doctor():
    result = physlib("doctor")
    assert result.exit_code == 0
    assert "torchvision" in result.stdout
    found = json.loads(physlib("doctor", "--json").stdout)
    assert found["torch"]["ok"] is True
    assert "dataset mnist" in found


def test_doctor_tells_a_broken_install_by_its_exit_code(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchvision", None)  # import raises ImportError
    result = physlib("doctor")
    assert result.exit_code == 1
    assert "must come from one build" in " ".join(result.stdout.split())
    assert result.stderr == ""


def test_help_comes_without_torch():
    """A start-up time is a benchmark's business; what costs it is a fact."""
    code = (
        "import sys; from physlib.cli import app\n"
        "from typer.testing import CliRunner\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0\n"
        "assert 'torch' not in sys.modules, 'torch was imported'"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_package_is_a_command_and_stdout_stays_clean():
    """As a real process: progress and log lines must not reach stdout."""
    command = [sys.executable, "-m", "physlib", "train", "mlp", *FAST, "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(result.stdout)["status"] == "completed"
