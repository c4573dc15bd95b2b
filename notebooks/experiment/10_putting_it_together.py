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
# # Putting it together: what a whole network obeys
#
# Three parts are derived and tested: a loss, a layer, an optimizer. Now you join them. What holds for each
# of them alone need not hold for the machine that they make; but one law does, and it turns the length of a
# weight matrix into a thermometer.
#
# **You will learn** what happens in one step of training and what each part of it costs in time and memory,
# which quantity the whole network would conserve if nobody kicked it, how to read its temperature off its
# weights, and how the settings of every later chapter were chosen.
#
# **You need** [the chapter on Langevin dynamics](../components/03_langevin), and from
# [the chapter on the loss](../components/01_ginzburg_landau) that the loss forgets scale.

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

import re

import numpy as np
import torch
from IPython.display import Markdown

from physlib import ExperimentalNet, fit, plots, recipes, theory
from physlib.building import build_loss, build_model, build_optimizer
from physlib.claims.judging import final
from physlib.components import literal
from physlib.data import TITLES, mnist_or_digits
from physlib.epochs import train_epoch, train_step
from physlib.experiments import TEMPERATURES, TUNING
from physlib.intervals import paired_interval
from physlib.models import parameter_count
from physlib.notebook import cost, records, source, verdict_table
from physlib.profiling import PARTS, step_bytes, step_seconds
from physlib.training import recipe_data

shelf = records()  # the full profile: every byte is checked
device = "cuda" if torch.cuda.is_available() else "cpu"

# %% [markdown]
# ## One step, from image to kick
#
# A batch of images goes through the network. The loss compares what comes out with the labels. The gradient
# runs back and becomes a force on every weight; friction and noise do the rest. Then the next batch comes.
# The recipe says with which settings, and it is all that distinguishes one run of this book from another.

# %% tags=["nbval-check-output"]
recipe = recipes["physlib"]
network = build_model(recipe)
print(network)
print(f"{parameter_count(network):,} parameters")
print(f"loss: {build_loss(recipe)}")
for name in ("lr", "damping", "temperature", "batch_size"):
    print(f"{name} = {getattr(recipe, name)}")

# %% [markdown]
# The loop that trains it fits on a screen, and it is the same for every network in the book, the ordinary ones
# included:

# %%
source(train_step)

# %%
source(train_epoch)

# %% [markdown]
# Is the sum of the parts the post's network? Take its formulas as printed, let torch differentiate them, and
# make the printed update by hand. After a few steps, both must hold the same weights up to rounding.

# %% tags=["nbval-check-output"]
torch.manual_seed(0)
double = torch.float64
x = torch.randn(32, 784, dtype=double)
labels = torch.arange(32) % 10
net = ExperimentalNet((784, 10), batch_norm=False, activation="identity")
net = net.to(double)
layer = net[0]
by_hand = [p.detach().clone() for p in (layer.weight, layer.beta, layer.t)]
cold = recipe.replace(temperature=0.0)
optimizer = build_optimizer(cold, net, 0)
velocities = [torch.zeros_like(p) for p in by_hand]
for _ in range(5):
    optimizer.zero_grad()
    build_loss(cold)(net(x), labels).backward()
    optimizer.step()

    w, beta, t = (p.requires_grad_() for p in by_hand)
    literal.loss(literal.layer(x, w, beta, t), labels).backward()
    literal.langevin_step(
        by_hand,
        velocities,
        velocities,  # in place of the noise, which T = 0 silences
        cold.lr,
        cold.damping,
        cold.temperature,
    )
    for p in by_hand:
        p.grad = None
apart = (layer.weight - by_hand[0]).norm() / by_hand[0].norm()
print("library and formulas agree:", apart.item() < 1e-12)

# %% [markdown]
# ## A law of the whole: the virial of a loss that forgets scale
#
# A ball that rolls on a globe can go anywhere on it, and the globe pushes it neither up nor down. The weights of
# this network are such a ball. Multiply the last matrix $W$ by a positive number $c$: its outputs are
# multiplied by $c$, so is what RReLU makes of them, and the loss divides the factor out again. Hence
#
# $$
# L(cW) = L(W) \;\Rightarrow\; W\cdot\nabla L = 0 ,
# $$ (eq-whole-euler)
#
# by the derivative with respect to $c$ at $c = 1$. The force is always at right angles to $W$, seen as one long
# vector. The first matrix has the same symmetry by another road: batch normalisation divides the scale out, but
# for the small constant in its denominator. Here are the cosines between force and weights in one real step:

