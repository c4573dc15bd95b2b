# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: -cellView,-jupyter
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # The ablation: which ingredient does what?
#
# A cake has butter, sugar and eggs. Leave one of them out, and you learn what it did *in the company of
# the other two*. Whether sugar needs the butter you do not learn. The network of the post has
# three ingredients, and the same question: what does each do alone, and what do they do together?
#
# **You will learn** why three switches are three coupled spins, how eight measurements give seven effects
# with error bars you can compute beforehand, what one-at-a-time experiments cannot see, and what loss,
# layer and noise contribute to a network that reads digits.
#
# **You need** means and variances, the Ising model by name, and
# [the quickstart](00_quickstart) for the three ingredients.

# %% tags=["remove-cell"]
# On Colab, fetch the book and install its library; elsewhere, do nothing.
import os
import subprocess
import sys

URL, VERSION = "", "0.6.0"  # `make repository` writes them
if "google.colab" in sys.modules:
    home = os.path.expanduser("~/physlib-book")
    steps = (
        f"rm -rf {home} && git clone -q --depth 1 -b v{VERSION} {URL} {home}"
        f" && {sys.executable} -m pip install -q --no-deps {home}"
        " 'plotext>=5.3,<6' 'torchdiffeq>=0.2.5' 'cmaes>=0.11'"
    )
    if not URL or subprocess.run(steps, shell=True).returncode:
        where = URL or "anywhere, for it names no repository"
        raise RuntimeError(
            f"This notebook cannot install physlib {VERSION} from {where}."
        )
    os.chdir(home)

# %%
import time

start = time.perf_counter()

import itertools
import math
from statistics import median

import numpy as np
import torch
from IPython.display import Markdown
from scipy import stats

from physlib import Langevin, fit, load_dataset, plots, recipes, theory
from physlib.building import build_loss, build_model
from physlib.claims import claims
from physlib.claims.claim import ACCURACY, LOSS
from physlib.claims.counts import CHANCE, ablation_cells, main_effect
from physlib.claims.judging import final
from physlib.data import TITLES, mnist_or_digits
from physlib.experiments import (
    CELLS,
    FACTORS,
    RATES,
    TEMPERATURES,
    experiments,
)
from physlib.factorial import (
    cells_of,
    effects,
    estimates,
    stacked,
    terms,
    walsh,
)
from physlib.intervals import paired_interval
from physlib.notebook import (
    cost,
    records,
    source,
    verdict_table,
)

# %% [markdown]
# ## The picture: a cube of eight networks
#
# Three switches A, B and C have eight settings: the corners of a cube. Turning one switch is walking along
# an edge. Say that each corner has a score. The usual ablation starts from a base and turns one
# switch at a time, so it sees a corner and its three neighbours ({numref}`fig-ablation-cube`). The *factorial* experiment sees the cube.

# %%
names = ("A", "B", "C")
planted = {
    ("A",): 2.0,
    ("B",): 1.0,
    ("C",): 0.0,
    ("A", "B"): -1.5,
    ("A", "C"): 0.0,
    ("B", "C"): 0.5,
    ("A", "B", "C"): 0.5,
}
truth = cells_of(90.25, planted, names)  # (2, 2, 2); index 0 is "on"

# %% mystnb={"image": {"alt": "Two drawings of a cube whose three edge directions are named A, B and C. On the left four corners show a number, the lower left front one and the three that an edge joins to it, and four show a question mark. On the right all eight corners show their numbers."}, "figure": {"name": "fig-ablation-cube", "caption": "What a one-at-a-time ablation sees, and what a factorial one sees."}}
base = (1, 1, 1)  # all off
neighbours = [(0, 1, 1), (1, 0, 1), (1, 1, 0)]
everywhere = list(itertools.product((0, 1), repeat=3))
plots.cube(
    truth,
    names,
    {"one at a time": [base, *neighbours], "factorial": everywhere},
)

# %% tags=["nbval-check-output"]
gains = [truth[corner] - truth[base] for corner in neighbours]
print("each switch alone, from the base:", *(f"{g:+.1f}" for g in gains))
print(f"their sum:             {sum(gains):+.1f}")
print(f"all three turned on:   {truth[0, 0, 0] - truth[base]:+.1f}")

# %% [markdown]
# The switches do not add up. Whoever reads the left cube promises the sum, and is wrong by the difference of
# the last two lines. What is missing are the couplings.
#
# ## The physics: fields and couplings
#
# Write $s_i = +1$ for a switch that is on and $s_i = -1$ for one that is off, as for a spin. The energy of
# three Ising spins, with a field on each, a coupling for each pair and one for all three, is
#
# $$
# \begin{aligned}
# E(s) = E_0 &- \sum_i h_i s_i - \sum_{i<j} J_{ij}\, s_i s_j \\
# &- K\, s_1 s_2 s_3 .
# \end{aligned}
# $$ (eq-ablation-ising)
#
# Count: one constant, three fields, three couplings and one $K$ make eight numbers, for eight corners. So
# {eq}`eq-ablation-ising` is no model of the cube. It is the cube, *any* cube, in other coordinates.
#
# How do you get the coordinates? Spins are orthogonal. Summed over all eight corners,
# $\sum_s s_1 = 0$, for half of them are up; and $\sum_s s_1 s_2 = 0$, for the signs agree as often as not. Two
# *different* products of spins, multiplied, give another product of spins, and that sums to zero too; a product
# times itself is one, and sums to eight. So multiply {eq}`eq-ablation-ising` by the product you
# want, and sum: all else drops out,
#
# $$
# \begin{aligned}
# h_1 &= -\tfrac18 \sum_s s_1\, E(s), \\
# J_{12} &= -\tfrac18 \sum_s s_1 s_2\, E(s), \\
# K &= -\tfrac18 \sum_s s_1 s_2 s_3\, E(s) .
# \end{aligned}
# $$ (eq-ablation-inverse)
#
# Eight sums with signs $\pm1$: this is the *Walsh–Hadamard transform*, the Fourier transform of the cube.
#
# ### In the statistician's words
#
# A score $y$ is a negative energy: high is good. The statistics of such experiments is older than computers
# {cite}`fisher1935,yates1937`, and its convention has factors of two elsewhere {cite}`box2005`. With an
# *effect* $e_S$ for each set $S$ of switches,
#
# $$
# y(s) = \mu + \frac12 \sum_{S\ne\emptyset} e_S \prod_{i\in S} s_i .
# $$ (eq-ablation-model)
#
# Compare: $\mu = -E_0$, $e_i = 2h_i$, $e_{ij} = 2J_{ij}$ and $e_{123} = 2K$. What the factors of two are good for:
#
# - A **main effect** $e_1$ is the mean of the four corners with switch 1 on, minus the mean of the four
#   with it off. A difference of levels, in the unit of $y$.
# - A **two-way interaction** $e_{12}$ is half the difference of two differences: what switch 1 does where 2
#   is on, minus what it does where 2 is off, over two.
# - The **three-way interaction** $e_{123}$ is half the difference of the interaction $e_{12}$ where
#   switch 3 is on and where it is off.
#
# Frank Yates computed all of them by a scheme of sums and differences, one pass per switch. It is the fast
# Walsh–Hadamard transform, and the library's whole algorithm:

