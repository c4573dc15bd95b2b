"""Bad arguments of what measures, reads and plans: (function, good arguments, name, bad values)."""

import math
from pathlib import Path

import torch

from physlib import calibration as cal
from physlib import coherence, convergence, factorial, intervals, metrics, reference, searches
from physlib import corruptions as cor
from physlib.claims.judging import Shelf
from physlib.components import fields, minima, simulation
from physlib.data import load_dataset, pixel_order, resolve_device
from physlib.planning import with_needs
from physlib.recipes import recipes
from physlib.records import record_path
from physlib.reproduce import reproduce
from physlib.workers import fan_out

ONE = torch.Generator()
IMAGES = torch.rand(2, 4, 4)
PHI, Z = torch.randn(3, 4), torch.randn(3, 4)
LABELS = torch.tensor([0, 1, 3])
NOT_LABELS = [
    LABELS.float(),
    LABELS.float() + 0.5,
    LABELS.bool(),
    LABELS.int(),
    LABELS[:, None],
    LABELS[:2],
    LABELS[0],
    [0, 1, 3],
    None,
]
OUT_OF_RANGE = [LABELS + 1, LABELS - 1]
NOT_FLOATS = [PHI.long(), PHI.bool(), PHI.to(torch.complex64), PHI.numpy(), None, "phi", PHI[:0]]
NOT_FINITE = [PHI / 0, PHI * math.nan]
DIGITS = load_dataset("digits")
SHARE = [-0.1, 1.1, math.nan, "0.5", None, True, 10**400]
NO_COUNT = [0, -1, 2.5, "3", math.nan, None, True]
PSI = torch.zeros(2, 8)
FIELD = {"psi": PSI, "dx": 0.1, "a": -1.0}


def jobs_for(jobs):
    with fan_out(abs, [1], jobs):
        pass


def dataset_of(dataset):
    load_dataset(dataset)


def random_search(**arguments):
    return searches.random_search("s", recipes["mlp"], {}, **{"trials": 1, "seed": 0, **arguments})


