"""Bad input to the library, from tables: one clear error for each, and never an answer."""

import importlib
import inspect
import math
import pkgutil

import pytest
from bad_measures import MEASURES
from bad_principles import NOT_TRIED, PRINCIPLES
from bad_public import DIGITS, PUBLIC
from bad_theory import THEORY

from physlib import fit, principles, theory

# Words by which a message says what is allowed.
ALLOWED = (" must ", " no background in [-1, 1] ")
# What is raised on purpose; NumPy's and torch's own errors of these types name no argument.
CLEAR = (ValueError, TypeError)


def cases(table):
    return [
        pytest.param(function, good, name, value, id=f"{function.__name__}-{name}-{at}")
        for function, good, name, values in table
        for at, value in enumerate(values)
    ]


def short(value):
    """What a message must hold of a value that has a short form."""
    if isinstance(value, bool | str | type(None)):
        return repr(value) if len(repr(value)) < 60 else ""
    if isinstance(value, int | float) and not 1e6 < abs(value) < math.inf:
        return f"{value:g}"
    return ""


def refuses(function, arguments, name, value):
    with pytest.raises(CLEAR) as caught:
        function(**arguments, **{name: value})
    message = str(caught.value)
    assert name in message, message
    assert any(words in message for words in ALLOWED), message
    assert short(value) in message, message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(("function", "good", "name", "value"), cases(THEORY))
def test_closed_forms(function, good, name, value):
    refuses(function, {k: v for k, v in good.items() if k != name}, name, value)


@pytest.mark.parametrize(("function", "good", "name", "value"), cases(MEASURES))
def test_measures_records_and_plans(function, good, name, value):
    refuses(function, {k: v for k, v in good.items() if k != name}, name, value)


@pytest.mark.parametrize(("function", "good", "name", "value"), cases(PRINCIPLES))
def test_principles(function, good, name, value):
    refuses(function, {k: v for k, v in good.items() if k != name}, name, value)


@pytest.mark.parametrize(("function", "good", "name", "value"), cases(PUBLIC))
def test_public_names(function, good, name, value):
    refuses(function, {k: v for k, v in good.items() if k != name}, name, value)


@pytest.mark.parametrize("count", [1436, 1437, 10**30])
def test_a_validation_set_that_leaves_nothing_to_learn_from(count):
    with pytest.raises(ValueError, match="validation must be at most 1435, got "):
        fit(DIGITS.replace(validation=count))


def test_every_public_function_of_the_principles_is_in_the_table():
    found = set()
    for module in pkgutil.walk_packages(principles.__path__, f"{principles.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            if inspect.isfunction(value) and value.__module__ == module.name and name[0] != "_":
                found.add(name)
    assert found - {function.__name__ for function, *_ in PRINCIPLES} == NOT_TRIED


def test_the_tables_are_large_and_say_what_they_try():
    """Every case once, and at least one for each documented closed form that takes a number."""
    tried = {function for function, *_ in THEORY}
    assert len(cases(THEORY) + cases(MEASURES) + cases(PUBLIC)) > 800
    functions = {getattr(theory, n) for n in theory.__all__ if callable(getattr(theory, n))}
    assert {f.__name__ for f in functions - tried if hasattr(f, "__wrapped__")} == set()