# %%
source(walsh)

# %%
source(effects)

# %% tags=["nbval-check-output"]
found = effects(truth, names)
exact = all(math.isclose(found[s], planted[s], abs_tol=1e-9) for s in found)
print("planted effects come back:", exact)
h, J = found["A",] / 2, found["A", "B"] / 2
print(f"as spins: h_A = {h:.2f}, J_AB = {J:.2f}")
again = walsh(walsh(truth, 3), 3)
print("twice is eight times once:", np.allclose(again, 8 * truth))
power = sum(e**2 / 4 for e in found.values())
print("Parseval, variance = sum (e/2)²:", np.isclose(truth.var(), power))

# %% [markdown]
# ### What one switch at a time sees
#
# Put {eq}`eq-ablation-model` into the difference between the base (all off) and its neighbour with switch 1 on:
#
# $$
# \begin{aligned}
# y(+{-}{-}) - y({-}{-}{-}) = e_1 &- e_{12} - e_{13} \\
# &+ e_{123} .
# \end{aligned}
# $$ (eq-ablation-oat)
#
# That is a sound answer to one question, what switch 1 does *at the base*. It is no answer to what switch 1
# does, and from four corners nobody can tell the four terms apart.
#
# ## Error bars before the experiment
#
# Repeat every corner $n$ times, with independent noise of variance $\sigma^2$. Every effect, of whatever
# order, is the mean of half of the $8n$ runs minus the mean of the other half. Two variances
# $\sigma^2/4n$ add:
#
# $$
# \mathrm{var}(e_S) = \frac{4\sigma^2}{8n} .
# $$ (eq-ablation-variance)
#
# Every run works for all seven effects at once. One at a time, an effect is a difference of two corners,
# and with four corners of $2n$ runs each (the same total) its variance is $2\sigma^2/2n$: twice as large, to see less.
#
# A second gift: whatever adds the same to all eight corners of one repetition drops out, because every
# contrast has as many plus signs as minus signs. Our repetitions are *seeds*. One seed fixes the order of the
# images and the stream of initial weights, so it makes a lucky or an unlucky octet. Effects are computed seed by seed, and only
# their scatter between seeds counts.
#
# Try all of it. Plant the effects, add noise and a much larger luck of the seed, and see what comes back ({numref}`fig-ablation-planted`):

# %%
rng = np.random.default_rng(1)
sigma, luck, n, trials = 1.0, 3.0, 10, 4000
noise = sigma * rng.normal(size=(2, 2, 2, trials, n))
noise += luck * rng.normal(size=(trials, n))
measured = truth[..., None, None] + noise  # (2, 2, 2, trials, seeds)
repeated = effects(measured, names)  # each (trials, seeds)

# %% mystnb={"image": {"alt": "Seven rows, A, B, C, their pairs and the triple. A vertical tick in each row marks the planted effect. Squares or dots with error bars show what an experiment with all eight cells finds for every row, and, for the first three rows only, what an experiment with one switch at a time finds."}, "figure": {"name": "fig-ablation-planted", "caption": "Planted effects (ticks), and what two ways to experiment find."}}
label = {term: " × ".join(term) for term in terms(names)}
one = estimates({s: v[0] for s, v in repeated.items()})
at_a_time = {
    name: paired_interval(
        (measured[*corner, 0] - measured[*base, 0]).tolist()
    )
    for name, corner in zip(names, neighbours, strict=True)
}
plots.recovered(
    {label[s]: e for s, e in planted.items()},
    {
        "all eight cells": {label[s]: e.student for s, e in one.items()},
        "one at a time": at_a_time,
    },
)

# %% tags=["nbval-check-output"]
closed = theory.effect_variance(sigma**2, factors=3, repetitions=n)
allowed = 4 * math.sqrt(2 / trials)  # of a variance, relative
reach = stats.t.ppf(0.975, n - 1) / math.sqrt(n)
print("effect      variance over 4σ²/8n   intervals that hold")
for term, values in repeated.items():
    mean, spread = values.mean(axis=1), values.std(axis=1, ddof=1)
    ratio = mean.var() / closed
    held = np.mean(abs(mean - planted[term]) <= reach * spread)
    assert abs(ratio - 1) < allowed
    assert abs(held - 0.95) < 4 * math.sqrt(0.95 * 0.05 / trials)
    print(f"{label[term]:12}{ratio:17.2f}{100 * held:19.0f} %")
alone = measured[0, 1, 1].mean(axis=1) - measured[1, 1, 1].mean(axis=1)
wanted = sum(
    sign * planted[term]
    for sign, term in zip(
        (1, -1, -1, 1),
        (("A",), ("A", "B"), ("A", "C"), names),
        strict=True,
    )
)
print(f"one at a time, A: {alone.mean():.1f}, by the formula {wanted:.1f}")
price = theory.one_at_a_time_variance(sigma**2, 3, 8 * n) / closed
print(f"its variance at the same number of runs: {price:.0f} times")