MEASURES = [
    (metrics.accuracy, {"target": LABELS}, "phi", [*NOT_FLOATS, PHI[0]]),
    (metrics.accuracy, {"phi": PHI}, "target", NOT_LABELS),
    (metrics.accuracy_interval, {"total": 5}, "correct", [6, -1, 2.5, "3", None]),
    (metrics.accuracy_interval, {"correct": 0}, "total", NO_COUNT),
    (intervals.paired_interval, {}, "differences", ["12", ["1", "2"], [[1.0]], 1.0, None, [1j]]),
    (intervals.paired_interval, {"differences": [1.0, 2]}, "confidence", [0, *SHARE]),
    (intervals.bootstrap_interval, {}, "values", ["12", [[1.0, 2.0]], {"a": 1}]),
    (intervals.bootstrap_interval, {"values": [1.0, 2]}, "confidence", [0, *SHARE]),
    (intervals.bootstrap_coverage, {}, "n", [1, *NO_COUNT]),
    (convergence.convergence_epoch, {}, "accuracy", [[], [0.1, math.nan], ["0.1"], 0.5, None]),
    (convergence.convergence_epoch, {"accuracy": [0.5]}, "margin", [-1.0, math.inf, "0"]),
    (convergence.epochs_to_reach, {"accuracy": [0.5]}, "level", [math.nan, "0.5", None]),
    (convergence.mean_height, {"y": [1.0, 2.0]}, "x", [[0.0, 0.0], [1.0, 0.0], [0.0], [], "01"]),
    (coherence.spatial_coherence, {}, "field", [*NOT_FLOATS, torch.tensor(1.0)]),
    (coherence.spatial_coherence, {"field": PHI}, "dims", [(), (2,), (-3,), (0, 5)]),
    (coherence.spatial_coherence, {"field": PHI}, "difference", ["backward", 1]),
    (coherence.normalised, {}, "phi", [*NOT_FLOATS, PHI[0]]),
    (coherence.shuffled_coherence, {}, "field", [PHI[:, :1], PHI[0], PHI.long()]),
    (coherence.random_fields, {"samples": 2, "generator": ONE}, "power", [-PHI.abs()[0], PHI]),
    (coherence.random_fields, {"power": PHI.abs()[0], "generator": ONE}, "samples", NO_COUNT),
    (cal.softmax_temperature, {"target": LABELS}, "z", [*NOT_FLOATS, *NOT_FINITE, Z[0]]),
    (cal.softmax_temperature, {"z": Z}, "target", [*NOT_LABELS, *OUT_OF_RANGE]),
    (cal.negative_log_likelihood, {"z": Z, "target": LABELS}, "tau", [0, -1, math.nan, "1"]),
    (cal.calibration_error, {"target": LABELS}, "probabilities", [Z, Z / 0, Z.softmax(1)[0]]),
    (cal.calibration_error, {"probabilities": Z.softmax(1)}, "target", [*OUT_OF_RANGE, None]),
    (cal.honest_error, {"probabilities": Z.softmax(1)}, "bins", NO_COUNT),
    (cal.honest_error_bound, {"samples": 5}, "accuracy", SHARE),
    (cal.temperature_error, {"z": Z}, "tau", [0, -1.0]),
    (cor.gaussian_noise, {"sigma": 0.1, "generator": ONE}, "images", [IMAGES.byte(), None]),
    (cor.gaussian_noise, {"images": IMAGES, "sigma": 0.1}, "generator", [None, 0]),
    (cor.gaussian_noise, {"images": IMAGES, "generator": ONE}, "sigma", [-1, math.nan, "1"]),
    (cor.salt_and_pepper, {"images": IMAGES, "generator": ONE}, "fraction", SHARE),
    (cor.blur, {"sigma": 1.0}, "images", [IMAGES[0, 0], IMAGES.long()]),
    (factorial.walsh, {"cells": [[1, 2], [3, 4]]}, "factors", [3, *NO_COUNT]),
    (factorial.walsh, {"factors": 1}, "cells", [["1", "2"], [[1, 2], [3]], None]),
    (factorial.estimates, {"found": {("a",): [1.0, 2.0]}}, "level", [-1.0, 2, math.nan]),
    (minima.least_energy, {"a": -1.0}, "b", [0.0, -1.0, "1"]),
    (minima.nearest_minimum, {"gamma": 5.0}, "alpha", [0.0, [1.0, -1.0]]),
    (fields.free_energy, {"dx": 0.1, "a": 1.0}, "psi", [PSI.long(), PSI[0], PSI[:0], None]),
    (fields.free_energy, {"psi": PSI, "a": 1.0}, "dx", [0.0, -1.0, math.nan, "1"]),
    (fields.relax, {**FIELD, "time": 1.0}, "steps", NO_COUNT),
    (fields.relax, {**FIELD, "steps": 1}, "time", [-1.0, math.inf]),
    (fields.wall_spacing, {"psi": PSI + 0.5, "dx": 0.1}, "a", [0.0, 1.0, math.nan]),
    (fields.growth_exponents, {"lengths": [[1.0]] * 4}, "times", [[1, 2], [0, 1, 2, 3], "1234"]),
    (simulation.simulate, {"gradient": abs, "steps": 1}, "start", [torch.ones(2).long(), 1.0]),
    (simulation.simulate, {"gradient": abs, "start": torch.ones(2)}, "steps", NO_COUNT),
    (simulation.mean_and_error, {}, "values", [torch.ones(1), torch.ones(0)]),
    (dataset_of, {}, "dataset", ["cifar", "", None, 3, ["mnist"]]),
    (resolve_device, {}, "device", ["abacus", "cuda:99", "meta", 0, ""]),
    (pixel_order, {}, "seed", [-1, 1.5, "1", None, 2**64, 10**400]),
    (DIGITS.train_inputs, {}, "pixel_range", [(0.0,), (0.0, math.nan), ("0", "1"), None, 0.5]),
    (DIGITS.hold_out, {}, "count", [1437, 10**400, *NO_COUNT]),
    (DIGITS.with_label_noise, {"seed": 0}, "fraction", SHARE),
    (DIGITS.with_label_noise, {"fraction": 0.1}, "seed", [-1, 0.5, 2**64]),
    (DIGITS.with_pixel_order, {}, "order", [torch.zeros(784), torch.arange(783), None]),
    (record_path, {"results": Path("."), "profile": "full", "recipe": recipes["mlp"]}, "seed",
     [-1, 1.5, "0", None]),
    (record_path, {"results": Path("."), "recipe": recipes["mlp"], "seed": 0}, "profile",
     ["../full", "", "/"]),
    (Shelf, {"results": Path("results")}, "profile", ["quick", "", None]),
    (reference.published, {}, "layers", [0, 3, "1", None]),
    (reference.lone_jumps, {"layers": 1, "size": 0.1}, "metric", ["loss", None]),
    (searches.LogUniform, {"high": 1.0}, "low", [0, -1.0, "1", math.nan]),
    (searches.LogUniform, {"low": 1.0}, "high", [0.5, math.inf]),
    (searches.Choice, {}, "values", [()]),
    (random_search, {}, "trials", NO_COUNT),
    (jobs_for, {}, "jobs", [0, -2, 1.5, "2", None]),
    (reproduce, {"progress": False}, "profile", ["quick", None]),
    (lambda experiment: with_needs([experiment], {}), {}, "experiment", ["nope", 3]),
]  # fmt: skip
