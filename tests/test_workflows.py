"""The workflows do what `make` does and no more."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
TARGETS = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
workflows = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.stem)


def load(path):
    return yaml.load(path.read_text(), yaml.BaseLoader)  # in plain YAML, `on` would be true


def steps(path):
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def test_there_are_two():
    assert [p.stem for p in WORKFLOWS] == ["notebooks", "pages"]


@workflows
def test_every_command_is_a_target_of_make(path):
    commands = [step["run"] for step in steps(path) if "run" in step]
    assert commands
    for command in commands:
        target = re.fullmatch(r"make ([a-z]+)", command)
        assert target, command
        assert target[1] in TARGETS


@workflows
def test_every_other_step_is_an_action_of_a_named_version(path):
    for step in steps(path):
        assert ("run" in step) != ("uses" in step)
        if "uses" in step:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"])


@workflows
def test_it_may_write_nothing_but_the_pages(path):
    permissions = load(path)["permissions"]
    written = {name for name, level in permissions.items() if level == "write"}
    assert permissions["contents"] == "read"
    assert written == ({"pages", "id-token"} if path.stem == "pages" else set())


def test_the_pages_are_those_that_make_builds():
    path = ROOT / ".github/workflows/pages.yml"
    assert [s["run"] for s in steps(path) if "run" in s] == ["make book"]
    uploaded = next(s["with"]["path"] for s in steps(path) if "upload" in s.get("uses", ""))
    assert f"{uploaded}/index.html" in (ROOT / "Makefile").read_text()
    assert load(path)["on"]["push"]["branches"] == ["main"]


def test_the_notebooks_run_every_week():
    path = ROOT / ".github/workflows/notebooks.yml"
    (schedule,) = load(path)["on"]["schedule"]
    _minute, _hour, day, month, weekday = schedule["cron"].split()
    assert (day, month) == ("*", "*")
    assert weekday in "0123456"
    assert [s["run"] for s in steps(path) if "run" in s] == ["make test"]