# %% [markdown]
# The factorial holds what it promises, and the luck of the seeds, although it is larger than the noise, is
# nowhere to be seen. One at a time finds the value of {eq}`eq-ablation-oat`, and calls it the effect of A.
#
# ### Seven questions at once
#
# A 95 % interval misses its number once in twenty. You are about to look at seven. The chance that *at least one
# of them* misses is the **family-wise error**. If $m$ intervals are independent and each misses with the chance $p$, it is
# $1-(1-p)^m$, and in no case more than $mp$. Bonferroni's remedy is to give every interval the chance
# $p/m$, which makes it wider. Holm's {cite}`holm1979` gives the same guarantee for decisions, and loses less: compare
# the smallest of the $m$ p-values with $p/m$, the next with $p/(m-1)$, and so on until one fails.

# %% tags=["nbval-check-output"]
hit = [
    abs(v.mean(axis=1) - planted[s]) > reach * v.std(axis=1, ddof=1)
    for s, v in repeated.items()
]
any_missed = np.any(hit, axis=0).mean()
independent, most = theory.family_error(0.05, members=7)
print(f"at least one of seven misses, computed: {100 * independent:.0f} %")
print(f"at most: {100 * most:.0f} %")
allowed = 4 * math.sqrt(independent * (1 - independent) / trials)
print("simulated, agrees:", bool(abs(any_missed - independent) < allowed))

# %% [markdown]
# ## The experiment
#
# Now the switches are the post's ingredients. Each factor has the post's level, $s = +1$, and the ordinary one,
# $s = -1$. All else is one recipe.

# %% tags=["nbval-check-output"]
for factor, (present, absent) in FACTORS.items():
    print(f"{factor:10} +1 {present:16} −1 {absent}")
ablation = experiments["ablation"]
seeds = len(ablation.seeds_in("full"))
recipe = next(iter(CELLS.values())).trials[0]
print(f"{len(CELLS)} cells, {seeds} seeds; width {recipe.hidden[0]},")
print(f"batches of {recipe.batch_size}, damping {recipe.damping:g},")
print(f"temperature {recipe.temperature:g} in the Langevin cells")

# %% [markdown]
# A word on the third factor. The post's optimizer without noise is gradient descent with momentum
# $1-\gamma$, bit for bit ([the chapter on Langevin](../components/03_langevin) says why). So "SGD" in this
# table is Langevin at $T = 0$, and the factor *optimizer* is the noise and nothing else:

# %% tags=["nbval-check-output"]
paths = []
for make in (
    lambda p: Langevin(p, lr=0.1, damping=0.1, temperature=0.0),
    lambda p: torch.optim.SGD(p, lr=0.1, momentum=1 - 0.1, fused=True),
):
    theta = torch.linspace(-1, 1, 5).requires_grad_()
    optimizer = make([theta])
    for _ in range(50):
        optimizer.zero_grad()
        theta.pow(4).sum().backward()
        optimizer.step()
    paths.append(theta.detach())
print("after fifty steps, equal to the last bit:", torch.equal(*paths))

# %% [markdown]
# The records first. A table with a hole would have no effects at all, so the page stops here if one run is missing:

# %% tags=["nbval-check-output"]
shelf = records()
accuracies = ablation_cells(shelf, ACCURACY)  # (2, 2, 2, seeds)
seeds = len(ablation.seeds_in(shelf.profile))
assert accuracies.shape == (2, 2, 2, seeds)
runs = {c: shelf.runs(f"ablation-{'-'.join(c)}") for c in CELLS}
assert len(runs) == 8
assert all(
    [r.seed for r in rs] == list(range(seeds)) for rs in runs.values()
)
print(f"{len(runs)} cells × {seeds} seeds, all on record")

# %% tags=["hide-input"]
SHORT = {
    "ginzburg-landau": "GL",
    "cross-entropy": "CE",
    "langevin": "Langevin",
    "sgd": "SGD",
}
FAMILY = 0.05  # the chance of a wrong decision anywhere in a family


def called(cell):
    return ", ".join(SHORT.get(level, level) for level in cell)


def number(x, digits=2, sign="+"):
    return f"{x:{sign}.{digits}f}".replace("-", "−")


def ranged(interval, scale=100, digits=2, unit=" points", sign="+"):
    """A mean with its 95 % interval, in words."""
    if math.isnan(interval.mean):
        return "undefined"
    mean, low, high = (number(scale * x, digits, sign) for x in interval)
    return f"{mean}{unit} [{low}, {high}]"


def listed(words):
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


epochs = runs[next(iter(runs))][0].recipe.epochs
Markdown(
    f"*The records are of the profile “{shelf.profile}”: {seeds} seeds "
    f"a cell, {epochs} epochs each. GL is the Ginzburg–Landau loss, CE is "
    "cross-entropy.*"
)

# %% [markdown]
# ### Each cell at its own learning rate
#
# A learning rate that suits one loss may be hopeless for another: the Ginzburg–Landau loss has gradients of another
# size than cross-entropy. At a common rate, the ablation would measure whom the rate suits. So each cell
# has searched a grid of rates first, on images held out from training, and brings its best one (a ring in {numref}`fig-ablation-rates`):

# %% mystnb={"image": {"alt": "Four panels, one for each combination of loss and layer. Each shows the validation error in percent against the learning rate over four decades, both logarithmic, with one curve for Langevin and one for SGD. A ring marks the rate that each cell was given, crosses at the top mark rates at which training diverged, dotted lines the ends of the grid."}, "figure": {"name": "fig-ablation-rates", "caption": "The search for each cell's learning rate. Rings: the rates that were given."}}
searched = {
    cell: np.array(
        [shelf.scores(t.name, ACCURACY)[0] for t in search.trials]
    )
    for cell, search in CELLS.items()
}
chosen = {cell: rs[0].recipe.lr for cell, rs in runs.items()}
panels, best = {}, {}
for cell, found in searched.items():
    title, curve = called(cell[:2]), called(cell[2:])
    panels.setdefault(title, {})[curve] = 100 * (1 - found)
    best.setdefault(title, {})[curve] = chosen[cell]
plots.rate_searches(RATES, panels, best)

# %% tags=["nbval-check-output"]
print("cell                      rate   validation   diverged")
for cell, found in searched.items():
    assert chosen[cell] == RATES[np.nanargmax(found)]
    print(
        f"{called(cell):24}{chosen[cell]:6g}{100 * np.nanmax(found):10.2f} %"
        f"{np.isnan(found).sum():7} of {len(found)}"
    )