# %% tags=["nbval-check-output"]
dataset = mnist_or_digits()
live = recipe.replace(dataset=dataset, epochs=1)
data = recipe_data(live)
images = data.train_inputs(live.pixel_range)[:512].to(double)
targets = data.train_labels[:512]


def cosines(activation):
    torch.manual_seed(1)
    network = build_model(live.replace(activation=activation)).to(double)
    build_loss(live)(network(images), targets).backward()
    weights = [p for p in network.parameters() if p.dim() == 2]
    return [
        torch.cosine_similarity(
            p.detach().ravel(), p.grad.ravel(), 0
        ).item()
        for p in weights
    ]


for name, cosine in zip(("first", "last"), cosines("rrelu"), strict=True):
    print(f"{name} matrix: at right angles to 1e-6: {abs(cosine) < 1e-6}")

# %% [markdown]
# A force at right angles does no radial work, so only the motion itself can lengthen $W$. How fast? Follow two
# numbers through the printed update $v \leftarrow (1-\gamma)v - \alpha\nabla L + \xi$, $W \leftarrow W + v$, where
# $\xi$ is the thermal kick: $s = W\cdot v$ and the squared length. With {eq}`eq-whole-euler`,
#
# $$
# \begin{aligned}
# s_{n+1} &= W_{n+1}\cdot v_{n+1} \\
#  &= (1-\gamma)\,s_n + W_n\cdot\xi_n + \|v_{n+1}\|^2 , \\
# \|W_{n+1}\|^2 &= \|W_n\|^2 + 2 s_{n+1} \\
#  &\quad - \|v_{n+1}\|^2 .
# \end{aligned}
# $$ (eq-whole-steps)
#
# The second line follows from $W_{n+1} = W_n + v_{n+1}$. Kicks do not know where $W$ points, so $W\cdot\xi$ is zero
# on average. When $s$ has settled, the first line gives $\gamma\langle s\rangle = \langle\|v\|^2\rangle$, and then
#
# $$
# \boxed{\;\langle\Delta\|W\|^2\rangle
#  = \Bigl(\frac2\gamma - 1\Bigr)\langle\|v\|^2\rangle\;}
# $$ (eq-whole-growth)
#
# per step. This is the *virial theorem* with a virial of zero. It holds on any landscape that forgets scale, in a
# valley or on a ridge. If in addition the $N$ weights move as fast as free particles at temperature $T$, whose
# $\langle\|v\|^2\rangle = N\alpha T/(1-\gamma/2)$ you know from the last chapter, it becomes
# $2N(\alpha/\gamma)T$: their diffusion. Without kicks and in the limit of small steps the length is conserved, the
# charge of the scale symmetry in the sense of Noether.

# %%
source(theory.norm_growth)

# %% [markdown]
# Check it live, on the whole network in its real training, on images, with friction, batches and all. In each step
# we note the length of the first matrix and its velocity; the law {eq}`eq-whole-growth` then predicts the growth from
# the velocities alone. To make it a test of the physics and not of patience, the damping is high and the heat too:

# %%
hot = live.replace(temperature=3e-3, damping=0.5)


