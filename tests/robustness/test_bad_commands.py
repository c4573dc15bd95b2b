"""Bad input to the command: one line on stderr, exit code 1 (2 where the parser objects)."""

import json
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from physlib.cli import app

# What is tried, the words that must be in the message, and the exit code.
COMMANDS = [
    (["train", "mlp", "--set", f"{field}={value}"], f"{field} must be ", 1)
    for field, values in {
        "lr": ["nan", "inf", "-1", "1e999", "fast", ""],
        "damping": ["0", "2", "nan"],
        "temperature": ["-1e-9", "inf", "hot"],
        "hidden": ["0", "-5", "a", "1.5", str(10**30)],
        "pixel_range": ["0", "0,1,2", "0,nan", "a,b"],
        "pixel_permutation": ["-1", str(2**64), "x"],
        "label_noise": ["-0.1", "1.1", "nan"],
        "validation": ["-1", "1.5"],
        "batch_size": ["0", "-1", "1e3", str(10**30)],
        "batch_norm": ["maybe", "1"],
        "optimizer": ["adamw", ""],
        "axis": ["row"],
        "epochs": ["0", "-1", "2.5", "9" * 5000],
    }.items()
    for value in values
] + [
    (["train", "mlp", "--set", "rate=1"], "the field of a setting must be one of", 1),
    (["train", "mlp", "--set", ""], "a setting must read FIELD=VALUE", 1),
    (["train", "mlp", "--dataset", "digits", "--set", "validation=1437"], "validation must be", 1),
    (["train", "physlib", "--set", "batch_size=1"], "batch_size must be at least 2", 1),
    (["train", "mlp", "--dataset", "digits", "--seed", "-1"], "seed must be at least 0", 1),
    (["train", "mlp", "--dataset", "digits", "--seeds", "-2"], "seeds must be", 1),
    (["train", "mlp", "--seed", "1.5"], "--seed", 2),
    (["train", "mlp", "--seed", "x"], "--seed", 2),
    (["train", "mlp", "--epochs", ""], "--epochs", 2),
    (["train", "mlp", "--rate", "1"], "--rate", 2),
    (["train"], "Missing argument", 2),
    (["train", "mlp", "mlp"], "unexpected extra argument", 2),
    (["train", "mlp", "--device", "cuda:99"], "device must be one that this machine has", 1),
    (["train", "mlp", "--device", ""], "device must be one that this machine has", 1),
    (["train", "MLP"], "recipe must be one of", 1),
    (["train", "physlib\n"], "recipe must be one of", 1),
    (["reproduce", "--profile", "quick"], "profile must be one of 'fast', 'full'", 1),
    (["reproduce", "--experiment", "nope"], "experiment must be one of", 1),
    (["reproduce", "--jobs", "x"], "--jobs", 2),
    (["verdicts", "--profile", "quick"], "profile must be one of 'fast', 'full'", 1),
    (["verdicts", "--profile", "../full"], "profile must be one of", 1),
    (["judge"], "No such command", 2),
]


def refused(code, stdout, stderr, message):
    """One line, but where the parser shows the usage before; no traceback, nothing on stdout."""
    assert message in " ".join(stderr.split())
    assert "Traceback" not in stderr
    assert stdout == ""
    if code == 1:
        assert stderr.startswith("physlib: ")
        assert stderr.count("\n") == 1
        assert len(stderr) < 400


@pytest.mark.parametrize(("arguments", "message", "code"), COMMANDS)
def test_in_this_process(arguments, message, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, result.output
    refused(code, result.stdout, result.stderr, message)
    assert list(tmp_path.iterdir()) == []


def test_no_worker_at_all_is_refused_before_any_run(tmp_path):
    for jobs in ("0", "-2"):
        result = CliRunner().invoke(app, ["reproduce", "--jobs", jobs, "--results", str(tmp_path)])
        assert result.exit_code == 1
        refused(1, result.stdout, result.stderr, "jobs must be -1, one per core, or at least 1")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "mlp", "--set", "lr=nan"], "lr must be finite and in [0, inf), got nan"),
        (["train", "physlib", "--set", "hidden=0"], "hidden must be at least 1, got 0"),
    ],
)
def test_in_a_process_of_its_own(arguments, message, tmp_path):
    command = [sys.executable, "-m", "physlib", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 1
    refused(1, done.stdout, done.stderr, message)


@pytest.mark.parametrize("recipe", ["physlib", "mlp", "mlp-adam"])
@pytest.mark.parametrize("rate", ["0", "1e9", "1e30", "1e300"])
@pytest.mark.parametrize("many", [[], ["--seeds", "2"]])
def test_any_rate_is_a_result(recipe, rate, many):
    arguments = ["train", recipe, "--dataset", "digits", "--epochs", "1", "--json", *many]
    result = CliRunner().invoke(app, [*arguments, "--set", f"lr={rate}", "--set", "hidden=4"])
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout, parse_constant=pytest.fail)
    statuses = {run["status"] for run in found.get("runs", [found])}
    assert statuses <= ({"completed"} if rate == "0" else {"completed", "diverged"})