# %% tags=["hide-input"]
at_edge = [c for c in CELLS if chosen[c] in (RATES[0], RATES[-1])]
edge = "No best rate lies at an edge of the grid."
if at_edge:
    which = "; ".join(f"{called(c)} (at {chosen[c]:g})" for c in at_edge)
    edge = (
        f"In {len(at_edge)} of the {len(CELLS)} cells the best rate lies "
        f"**at an edge of the grid**: {which}. A better one may lie "
        "beyond, and such a cell would then be better than it looks here."
    )
images = CELLS[next(iter(CELLS))].trials[0].validation
close = []
for cell, found in searched.items():
    ranked = np.sort(found[~np.isnan(found)])[::-1]
    error = math.sqrt((ranked[:2] * (1 - ranked[:2])).sum() / images)
    if len(ranked) > 1 and ranked[0] - ranked[1] < 2 * error:
        close.append(cell)
pairs = {
    pair: [chosen[*pair, optimizer] for optimizer in FACTORS["optimizer"]]
    for pair in itertools.product(FACTORS["loss"], FACTORS["layer"])
}
apart = [
    f"{called(pair)} ({warm:g} with noise, {cold:g} without)"
    for pair, (warm, cold) in pairs.items()
    if warm != cold
]
confounded = (
    "All pairs of cells that differ in the noise alone chose the same "
    "rate, so the factor *optimizer* is the noise and nothing else."
)
if apart:
    confounded = (
        f"In {len(apart)} of the {len(pairs)} pairs of cells that differ "
        "in the noise alone, the two chose different rates: "
        f"{'; '.join(apart)}. There the factor *optimizer* is the noise "
        "**and** a change of rate. That is what the definition asks for, "
        "each cell at its best; for the noise alone, at one rate, see the "
        "temperatures below."
    )
Markdown(
    f"{edge}\n\nThe search has one seed. In {len(close)} of {len(CELLS)} "
    "cells the best two rates are closer than twice the standard error "
    "that the held-out images alone give their difference, so that "
    "another search might choose the other. The intervals below do not "
    f"contain this choice.\n\n{confounded}"
)

# %% [markdown]
# ### The eight cells
#
# Each cell at its own rate, all seeds to the end or to where they diverged ({numref}`fig-ablation-cells`):

# %% mystnb={"image": {"alt": "Eight rows, one for each cell of the ablation, named by loss, layer and optimizer. Each row has a grey dot for the test accuracy of every seed and below it a square with its 95 percent interval. Where seeds diverged, words at the right end of the row say how many."}, "figure": {"name": "fig-ablation-cells", "caption": "Test accuracy of the eight cells."}}
plots.cell_scores(
    {
        called(c): 100
        * np.array(shelf.scores(f"ablation-{'-'.join(c)}", ACCURACY))
        for c in CELLS
    },
    {
        called(c): paired_interval(
            [100 * r.final("test_accuracy") for r in rs]
        )
        for c, rs in runs.items()
    },
    "test accuracy (%)",
)

# %% tags=["hide-input", "nbval-check-output"]
lines = ["| cell | test accuracy, % | diverged |", "|---|---|---|"]
for cell, rs in runs.items():
    found = paired_interval([r.final("test_accuracy") for r in rs])
    text = ranged(found, unit="", sign="")
    lost = [r for r in rs if r.facts["status"] == "diverged"]
    if lost:
        rest = [100 * r.final("test_accuracy") for r in rs if r not in lost]
        kept = (
            f"the others {min(rest):.2f} to {max(rest):.2f}"
            if rest
            else "none"
        )
        text = f"undefined; {kept}"
    why = "; ".join(
        f"seed {r.seed} at step {r.facts['diverged_at']:,}: {r.facts['why']}"
        for r in lost
    )
    lines.append(f"| {called(cell)} | {text} | {why or 'none'} |")
Markdown("\n".join(lines))

# %% tags=["hide-input"]
lost = int(np.isnan(accuracies).sum())
whole = ~np.isnan(accuracies).any(axis=(0, 1, 2))  # by seed
means = dict(zip(CELLS, accuracies.mean(axis=-1).flat, strict=True))
ranked = sorted(
    (c for c in CELLS if not math.isnan(means[c])), key=means.__getitem__
)
policy = (
    f"None of the {accuracies.size} runs diverged. (Had one, it would "
    f"count as chance, {100 * CHANCE:.0f} % right: that was fixed before "
    "the runs.)"
)
if lost:
    policy = (
        f"{lost} of the {accuracies.size} runs diverged. A run that "
        "diverged classifies nothing: in what follows it counts as chance, "
        f"{100 * CHANCE:.0f} % right, a policy that was fixed before the "
        "runs. "
        "Were it undefined, so would be every effect of its seed, which "
        "needs all eight cells, and no mean over the seeds would be left. "
        f"Beside it stands what comes out over the {whole.sum()} seeds in "
        "which all eight cells came to their end: a selection made "
        "afterwards, which says what the cells do when they do not "
        "diverge, and leaves out that some do."
    )
if ranked:
    policy += (
        " Of the cells whose runs all came to their end, the highest mean "
        f"has {called(ranked[-1])}, the lowest {called(ranked[0])}."
    )
Markdown(policy)

# %% [markdown]
# ## Seven effects
#
# Now {eq}`eq-ablation-inverse`, seed by seed, and Student's interval over the seeds ({numref}`fig-ablation-effects`). An effect above zero says that the
# post's ingredient raises the accuracy, averaged over all settings of the other two; an interaction above zero, that two of
# them together do better than each one alone would let you expect.

# %% mystnb={"image": {"alt": "Seven rows: loss, layer, optimizer, their three pairs and the triple. Each row shows the effect on test accuracy in points as grey dots, one a seed, and three intervals one below the other: Student's, the bootstrap's, and the wider one that holds for all seven together. A vertical line marks zero. If runs diverged there are two panels, on the left all seeds with those runs as chance, on the right the seeds without them, each with its own scale."}, "figure": {"name": "fig-ablation-effects", "caption": "Effects on the test accuracy, each with Student's, the bootstrap's and the family's interval."}}
factors = list(FACTORS)
label = {term: " × ".join(term) for term in terms(factors)}
by_seed = effects(100 * accuracies, factors, diverged=100 * CHANCE)
effect = estimates(by_seed, FAMILY)
# over the seeds in which all eight cells came to their end
ended_by_seed = effects(100 * accuracies[..., whole], factors)
ended = estimates(ended_by_seed, FAMILY)
shown = {"all seeds": effect}
if lost:
    shown = {
        "diverged as chance": effect,
        f"{whole.sum()} whole seeds": ended,
    }