def growth(recipe, steps, seed):
    """Measured and predicted growth per step of the first matrix."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network, loss_of = build_model(recipe), build_loss(recipe)
        optimizer = build_optimizer(recipe, network, seed)
        x, y = data.train_inputs(recipe.pixel_range), data.train_labels
        weight = next(p for p in network.parameters() if p.dim() == 2)
        lengths, squares = [], []
        for _ in range(steps):
            batch = torch.randint(len(x), (recipe.batch_size,))
            optimizer.zero_grad()
            loss_of(network(x[batch]), y[batch]).backward()
            optimizer.step()
            lengths.append(weight.detach().double().square().sum())
            squares.append(
                optimizer.velocity(weight).double().square().sum()
            )
    measured = (lengths[-1] - lengths[9]) / (steps - 10)
    predicted = theory.norm_growth(
        torch.stack(squares[10:]).mean().item(), recipe.damping
    )
    return float(measured), float(predicted)


pairs = np.array([growth(hot, 300, seed) for seed in range(8)])
ratio = paired_interval((pairs[:, 0] / pairs[:, 1]).tolist())

# %% tags=["nbval-check-output"]
print(
    "measured over predicted is 1 to two percent:",
    abs(ratio.mean - 1) < 0.02,
)
print("and known to two percent:", ratio.high - ratio.mean < 0.02)

# %% tags=["hide-input"]
Markdown(
    f"Live, {TITLES[dataset]}, eight seeds: measured over predicted growth "
    f"{ratio.mean:.3f} [{ratio.low:.3f}, {ratio.high:.3f}]."
)

# %% [markdown]
# ## The thermometer, on record
#
# Now turn the law round. Long after a run has ended, the lengths of its matrices still tell how hot it was. The records
# of the experiment `temperature` hold the final length of both matrices for every temperature, five seeds each. The
# line in {numref}`fig-whole-thermometer` is free diffusion with no adjustable number: the initial length, plus the mean squared displacement of $N$ particles that start at rest, which grows by
# $2N(\alpha/\gamma)T$ for each step once they are under way.

# %% mystnb={"image": {"alt": "Squared length of the two weight matrices over their initial ones, against the temperature from one ten-millionth to one hundredth, both axes logarithmic. Two lines show the prediction of free diffusion, level at low and rising in proportion at high temperature; points with bars show the records."}, "figure": {"name": "fig-whole-thermometer", "caption": "How much the two matrices have grown against the temperature: on record (points), and by free diffusion (lines)."}}
warm = [t for t in TEMPERATURES if t > 0]
shapes = {"first matrix": (784, 156), "last matrix": (156, 10)}
measured, exact = {}, {}
for position, (name, (fan_in, fan_out)) in enumerate(shapes.items(), 1):
    first = fan_in * fan_out * 2 / (fan_in + fan_out)  # Xavier
    rows = []
    for t in warm:
        norms = shelf.scores(
            f"temperature-{t:g}", final(f"norm_{position}")
        )
        rows.append(paired_interval([norm**2 / first for norm in norms]))
    measured[name] = tuple(np.array(rows).T)
    run = shelf.runs(f"temperature-{warm[0]:g}")[0].recipe
    steps = run.epochs * -(-60_000 // run.batch_size)
    per_weight = [
        theory.mean_squared_displacement(steps, t, run.lr, run.damping)
        for t in warm
    ]
    exact[name] = 1 + np.array(per_weight) * fan_in * fan_out / first
plots.norm_thermometer(warm, measured, exact)

# %% tags=["nbval-check-output"]
for name in shapes:
    ratio = np.asarray(measured[name][0]) / exact[name]
    print(f"{name}: record over prediction at each T,")
    print("  ", "  ".join(f"{r:.3f}" for r in ratio))

# %% [markdown]
# Where a ratio is above one, something other than the thermostat has heated the weights: the gradients of batches, which
# scatter, and which the law counts among the velocities. So a low thermostat does not mean a cold network.
# And a longer vector turns less for the same force: with every step of noise the network learns more slowly, a brake
# that nobody put in.
#
# ## What each part costs
#
# You may know now what a step does; here is what it takes ({numref}`fig-whole-cost`). Time first: the median of a hundred steps, each part for
# itself. Then memory, counted from the tensors that are there. The ordinary network of the same widths stands beside.

# %% mystnb={"image": {"alt": "Two panels of stacked horizontal bars for the network from physics and the multilayer perceptron. Top: milliseconds of a training step, divided into fetching the batch, forward pass, loss, backward pass, update and scoring. Bottom: mebibytes held in training apart from the images, divided into weights, gradients, optimizer and activations."}, "figure": {"name": "fig-whole-cost", "caption": "Time and memory of a training step, part by part."}}
networks = {"physlib": live, "mlp": recipes["mlp"].replace(dataset=dataset)}
seconds = {n: step_seconds(r, device, 100) for n, r in networks.items()}
held = {n: step_bytes(r, device) for n, r in networks.items()}
milliseconds = {
    n: {part: 1e3 * s for part, s in parts.items()}
    for n, parts in seconds.items()
}
mebibytes = {
    n: {part: b / 2**20 for part, b in parts.items() if part != "images"}
    for n, parts in held.items()
}
plots.step_costs(
    {
        "milliseconds per step, live": milliseconds,
        "MiB held, apart from the images": mebibytes,
    }
)

# %% tags=["hide-input"]
rows = ["| part | physlib | mlp | ratio |", "|---|---|---|---|"]
for part in PARTS:
    ours, theirs = (milliseconds[n][part] for n in networks)
    rows.append(
        f"| {part} | {ours:.2f} ms | {theirs:.2f} ms | {ours / theirs:.1f} |"
    )
totals = [sum(milliseconds[n].values()) for n in networks]
rows.append(
    f"| whole step | {totals[0]:.2f} ms | {totals[1]:.2f} ms | "
    f"{totals[0] / totals[1]:.1f} |"
)
where = (
    torch.cuda.get_device_name()
    if device == "cuda"
    else (f"CPU, {torch.get_num_threads()} threads")
)
Markdown("\n".join([f"Live, {where}:", "", *rows]))

# %% [markdown]
# Bytes can be predicted. Weights, gradients and velocities are the same numbers of floats, and the noise needs a
# buffer of that size once more. What autograd keeps between the passes is the layer's input twice, with the gain and
# without it, and a few arrays of the hidden width ([the chapter on the layer](../components/02_hyperbolic_layer) derives
# it). The images, which stay in memory for the whole training, are larger than all else together.

# %% tags=["nbval-check-output"]
ours = held["physlib"]
count = parameter_count(build_model(live))
print("gradients are four bytes a weight:", ours["gradients"] == 4 * count)
print("velocity and noise are twice that:", ours["optimizer"] == 8 * count)
inputs = 4 * live.batch_size * 784
share = ours["activations"] / inputs
print("two inputs and less than two more are kept:", 2 <= share < 4)
print("images are the most:", ours["images"] > sum(ours.values()) / 2)

# %% [markdown]
# ## On MNIST: one live epoch, and the record
#
# One epoch, here and now, one seed: an anecdote. Beside it the record: the same recipe for five epochs and ten seeds,
# and then the one that a search found, for a hundred.

# %%
run = fit(live, seed=0, device=device)

# %% tags=["hide-input"]
untuned = shelf.runs("headline-experimental-untuned")
tuned = shelf.runs("headline-experimental-tuned")
lines = [
    f"| live, {TITLES[dataset]} | 1 | 1 | {100 * run.test_accuracy:.2f} % |"
]
for name, runs in {
    "record, untuned": untuned,
    "record, tuned": tuned,
}.items():
    found = paired_interval([100 * r.final("test_accuracy") for r in runs])
    lines.append(
        f"| {name} | {runs[0].recipe.epochs} | {len(runs)} | "
        f"{found.mean:.2f} [{found.low:.2f}, {found.high:.2f}] % |"
    )
Markdown(
    "\n".join(
        [
            "| run | epochs | seeds | test accuracy |",
            "|---|---|---|---|",
            *lines,
        ]
    )
)

# %% [markdown]
# ## How settings were chosen
#
# The post names no learning rate, damping, temperature or batch size, and neither does it say how the ordinary network was
# trained. Whoever sets these by hand decides the comparison. So each method gets the same search ({numref}`fig-whole-search`): the same number of
# random trials, five epochs each, ten thousand training images held out to judge by. The test images choose nothing.


# %% tags=["nbval-check-output", "hide-input"]
def drawn(method, name):
    """From where a search draws a field, in words."""
    space = TUNING[method].space.get(name, "–")
    numbers = re.findall(r"[\d.e-]*\d", space)
    return (" to " if "Log" in space else ", ").join(numbers) or "–"


lines = ["| searched | ours, both | both MLPs |", "|---|---|---|"]
for name in ("lr", "damping", "temperature", "batch_size"):
    ours, theirs = drawn("experimental", name), drawn("mlp", name)
    assert ours == drawn("post", name)
    assert theirs == drawn("mlp-smaller", name)
    lines.append(f"| `{name}` | {ours} | {theirs} |")
(trials,) = {search.space["trials"] for search in TUNING.values()}
Markdown(
    f"{trials} trials for each method, ranges logarithmically uniform:\n\n"
    + "\n".join(lines)
)

# %% tags=["nbval-check-output"]
best, reached = {}, {}
for method, search in TUNING.items():
    trials = [shelf.runs(trial.name)[0] for trial in search.trials]
    accuracies = [trial.final("test_accuracy") for trial in trials]
    reached[method] = [100 * a for a in accuracies]
    best[method] = trials[int(np.nanargmax(accuracies))].recipe
for method, chosen in best.items():
    print(f"{method}: held-out accuracy {np.nanmax(reached[method]):.2f} %")
    noise = f", T {chosen.temperature:.2g}" * (
        method in ("experimental", "post")
    )
    print(
        f"   lr {chosen.lr:.3g}, damping {chosen.damping:.2g}, "
        f"batch {chosen.batch_size}{noise}"
    )

# %% mystnb={"image": {"alt": "Four rows of dots, one for each method: the accuracy on held-out images of each trial of the random search. A square marks the best trial of each row."}, "figure": {"name": "fig-whole-search", "caption": "Every trial of every search. The best one was trained in full."}}
plots.search_trials(reached, "accuracy on held-out images (%)")

# %% tags=["hide-input", "nbval-check-output"]
diverged = {
    method: int(np.isnan(values).sum())
    for method, values in reached.items()
}
hurt = [f"{n} of the {m}" for m, n in diverged.items() if n]
Markdown(
    ("Trials that diverged have no dot: " + ", ".join(hurt) + ".")
    if hurt
    else "No trial diverged."
)

# %% [markdown]
# ## What the post claims about it
#
# - *"A neural network that operates on principles quite different from traditional architectures."* One is different indeed:
#   a loss that forgets scale makes lengths of weights a pure record of heat. Momentum with noise, and a linear layer behind
#   a gain, are near relatives of what everybody uses.
# - *"Understanding the network's behavior requires a deeper theoretical insight."* It can be understood, as this chapter
#   tries to show, with a theorem from mechanics. Whether it *needs* more insight than another network, no
#   measurement decides.

# %% tags=["nbval-check-output", "hide-input"]
verdict_table(shelf, "interpretation", "tuning", "instabilities")

# %% [markdown]
# ## Exercises
#
# **1.** Replace RReLU by Mish. Which of the two matrices still meets its force at right angles, and why only that one?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
# Mish is not homogeneous, so the last matrix loses the symmetry. Batch
# normalisation stands before the first activation and keeps the first's.
for name, cosine in zip(("first", "last"), cosines("mish"), strict=True):
    print(f"{name} matrix: at right angles to 1e-6: {abs(cosine) < 1e-6}")

# %% [markdown]
# **2.** Derive the growth of $\|W\|^2$ for plain gradient descent, which has no velocity to forget. Check that
# {eq}`eq-whole-growth` with $\gamma = 1$ agrees.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
# One step: |W − αg|² = |W|² + α²|g|², by Pythagoras; and v = −αg.
torch.manual_seed(2)
network = build_model(live).to(double)
weight = [p for p in network.parameters() if p.dim() == 2][-1]
build_loss(live)(network(images), targets).backward()
step = 0.1 * weight.grad
grown = (weight - step).square().sum() - weight.square().sum()
law = float(theory.norm_growth(step.square().sum().item(), 1.0))
print("Pythagoras:", torch.isclose(grown, step.square().sum()).item())
print("the law:   ", abs(grown.item() / law - 1) < 1e-4)

# %% [markdown]
# **3.** At which temperature has diffusion doubled the squared length of the first matrix by the end of the runs on record?
# Read it off the law, then off the figure.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
one = float(theory.diffusion(1.0, recipe.lr, recipe.damping))
doubled = 2 / (784 + 156) / (steps * one)
print(f"T = {doubled:.1e}")
below = [t for t in warm if t < doubled]
index = len(below)
print(
    "on record, the next lower T has grown less:",
    bool(measured["first matrix"][0][index - 1] < 2.2),
)
print(
    "and the next higher one more:              ",
    bool(measured["first matrix"][0][index] > 2),
)

# %% [markdown]
# **4.** How many bytes does a batch of a thousand need for its activations, and which recipe setting would you change
# first on a device with little memory?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
small, large = (
    step_bytes(live.replace(batch_size=size), "cpu")["activations"]
    for size in (500, 1000)
)
print(f"about {large / 2**20:.0f} MiB")
print("linear in the batch:", abs(large / small - 2) < 0.02)

# %% [markdown]
# ## Further reading
#
# For momentum and noise as one theory of samplers, read Ma, Chen and Fox {cite}`ma2015`; for temperatures of networks as
# something to measure, Wenzel and others {cite}`wenzel2020`. What seeds and settings do to the four numbers of the post's
# table is [the next chapter](11_the_table).
#
# What this page cost:

# %%
cost(start)