plots.forest(
    [
        name.replace(" × optimizer", "\n× optimizer")
        for name in label.values()
    ],
    {
        title: (
            [e.values for e in found.values()],
            {
                "Student": [e.student for e in found.values()],
                "bootstrap": [e.bootstrap for e in found.values()],
                "all seven": [e.family for e in found.values()],
            },
        )
        for title, found in shown.items()
    },
    "points",
)

# %% tags=["nbval-check-output"]
print("effect                     points   95 % interval")
for term, e in effect.items():
    mean, low, high = e.student
    print(f"{label[term]:25}{mean:+8.2f}   [{low:+.2f}, {high:+.2f}]")
for axis, name in enumerate(factors):  # the claims use the same numbers
    claimed = main_effect(axis, *FACTORS[name])(shelf).interval
    assert np.allclose(100 * np.array(claimed), effect[name,].student)
print("the claims' main effects are these:", True)

# %% tags=["hide-input", "nbval-check-output"]
head = ["effect", "all seven hold together", "bootstrap", "Holm's p"]
if lost:
    head.append(f"the {whole.sum()} seeds without")
lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
for term, e in effect.items():
    p = "below 0.001" if e.holm < 0.001 else f"{e.holm:.3f}"
    row = [label[term]]
    row += [
        f"[{number(i.low)}, {number(i.high)}]"
        for i in (e.family, e.bootstrap)
    ]
    row.append(p)
    if lost:
        row.append(ranged(ended[term].student, 1, unit=""))
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines))

# %% tags=["hide-input"]
WITH = {
    "loss": ("the Ginzburg–Landau loss", "cross-entropy"),
    "layer": ("the hyperbolic layer", "the linear one"),
    "optimizer": ("Langevin's noise", "none"),
}


def in_words(name):
    """What a main effect says."""
    e, (present, absent) = effect[name,], WITH[name]
    size, head = ranged(e.student, 1), f"**{name.capitalize()}**: with"
    if e.sign == 0:
        return (
            f"{head} {present} the accuracy differs from that with "
            f"{absent} by {size}. The interval contains zero: "
            "**not resolved**."
        )
    firm = (
        "It stays resolved in the family of seven."
        if e.holm <= FAMILY
        else "In the family of seven it is no longer resolved."
    )
    return (
        f"{head} {present} the accuracy is "
        f"**{'higher' if e.sign > 0 else 'lower'}** than with {absent}, "
        f"a difference of {size}, averaged over the other two factors. {firm}"
    )


Markdown("\n".join(f"- {in_words(name)}" for name in factors))

# %% tags=["hide-input"]
together = [term for term in effect if len(term) > 1]
firm = [term for term in together if effect[term].holm <= FAMILY]
loose = [t for t in together if effect[t].sign and t not in firm]


def accuracies_of(rs):
    return [r.final("test_accuracy") for r in rs]


def sized(term):
    return f"{label[term]} ({ranged(effect[term].student, 1)})"


text = "None of the four interactions is resolved in the family of seven."
if firm:
    text = (
        f"Of the four interactions {len(firm)} "
        f"{'is' if len(firm) == 1 else 'are'} resolved in the family of "
        f"seven: {listed([sized(t) for t in firm])}. Where an interaction "
        "is resolved, the main effects in it are means over two different "
        "things; the next figure and table take them apart."
    )
if loose:
    text += (
        " By its own interval alone, but not in the family: "
        f"{listed([sized(t) for t in loose])}. Of seven effects that are "
        "all zero, at least one would look like that in about every third "
        "experiment."
    )
if lost:
    held = [t for t, e in ended.items() if e.sign and e.holm <= FAMILY]
    sizes = [
        f"{label[t]} ({ranged(ended[t].student, 1)})" for t in held
    ] or ["none of the seven"]
    text += (
        f"\n\nThat is with diverged runs as chance: {lost} runs out of "
        f"{accuracies.size} then outweigh all else. Over the {whole.sum()} "
        "seeds in which all eight cells came to their end, resolved in the "
        f"family of seven: {listed(sizes)}."
    )
    blown = [
        c for c, rs in runs.items() if np.isnan(accuracies_of(rs)).any()
    ]
    other_rate = [c for c in blown if len(set(pairs[c[:2]])) > 1]
    if other_rate:
        text += (
            f"\n\nMind the rates: {'; '.join(map(called, other_rate))} "
            "diverged at another learning rate than the cell beside it that "
            "differs in the noise. So whatever noise seems to do here may be "
            "what the rate does."
        )
Markdown(text)

# %% [markdown]
# ### How the ingredients meet
#
# The same numbers, as means ({numref}`fig-ablation-interactions`). Each panel averages over the factor that it does not name; parallel lines are no
# interaction. Bars are the intervals of the means by themselves; differences are paired by seed and sharper, so let the
# figure above decide what is resolved.

# %% mystnb={"image": {"alt": "Three panels, one for each pair of factors. Each shows the mean test accuracy in percent at the two levels of the first factor, as two lines with error bars, one for each level of the second factor."}, "figure": {"name": "fig-ablation-interactions", "caption": "Means of two factors at a time, over all seeds."}}
counted = 100 * np.where(np.isnan(accuracies), CHANCE, accuracies)


def meetings(scores):
    """Means of scores (2, 2, 2, N) at the levels of two factors."""
    panels = {}
    for one, other in itertools.combinations(range(3), 2):
        (third,) = {0, 1, 2} - {one, other}
        means = scores.mean(axis=third)  # (2, 2, seeds)
        panels[f"{factors[one]} × {factors[other]}"] = (
            FACTORS[factors[one]],
            {
                level: [
                    paired_interval(means[i, j].tolist()) for i in (0, 1)
                ]
                for j, level in enumerate(FACTORS[factors[other]])
            },
        )
    return panels


plots.interactions(meetings(counted), "accuracy (%)")

# %% [markdown]
# The same over the seeds in which no run diverged ({numref}`fig-ablation-interactions-whole`):

# %% mystnb={"image": {"alt": "Three panels as in the figure before, one for each pair of factors, over only those seeds in which all eight cells came to their end. Each shows the mean test accuracy in percent at the two levels of the first factor, as two lines with error bars, one for each level of the second factor."}, "figure": {"name": "fig-ablation-interactions-whole", "caption": "Means of two factors at a time, over the seeds in which no run diverged."}}
plots.interactions(meetings(counted[..., whole]), "accuracy (%)")

# %% [markdown]
# What an ingredient does in the company of another is its main effect plus or minus their interaction. That
# is {eq}`eq-ablation-model` again, averaged over the third factor:

# %% tags=["nbval-check-output"]
for title, values in (
    ("all seeds, diverged runs as chance", by_seed),
    (f"the {whole.sum()} whole seeds", ended_by_seed),
):
    print(title)
    for one, other in itertools.permutations(factors, 2):
        pair = tuple(sorted((one, other), key=factors.index))
        for sign, level in zip((1, -1), FACTORS[other], strict=True):
            found = paired_interval(
                (values[one,] + sign * values[pair]).tolist()
            )
            print(f"  {one:10}with {level:16}{ranged(found, 1, unit='')}")

# %% [markdown]
# How is the spread between the eight cells shared out? Parseval's identity, checked above, says that its variance is the sum of
# $e_S^2/4$: a power spectrum. Noise adds to every line of it, so a small share is no evidence of anything. And know one
# pattern by sight: if a single corner stands out by $\Delta$, all seven effects are $\pm\Delta/4$. The transform of a point is flat, on a
# cube as on a line. A flat spectrum says *one cell*, not *seven mechanisms*.

# %% tags=["nbval-check-output"]
print("share of the variance    diverged as chance  whole seeds")
shares = []
for estimated, scores in (
    (effect, counted),
    (ended, counted[..., whole]),
):
    squares = {s: e.student.mean**2 for s, e in estimated.items()}
    power = sum(squares.values())
    assert np.isclose(scores.mean(axis=-1).var(), power / 4)
    shares.append(
        {s: 100 * square / power for s, square in squares.items()}
    )
for term in effect:
    one, other = (share[term] for share in shares)
    print(f"{label[term]:25}{one:14.1f} %{other:13.1f} %")

# %% [markdown]
# ## Other answers of the same eight networks
#
# Accuracy is not all. Two more questions, each with its seven effects:
#
# - *calibration error*: the mean gap between the network's confidence and its accuracy, in points; **lower is
#   better**. The confidence is a softmax at a fitted temperature of what the loss sees: of $\hat\varphi$ under the
#   Ginzburg–Landau loss, of $\varphi$ under cross-entropy.
# - *output coherence*: one minus the roughness of $\hat\varphi$ over the classes, as the post's own difference measures it. The post
#   hopes that it is high; [the chapter on coherence](14_noise_and_coherence) asks what that is worth.
#
# A star marks what is resolved among the seven of its column. For these two a run that diverged has no value that would be natural,
# so the table is over the seeds in which all eight cells came to their end; its head says how many these are.

# %% tags=["hide-input", "nbval-check-output"]
RESPONSES = {
    "calibration error, points": ("calibration_error", 100, 2),
    "output coherence": ("output_coherence", 1, 3),
}
others = {
    title: estimates(
        effects(
            scale * ablation_cells(shelf, final(metric))[..., whole],
            factors,
        ),
        FAMILY,
    )
    for title, (metric, scale, _) in RESPONSES.items()
}
head = f"effect on ({whole.sum()} seeds)"
lines = [f"| {head} | {' | '.join(others)} |", "|---" * 3 + "|"]
for term in effect:
    row = [label[term]]
    for title, (_, _, digits) in RESPONSES.items():
        e = others[title][term]
        if math.isnan(e.p):
            row.append("undefined")
            continue
        half = e.student.high - e.student.mean
        star = " *" if e.holm <= FAMILY else ""
        row.append(
            f"{number(e.student.mean, digits)} ± {half:.{digits}f}{star}"
        )
    lines.append(f"| {' | '.join(row)} |")
Markdown("\n".join(lines).replace(" *", " \\*"))

# %% tags=["hide-input"]


def direction(estimate, up, down):
    if math.isnan(estimate.p):
        return "undefined, since runs diverged"
    if estimate.holm > FAMILY:
        return "not resolved"
    return up if estimate.sign > 0 else down


calibrated, coherent = others.values()
says = [
    f"- with {WITH[name][0]} in place of {WITH[name][1]}: calibration "
    f"**{direction(calibrated[name,], 'worse', 'better')}**, outputs "
    f"**{direction(coherent[name,], 'more coherent', 'less coherent')}**"
    for name in factors
]
Markdown("On average over the other two factors,\n\n" + "\n".join(says))

# %% [markdown]
# What does an ingredient cost? The records keep the seconds of every epoch, on one thread each.
# They are timings of the machine that made them, and yours will differ:

# %%
print("cell                       median seconds per epoch")
for cell, rs in runs.items():
    each = [s for r in rs for s in r.facts["seconds"]["epochs"]]
    print(f"{called(cell):24}{median(each) if each else math.nan:10.2f}")

# %% [markdown]
# ## The same cube, live
#
# Small enough for your machine: narrow networks, an eighth of the training images, one pass, few seeds, and the rest of the training
# images to score on. The learning rates are those of the record, which suit a wider network and a longer training. So the
# live numbers are another experiment with the same design. Do not expect the same effects; look at how wide the intervals are.

# %%
dataset = mnist_or_digits()
training = len(load_dataset(dataset).train_labels)
small = {
    "dataset": dataset,
    "hidden": (32,),
    "epochs": 1,
    "validation": training - training // 8,
}
live_seeds = range(3)
live = stacked(
    {
        cell: [
            fit(rs[0].recipe.replace(**small), seed).test_accuracy
            for seed in live_seeds
        ]
        for cell, rs in runs.items()
    },
    FACTORS,
)
beside = estimates(
    effects(100 * live, factors, diverged=100 * CHANCE), FAMILY
)

# %%
print(f"Live: {TITLES[dataset]}, {training // 8:,} images, one epoch,")
print(f"{len(live_seeds)} seeds. Record: {epochs} epochs, the", end=" ")
print(f"{whole.sum()} seeds without divergence.")
print("effect                   live, points      record")
for term, e in beside.items():
    mean, low, high = e.student
    print(
        f"{label[term]:24}{mean:+6.1f} [{low:+.1f}, {high:+.1f}]"
        f"{ended[term].student.mean:+9.2f}"
    )

# %% [markdown]
# With three seeds Student's factor is more than four. That is why the book calls nothing a result with fewer than five.
#
# ## The noise by itself: temperature
#
# In the ablation the noise has one strength. Is there a better one? Here all is equal but $T$ ({numref}`fig-ablation-temperature`): the recipe `physlib`, one learning
# rate, the same seeds at every temperature, and $T = 0$ to compare with. A free weight would diffuse by
# $\sqrt{2(\alpha/\gamma)Tn}$ in the $n$ steps of the training; beside it stands the size of a weight at the
# beginning.

# %% mystnb={"image": {"alt": "Two panels against the temperature, logarithmic over five decades. Top: test accuracy minus that at zero temperature, in points. Bottom: training loss at zero temperature minus that at T. Each point has its 95 percent interval, and a horizontal line marks zero, where the noise makes no difference. The vertical axes are linear near zero and logarithmic beyond."}, "figure": {"name": "fig-ablation-temperature", "caption": "What the noise changes in the recipe `physlib`, against its temperature."}}
cold = "temperature-0"
warm = TEMPERATURES[1:]
by_temperature = {}
for title, score, scale in (
    ("accuracy", ACCURACY, 100),
    ("loss", LOSS, -1),
):
    there = np.array(shelf.scores(cold, score))
    by_temperature[title] = estimates(
        {
            (f"{t:g}",): scale
            * (shelf.scores(f"temperature-{t:g}", score) - there)
            for t in warm
        },
        FAMILY,
    )
panels = {}
for title, ylabel in (
    ("accuracy", "accuracy gained (points)"),
    ("loss", "training loss, lower by"),
):
    ranges = [e.student for e in by_temperature[title].values()]
    ends = np.nanmax(np.abs(ranges[:2]))  # linear up to a power of ten
    panels[ylabel] = ranges, 10.0 ** math.ceil(math.log10(ends))
plots.gains_against_temperature(warm, panels)

# %% tags=["nbval-check-output"]
cool = shelf.runs(cold)[0].recipe
steps = cool.epochs * math.ceil(60_000 / cool.batch_size)
weight = math.sqrt(2 / (784 + cool.hidden[0]))  # Xavier, first layer
print("T        wander/weight   accuracy, points over T = 0")
for t, e in zip(warm, by_temperature["accuracy"].values(), strict=True):
    way = math.sqrt(
        steps * float(theory.diffusion(t, cool.lr, cool.damping))
    )
    gained = ranged(e.student, 1, unit="")
    print(f"{t:<9g}{way / weight:10.2f}        {gained}")

# %% tags=["nbval-check-output"]
print("T          training loss at T = 0 minus that at T")
for t, e in zip(warm, by_temperature["loss"].values(), strict=True):
    print(f"{t:<9g}  {ranged(e.student, 1, 5, unit='')}")

# %% tags=["hide-input"]


def temperatures_that(title, sign):
    found = by_temperature[title].items()
    return [
        f"{t}" for (t,), e in found if e.sign == sign and e.holm <= FAMILY
    ]


def undecided(title):
    found = by_temperature[title].items()
    return [
        f"{t}"
        for (t,), e in found
        if not math.isnan(e.p) and e.holm > FAMILY
    ]


said = []
for title, good, bad in (
    ("accuracy", "more accurate", "less accurate"),
    ("loss", "lower in training loss", "higher in training loss"),
):
    for sign, word in ((1, good), (-1, bad)):
        if at := temperatures_that(title, sign):
            said.append(
                f"**{word}** than without noise at $T$ = {listed(at)}"
            )
        elif sign == 1:
            said.append(f"at no temperature resolved as {word}")
    if at := undecided(title):
        said.append(f"not resolved in its {title} at $T$ = {listed(at)}")
diverged = [
    f"{t:g}"
    for t in warm
    if any(
        r.facts["status"] == "diverged"
        for r in shelf.runs(f"temperature-{t:g}")
    )
]
if diverged:
    said.append(
        f"without a number where a run diverged, at $T$ = {listed(diverged)}"
    )
lines = "\n".join(f"- {line}" for line in said)
Markdown(
    f"In the family of {len(warm)} temperatures, over "
    f"{len(shelf.runs(cold))} seeds and {cool.epochs} epochs, the network "
    f"is\n\n{lines}"
)

# %% [markdown]
# One temperature is not one noise. The wander grows with $\sqrt{\alpha T}$, so the cells of the ablation, which share $T$ and not the
# learning rate, are not shaken alike. In the words of this section they are at:

# %% tags=["nbval-check-output"]
print("Langevin cell             rate   wander/weight")
for cell, rs in runs.items():
    r = rs[0].recipe
    if r.optimizer == "langevin":
        n = r.epochs * math.ceil(60_000 / r.batch_size)
        way = math.sqrt(
            n * float(theory.diffusion(r.temperature, r.lr, r.damping))
        )
        print(f"{called(cell):24}{r.lr:6g}{way / weight:12.2f}")

# %% [markdown]
# Read the column of the wander with the gain of the layer in mind: the first layer multiplies what pixel $i$ contributes by about
# $i$, and so does it with the noise of that weight.
#
# ## What the post claims, and the verdict
#
# > *"Better Handling of Complex, Hierarchical Data Structures"* (potential benefits, 1)
#
# The classes of MNIST have no hierarchy that a layer could capture, so no run on MNIST can test this. What the records have is the layer's main effect, for
# orientation, and it is given as such.
#
# > *"The Langevin dynamics-inspired optimizer enhances the network's ability to find global optima."* (potential benefits, 2)
#
# Nobody knows the global optimum of such a network. A better optimum has a lower training loss, and that can be measured.
#
# > *"... potentially escaping local minima and finding better global solutions"* (on the optimizer)
#
# A better solution generalises better: test accuracy.

# %%
mine = [
    name
    for name, claim in claims.items()
    if claim.chapter.endswith("13_ablation")
]
verdict_table(shelf, *mine)

# %% tags=["hide-input"]
recipe_t = f"{recipes['physlib'].temperature:g}"
gain = by_temperature["accuracy"][(recipe_t,)].student
deeper = by_temperature["loss"][(recipe_t,)].student
layer, noise = (effect[name,].student for name in ("layer", "optimizer"))
Markdown(
    f"In numbers: at the recipe's $T$ = {recipe_t} the noise changes the "
    f"accuracy by {ranged(gain, 1)}, and the training loss is lower by "
    f"{ranged(deeper, 1, 5, '')}. In the ablation the layer's main effect "
    f"is {ranged(layer, 1)} and the noise's {ranged(noise, 1)}, with "
    "diverged runs as chance; over the whole seeds they are "
    f"{ranged(ended['layer',].student, 1)} and "
    f"{ranged(ended['optimizer',].student, 1)}. All of these average over "
    "both losses, and each cell has its own learning rate."
)

# %% [markdown]
# What this chapter does not say: all of it is one width, one depth, one dataset and a short training, and each cell's learning rate comes from a
# search with one seed. Damping and batch size were the same for all cells, and may suit some better than others.
#
# ## Exercises
#
# **1.** The planted switches of the first figure again. Somebody starts from *all on* and turns one switch off at a time. Which
# number does that person call the effect of A? Derive the signs as in {eq}`eq-ablation-oat`, then check.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
# With s2 = s3 = +1 all couplings enter with a plus.
formula = sum(e for term, e in planted.items() if "A" in term)
seen = truth[0, 0, 0] - truth[1, 0, 0]
print(f"by the formula {formula:+.1f}, on the cube {seen:+.1f}")
print(f"from all off it was {truth[0, 1, 1] - truth[1, 1, 1]:+.1f}")
print(
    f"the main effect is {planted['A',]:+.1f}, the mean of the four edges"
)

# %% [markdown]
# **2.** You can afford only half of the cube: the four corners with $s_1 s_2 s_3 = +1$. What does the mean difference between A on and A
# off estimate now? (On these corners $s_1 = s_2 s_3$. Such effects are called *aliased*.)

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
half = [c for c in everywhere if sum(c) % 2 == 0]  # index 1 is s = −1
on = np.mean([truth[c] for c in half if c[0] == 0])
off = np.mean([truth[c] for c in half if c[0] == 1])
both = planted["A",] + planted["B", "C"]
print(f"on minus off {on - off:+.1f}, A plus B × C {both:+.1f}")

# %% [markdown]
# **3.** Had there been no search, and all cells one common learning rate, what would the ablation have said? Compute the main effect of the
# loss at every rate of the grid from the records of the search (one seed, diverged runs as chance), and compare with each cell at its best.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
grid = stacked(searched, FACTORS)  # (2, 2, 2, rates)
common = effects(100 * grid, factors, diverged=100 * CHANCE)
print("rate       loss    layer   optimizer   (points, one seed)")
for i, rate in enumerate(RATES):
    row = "".join(f"{common[name,][i]:+9.1f}" for name in factors)
    print(f"{rate:<6g}{row}")
own = effects(100 * np.nanmax(grid, axis=-1), factors)
print("own   " + "".join(f"{own[name,]:+9.1f}" for name in factors))
# One can choose a common rate such that an ingredient shines. That is why
# the grid, and the rule by which a cell's rate is chosen, were fixed before
# the runs.

# %% [markdown]
# **4.** How many seeds would make the family's interval of the noise's main effect narrower than a tenth of a point to either side? Take the scatter
# from the record.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
quantile = 1 - FAMILY / len(effect) / 2
for title, values in (
    ("diverged as chance", by_seed),
    ("whole seeds", ended_by_seed),
):
    spread = values["optimizer",].std(ddof=1)
    normal = (stats.norm.ppf(quantile) * spread / 0.1) ** 2  # a lower bound
    needed = next(
        n
        for n in itertools.count(max(2, int(normal)))
        if stats.t.ppf(quantile, n - 1) * spread / math.sqrt(n) < 0.1
    )
    print(f"{title}: scatter {spread:.2f} points, {needed:,} seeds")
print(f"on record: {seeds} seeds, {whole.sum()} of them whole")

# %% [markdown]
# **5.** [The chapter on Langevin](../components/03_langevin) shows that minibatches are a second heat bath, at $\alpha S/2\gamma$ for
# gradient noise of variance $S$. At the start of training, for which part of the first layer's weights is that bath hotter than the recipe's $T$?
# Ask the pixels in the middle of the image.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
settings = recipes["physlib"]
digits = load_dataset(dataset)
images, labels = digits.train_inputs((-1.0, 1.0)), digits.train_labels
with torch.random.fork_rng(devices=[]):
    torch.manual_seed(0)
    model, loss_of = build_model(settings), build_loss(settings)
    gradients = []
    for batch in torch.randperm(len(images))[: 40 * 32].split(32):
        model.zero_grad()
        loss_of(model(images[batch]), labels[batch]).backward()
        gradients.append(
            next(p for p in model.parameters() if p.dim() == 2).grad.clone()
        )
# Batches of 32: S is that of the recipe's batches times their ratio.
S = torch.stack(gradients).var(dim=0) * 32 / settings.batch_size
heat = settings.lr * S / (2 * settings.damping)
middle = heat.view(-1, 28, 28)[:, 10:18, 10:18]
hotter = (middle > settings.temperature).float().mean()
print("hotter than T for most weights:", bool(hotter > 0.5))
print("for every hundredth at least:  ", bool(hotter > 0.01))

# %% [markdown]
# ## Further reading
#
# Fisher {cite}`fisher1935` argues against varying one factor at a time, and Yates {cite}`yates1937` has the
# algorithm; Box, Hunter and Hunter {cite}`box2005` is the book to learn it from. Biologists who ask which mutations act together use the same transform and call
# the couplings epistasis {cite}`poelwijk2016`. For many questions at once, read Holm
# {cite}`holm1979`.
#
# What this page cost:

# %%
cost(start)
