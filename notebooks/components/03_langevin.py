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
# # Langevin: from Brownian motion to an optimizer
#
# A grain of pollen in water never rests. The water that slows it down also kicks it about, and the
# two have one cause: molecules. From that single observation follow a law of motion, a temperature,
# and an optimizer for neural networks.
#
# **You will learn** where the three terms of the post's optimizer come from, what temperature its
# parameters really have, why the order of two lines of code can be worth eleven percent, how long a
# particle takes to climb out of a wrong valley, and what noise does to a network that reads digits.
#
# **You need** mechanics with friction, variances, and
# [the quickstart](../experiment/00_quickstart) for the notation.

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

import dataclasses
import math

import numpy as np
import torch
from torch.optim.lr_scheduler import ExponentialLR

from physlib import Langevin, fit, load_dataset, plots, recipes, theory
from physlib.calibration import calibration_error, softmax_temperature
from physlib.components.annealing import TemperatureScheduler
from physlib.components.schemes import baoab, noisy, symplectic_euler
from physlib.components.simulation import (
    escape_rate,
    mean_and_error,
    simulate,
)
from physlib.data import TITLES, mnist_or_digits
from physlib.intervals import paired_interval
from physlib.notebook import cost, source

# %% [markdown]
# ## The picture: a grain that is kicked
#
# Four grains, no force, three thousand steps ({numref}`fig-langevin-paths`). Each starts at the cross and ends at its dot. Early on a
# grain coasts; over many steps it forgets where it was going.

# %% mystnb={"image": {"alt": "Four tangled paths in the plane, all starting at a cross in the middle. Each wanders off in its own direction, smooth on the smallest scale and ragged on every larger one, and ends at a dot."}, "figure": {"name": "fig-langevin-paths", "caption": "Four free grains."}}
paths, _ = simulate(
    torch.zeros_like,
    torch.zeros(4, 2),
    3000,
    lr=0.01,
    damping=0.1,
    temperature=1.0,
    seed=3,
)
plots.brownian_paths(paths)

# %% [markdown]
# ## The law of motion
#
# Langevin wrote Newton's law for the grain, and put the molecules into two terms: a friction that is
# proportional to the velocity $V$, and a force that is random {cite}`langevin1908`. With mass $m$,
# potential $U$ and friction $\Gamma$,
#
# $$
# \begin{gathered}
# m\,\mathrm{d}V = -\nabla U\,\mathrm{d}t - \Gamma V\,\mathrm{d}t + s\,\mathrm{d}W, \\
# \mathrm{d}\theta = V\,\mathrm{d}t ,
# \end{gathered}
# $$ (eq-langevin-sde)
#
# where $\mathrm{d}W$ is a Gaussian kick of variance $\mathrm{d}t$, fresh at each instant.
#
# **How strong are the kicks?** Take a free grain, $U = 0$. In a time $\mathrm{d}t$ friction takes
# $2\Gamma\langle V^2\rangle\,\mathrm{d}t/m$ from the mean square velocity, and the kicks, which are
# independent of $V$, add $s^2\,\mathrm{d}t/m^2$. In equilibrium the two balance. Equipartition says what
# the balance is: $m\langle V^2\rangle = T$, with $T$ measured in units of energy. So
#
# $$
# s^2 = 2\,\Gamma\, T .
# $$ (eq-fluctuation-dissipation)
#
# This is the *fluctuation–dissipation theorem* in its smallest form: who brakes must also kick, and
# how hard is not a free choice. Einstein had found its consequence for diffusion three years
# before Langevin {cite}`einstein1905`.
#
# ## From the law to the update
#
# A computer moves in steps of time $h$. Write $v = hV$ for the way of one step, so that
# positions and velocities share a unit, and collect the constants:
#
# $$
# \alpha = \frac{h^2}{m}, \qquad \gamma = \frac{h\,\Gamma}{m} .
# $$ (eq-langevin-constants)
#
# One step of {eq}`eq-langevin-sde` changes $v$ by $h/m$ times the forces' work in $h$: the gradient gives
# $-\alpha\nabla U$, friction gives $-\gamma v$, and the kick of variance $s^2 h$ has, times $h/m$,
# the standard deviation $\frac hm\sqrt{2\Gamma T h} = \sqrt{2\gamma\alpha T}$. Together,
#
# $$
# \begin{gathered}
# v \leftarrow (1-\gamma)\,v - \alpha\nabla U \\
# {} + \sqrt{2\gamma\alpha T}\,\eta, \\
# \theta \leftarrow \theta + v .
# \end{gathered}
# $$ (eq-langevin-update)
#
# With the loss $L$ for $U$ this is the post's optimizer, letter by letter {cite}`post2024`. The learning
# rate is a squared time step over a mass, and the "damping coefficient" is the part of the velocity that is
# lost in a step. Here it is in the library, for all parameters at once. It keeps $u = -v/\alpha$ in place of
# $v$, as torch's SGD keeps its momentum. So a step is one of SGD, with the momentum $1-\gamma$, on a gradient that
# noise of the size $\sqrt{2\gamma T/\alpha}$ has been added to:

# %%
source(noisy)

# %%
source(symplectic_euler)

# %% [markdown]
# torch has one kernel for all of SGD's arithmetic, and at $T = 0$ the two agree to the last bit.
#
# ## A free particle: coasting, then diffusing
#
# Without a force, {eq}`eq-langevin-update` is a sum of kicks, each of which carries the grain a way
# $1 + c + c^2 + \dots$ with $c = 1 - \gamma$ before friction has used it up. Add up the squares of
# these ways, for $n$ steps from rest:
#
# $$
# \begin{aligned}
# \langle\theta_n^2\rangle = \frac{2\alpha T}{\gamma}\Bigl(n &- \frac{2c(1-c^n)}{1-c} \\
# &+ \frac{c^2(1-c^{2n})}{1-c^2}\Bigr) .
# \end{aligned}
# $$ (eq-langevin-msd)
#
# For many steps only the first term counts, $2(\alpha/\gamma)T$ per step. That is Einstein's relation:
# diffusion is mobility times temperature, and the mobility here is $\alpha/\gamma$. Before, the grain is
# slower, because it has yet to pick up speed. The bars, here in {numref}`fig-langevin-msd` and below, are 95 % intervals.

# %% mystnb={"image": {"alt": "Mean squared displacement against the number of steps, both logarithmic. Simulated points lie on the closed form over four decades: steep at first, then straight with slope one along the dashed diffusion line."}, "figure": {"name": "fig-langevin-msd", "caption": "Mean squared displacement of free grains: simulated (points), and {eq}`eq-langevin-msd`."}}
n, free = 10_000, {"lr": 0.01, "damping": 0.05, "temperature": 1.0}
paths, _ = simulate(
    torch.zeros_like,
    torch.zeros(n, dtype=torch.float64),
    1000,
    seed=0,
    **free,
)
steps = np.unique(np.geomspace(1, 1000, 16).astype(int))
measured = np.array([mean_and_error(paths[s - 1].square()) for s in steps])
grid = np.geomspace(1, 1000, 200)
exact = theory.mean_squared_displacement(
    grid, free["temperature"], free["lr"], free["damping"]
)
rate = float(
    theory.diffusion(free["temperature"], free["lr"], free["damping"])
)
plots.displacement((steps, *measured.T), grid, exact, rate * grid)

# %% tags=["nbval-check-output"]
at_steps = theory.mean_squared_displacement(
    steps, free["temperature"], free["lr"], free["damping"]
)
deviations = (measured[:, 0] - at_steps) / measured[:, 1]
print(f"{len(steps)} points, in standard errors from the closed form:")
print("largest below 4:", bool(abs(deviations).max() < 4))

# %% [markdown]
# ## A particle in a well: which temperature?
#
# Now bind the grain, $U = k\theta^2/2$. In continuous time equipartition says
# $k\langle\theta^2\rangle = T$. In steps it is not quite so, and you can say exactly how much. Write
# $x = \alpha k$, and $\theta'$, $v'$ for the values after a step. The cloud is stationary, so
# no mean square changes:
#
# - $\theta' = \theta + v'$, squared: $\langle\theta v'\rangle = -\tfrac12\langle v^2\rangle$, and
#   therefore $\langle\theta v\rangle = \langle\theta' v'\rangle = +\tfrac12\langle v^2\rangle$.
# - $v' = (1-\gamma)v - x\theta + \text{kick}$, times $\theta$:
#   $x\langle\theta^2\rangle = \tfrac12(2-\gamma)\langle v^2\rangle$.
# - The same, squared:
#   $\langle v^2\rangle\,\gamma\,(2 - \gamma - \tfrac x2) = 2\gamma\alpha T$.
#
# Solve from the bottom up:
#
# $$
# \begin{aligned}
# \frac{\langle v^2\rangle}{\alpha} &= \frac{T}{1 - \gamma/2 - \alpha k/4}, \\
# k\langle\theta^2\rangle &= \frac{T}{1 - \alpha k/\bigl(2(2-\gamma)\bigr)} .
# \end{aligned}
# $$ (eq-langevin-temperatures)
#
# The positions are hot by $\alpha k/(2(2-\gamma))$: a fraction of a percent for a learning rate at which
# training is comfortable. At $\alpha k = 2(2-\gamma)$ the cloud has no size at all, and the iteration
# explodes. That is the stability limit.
#
# ### Four orders of the same lines
#
# The optimizer can step the same law in other ways:
#
# - **explicit Euler** moves $\theta$ with the *old* velocity. It swaps two lines of code.
# - **BAOAB** kicks, drifts half a step, applies friction and noise exactly, drifts the other half
#   {cite}`leimkuhler2013`.
# - **overdamped** drops the velocity: $\theta \leftarrow \theta - \frac\alpha\gamma\nabla U +
#   \sqrt{2\frac\alpha\gamma T}\,\eta$, the law for a grain that is so light, or water so thick, that it
#   never coasts.

# %%
source(baoab)

# %% [markdown]
# Each has its closed forms, by the same three lines of algebra, and `physlib.theory` has them all. The optimizer
# simulates, the curves are computed, and nothing is fitted ({numref}`fig-langevin-schemes`):

# %% mystnb={"image": {"alt": "Two panels of temperature over T against alpha k, logarithmic from 0.001 to 3. Points simulated with each scheme lie on its curve. For positions BAOAB stays at one, symplectic Euler bends up gently near alpha k of one, explicit Euler and overdamped shoot up near alpha k of 0.1, and a dotted line for exact noise in the printed order runs ten percent below. For velocities BAOAB is at one, symplectic Euler starts a little above one and rises, explicit Euler shoots up."}, "figure": {"name": "fig-langevin-schemes", "caption": "Temperatures of positions and of velocities for four schemes: simulated (points), and in closed form (lines)."}}
T, damping, n = 1.0, 0.2, 20_000
labels = {
    "symplectic-euler": "symplectic Euler (printed)",
    "baoab": "BAOAB",
    "overdamped": "overdamped",
    "explicit-euler": "explicit Euler",
}
chosen = {
    "symplectic-euler": [0.003, 0.03, 0.3, 1.0],
    "baoab": [0.003, 0.03, 0.3, 1.0, 3.0],
    "overdamped": [0.003, 0.03, 0.1],
    "explicit-euler": [0.003, 0.03, 0.06],
}


def stationary(scheme, lr_k, seed=1, damping=damping, temperature=T, n=n):
    """Temperatures of positions and velocities, with their errors."""
    friction = damping - lr_k * (scheme == "explicit-euler")
    slowest = min(friction / 2, lr_k / damping)  # rate of relaxation
    steps = math.ceil(5 / slowest)
    begin = math.sqrt(temperature) * torch.randn(
        n,
        dtype=torch.float64,
        generator=torch.Generator().manual_seed(seed),
    )
    positions, velocities = simulate(
        lambda theta: theta,
        begin,
        steps,
        every=steps,
        lr=lr_k,
        damping=damping,
        temperature=temperature,
        scheme=scheme,
        seed=seed,
    )
    return (
        mean_and_error(positions[-1].square()),
        mean_and_error(velocities.square() / lr_k),
    )


simulated = {
    scheme: np.array([stationary(scheme, x) for x in values])
    for scheme, values in chosen.items()
}
lr_k = np.geomspace(1e-3, 3.4, 300)
positions, velocities = {}, {}
for scheme, label in labels.items():
    stable = lr_k < 0.98 * theory.stability_limit(damping, scheme)
    x = np.where(stable, lr_k, np.nan)
    curve = theory.position_temperature(T, x, damping, scheme)
    positions[label] = (curve, (chosen[scheme], *simulated[scheme][:, 0].T))
    if scheme != "overdamped":
        curve = theory.velocity_temperature(T, x, damping, scheme)
        velocities[label] = (
            curve,
            (chosen[scheme], *simulated[scheme][:, 1].T),
        )
printed = theory.position_temperature(T, lr_k, damping)
cooled = printed * theory.exact_noise_factor(damping)
positions["printed order, exact noise"] = (cooled, None)
plots.scheme_temperatures(lr_k, positions, velocities)

# %% tags=["nbval-check-output"]
print("largest deviation, in standard errors, below 4:")
for scheme, values in chosen.items():
    exact = theory.position_temperature(T, values, damping, scheme)
    mean, error = simulated[scheme][:, 0].T
    print(f"{scheme:17}", bool((abs(mean - exact) / error).max() < 4))

# %% [markdown]
# ### Any fair coin will do
#
# Look again at the three lines that gave {eq}`eq-langevin-temperatures`. They ask that kicks have the mean zero, the
# right variance, and no memory. They do not ask for a Gaussian. Toss a coin for each kick, $\eta = \pm 1$, and the
# temperatures stay what they are. The coin shows in the cloud's shape alone, and for $\gamma = 1$ you can say how
# much. Each step forgets what was by the factor $r = 1 - \alpha k$, so the cloud is a sum of coins,
# $\sum_n r^n \eta_n$. Fourth cumulants add up like variances, with $r^4$ in place of $r^2$, and a coin has $-2$:
#
# $$
# \frac{\langle\theta^4\rangle}{\langle\theta^2\rangle^2} - 3
# = -2\,\frac{1 - r^2}{1 + r^2} .
# $$ (eq-langevin-coin)
#
# A Gaussian cloud has zero here, and so has a sum of many small coins: for small steps $r$ is near 1. Averages agree
# to the order of the step, which is all that a scheme of first order promises anyway; one speaks of *weak*
# convergence {cite}`kloeden1992`. What you gain is speed. A coin costs one random bit, a Gaussian number thirty-two,
# and [drawing them is most of a step's price](../../book/performance). `Langevin(…, noise="two-point")` tosses coins:

# %% tags=["nbval-check-output"]
n, x = 20_000, 0.3
print(f"αk = {x}, γ = 1, within four standard errors of the closed form:")
for noise in ("gaussian", "two-point"):
    cloud = simulate(
        lambda theta: theta,
        torch.zeros(n, dtype=torch.float64),
        40,
        every=40,
        lr=x,
        damping=1.0,
        temperature=1.0,
        noise=noise,
        seed=2,
    )[0][-1]
    mean, error = mean_and_error(cloud.square())
    warm = (
        abs(mean - float(theory.position_temperature(1.0, x, 1.0))) / error
    )
    excess = (cloud**4).mean().item() / mean**2 - 3
    exact = float(theory.two_point_excess_kurtosis(x)) * (
        noise != "gaussian"
    )
    shape = abs(excess - exact) / math.sqrt(24 / n)
    print(
        f"{noise:10} temperature {warm < 4}, shape {shape < 4} ({exact:+.2f})"
    )

# %% [markdown]
# ### Two samplers in the wild
#
# Both departures from {eq}`eq-langevin-update` occur in public code, and the curves say what they do.
#
# *The old velocity.* Gradient and noise update the momentum, and the position moves with the momentum from before.
# The SGHMC of the library `posteriors` does so, and says so in its documentation {cite}`duffield2024`. Chen,
# Fox and Guestrin's own algorithm looks alike, but takes the gradient *after* the position has moved
# {cite}`chen2014`; that makes it symplectic, and the small difference on paper is the large one in the
# figure. At $\gamma = 0.1$ and $\alpha k = 0.01$:

# %% tags=["nbval-check-output"]
for scheme in ("explicit-euler", "symplectic-euler", "baoab"):
    hot = float(theory.position_temperature(1.0, 0.01, 0.1, scheme))
    (mean, error), _ = stationary(scheme, 0.01, damping=0.1, n=100_000)
    agrees = abs(mean - hot) < 4 * error
    print(f"{scheme:17} theory {100 * (hot - 1):+6.2f} %, agrees: {agrees}")

# %% [markdown]
# *The exact noise in the wrong place.* Friction and noise alone can be integrated without error: an
# Ornstein–Uhlenbeck process, whose kick is $\sqrt{(1-(1-\gamma)^2)\,\alpha T}$ in place of
# $\sqrt{2\gamma\alpha T}$. It looks like an improvement, and in BAOAB it is one. But
# $1-(1-\gamma)^2 = 2\gamma(1-\gamma/2)$, so in the printed order it is the printed noise at the
# temperature $(1-\gamma/2)T$, and cools the positions by that factor (the dotted line). A better part does not
# make a better whole. What counts is how errors cancel, and in the printed order the crude noise is the one
# that makes them.
#
# ## A double well: Boltzmann, and Kramers
#
# Two valleys and a ridge between them, $U = (\theta^2-1)^2$: the smallest landscape with something to
# escape from ({numref}`fig-langevin-double-well`). After a while the cloud should fill it with the Boltzmann density $e^{-U/T}/Z$, whatever
# the shape of $U$:


# %% mystnb={"image": {"alt": "Top: the double-well potential with minima at plus and minus one and a ridge of height one between. Bottom: a histogram of simulated positions with two peaks over the minima; the curve of the Boltzmann density follows it everywhere."}, "figure": {"name": "fig-langevin-double-well", "caption": "The double well, and the cloud in it against Boltzmann's density."}}
def pull(theta):
    return 4 * theta * (theta.square() - 1)  # the gradient of (θ² − 1)²


cloud, _ = simulate(
    pull,
    torch.randn(
        200_000, generator=torch.Generator().manual_seed(0)
    ).double(),
    600,
    every=600,
    lr=0.005,
    damping=0.2,
    temperature=0.4,
    seed=4,
)
theta = np.linspace(-2.2, 2.2, 1001)
energy = theory.double_well(theta)
density = theory.boltzmann_on_grid(theta, energy, 0.4)
plots.double_well(theta, energy, cloud[-1], density)

# %% [markdown]
# The same temperature, read in another way: for *any* potential that binds,
# $\langle\theta\,U'(\theta)\rangle = T$ (integrate by parts under $e^{-U/T}$). This virial needs only gradients, so one
# can measure it in a network {cite}`wenzel2020`.

# %% tags=["nbval-check-output"]
mean, error = mean_and_error(cloud[-1] * pull(cloud[-1]))
print(f"configurational temperature {mean:.2f}, set 0.40")
print(f"standard error {100 * error / 0.4:.0f} %")
print(f"within 4 of them: {abs(mean - 0.4) < 4 * error}")

# %% [markdown]
# **How long does an escape take?** Kramers solved this in 1940 {cite}`kramers1940`. A particle in the
# left valley oscillates at the frequency $\omega_a$ of the valley, so it tries the ridge
# $\omega_a/2\pi$ times per unit of time. The chance that it has the energy is $e^{-\Delta U/T}$. And once on top
# it may be turned back, since friction and kicks act on the ridge as well. Linearise the motion there: its
# one growing mode rises as $e^{\lambda t}$ with $\lambda^2 + \gamma\lambda = \omega_b^2$, slower than
# the $\omega_b$ of the bare ridge, and the flow across is reduced in that ratio:
#
# $$
# \begin{gathered}
# r = \frac{\lambda}{\omega_b}\;\frac{\omega_a}{2\pi}\;e^{-\Delta U/T}, \\
# \lambda = \sqrt{\tfrac{\gamma^2}{4} + \omega_b^2} - \tfrac\gamma2, \\
# \omega^2 = \alpha\,|U''| .
# \end{gathered}
# $$ (eq-langevin-kramers)
#
# The formula is for $\Delta U \gg T$. To measure $r$, start everybody on the left and watch the two
# sides even out: $1 - 2p = e^{-2rt}$, with $p$ the fraction on the right ({numref}`fig-langevin-kramers`).
# {numref}`fig-langevin-crossing` follows one of them, and you can [heat, cool and damp such a cloud
# yourself](../../book/explore.md#a-cloud-in-a-double-well).
#
# :::{figure-md} fig-langevin-crossing
# ![A particle on a curve with two valleys rattles in one, far below the ridge, and now and then crosses to the other; below, its position against the step shows long waits and fast crossings.](../../book/_static/animations/double-well.webp)
#
# One particle in the double well, moving (drawn beforehand): long waits, fast crossings.
# :::

# %% mystnb={"image": {"alt": "Escape rate per step on a logarithmic axis against barrier over temperature from 2.5 to 6. The simulated points fall on a straight line that nearly coincides with Kramers' line."}, "figure": {"name": "fig-langevin-kramers", "caption": "Escape rate against the barrier, in units of the temperature: measured (points), and Kramers' formula."}}
inverse = np.array([2.5, 3.0, 4.0, 5.0, 6.0])
kramers = theory.kramers_rate(1 / inverse, lr=0.005, damping=0.1)
rates = []
for b, predicted in zip(inverse, kramers, strict=True):
    third = int(0.1 / predicted)
    positions, _ = simulate(
        pull,
        -torch.ones(20_000, dtype=torch.float64),
        3 * third,
        every=third,
        lr=0.005,
        damping=0.1,
        temperature=1 / b,
        seed=5,
    )
    rates.append(escape_rate(positions, third))
rate, error = np.array(rates).T
plots.escapes((inverse, rate, error), inverse, kramers)

# %% tags=["nbval-check-output"]
slope = np.polyfit(inverse[1:], np.log(rate[1:]), 1, w=(rate / error)[1:])[
    0
]
print(f"slope of log rate against 1/T: {slope:.1f} (Kramers: -1.0)")
print("within 5 % of -1:", abs(slope + 1) < 0.05)
print(
    "rate within 25 % of Kramers at 5 T:",
    abs(rate[3] / kramers[3] - 1) < 0.25,
)

# %% [markdown]
# Read the figure as an optimizer would. Halve the temperature, and the wait squares. "Escaping local minima",
# which the post expects of the noise, is real, and it is exponentially slow in the height of the ridge.
#
# ## Minibatches are a second heat bath
#
# A gradient on a minibatch is the true one plus an error. If that error is white, with variance $S$, the
# kick of a step becomes $2\gamma\alpha T + \alpha^2 S$, which is the kick at another temperature:
#
# $$
# T_\text{eff} = T + \frac{\alpha S}{2\gamma} .
# $$ (eq-langevin-heating)
#
# Try it with real minibatches. The "network" is one number $\theta$, the loss is
# $\frac12\langle(\theta - y)^2\rangle$ over a thousand data $y$. Then $k = 1$, and a batch of $B$
# drawn with replacement has $S = \mathrm{var}(y)/B$. Ten thousand copies train side by side, each with its
# own batches ({numref}`fig-langevin-heating`):

# %% mystnb={"image": {"alt": "Variance of the trained parameter against the batch size, both logarithmic. Simulated points lie on the theoretical curve, which falls as one over the batch size and levels off at the dashed line of the thermostat alone."}, "figure": {"name": "fig-langevin-heating", "caption": "Minibatches heat: variance against the size of the batch. Dashed: the thermostat alone."}}
data = torch.randn(
    1000, dtype=torch.float64, generator=torch.Generator().manual_seed(0)
)
copies, settings = 10_000, {"lr": 0.1, "damping": 0.2, "temperature": 0.01}
batch_sizes = [1, 2, 4, 8, 16, 32]


def minibatch_gradient(size):
    draw = torch.Generator().manual_seed(size)

    def gradient(theta):
        batch = torch.randint(len(data), (copies, size), generator=draw)
        return theta - data[batch].mean(dim=1)

    return gradient


heated = []
for size in batch_sizes:
    ends, _ = simulate(
        minibatch_gradient(size),
        data.mean().expand(copies),
        150,
        every=150,
        seed=size,
        **settings,
    )
    heated.append(mean_and_error((ends[-1] - data.mean()).square()))
heated = np.array(heated)


def with_heating(size):
    variance = data.var(correction=0).item() / np.asarray(size)
    hot = settings["temperature"] + theory.heating(
        settings["lr"], settings["damping"], variance
    )
    return theory.position_temperature(
        hot, settings["lr"], settings["damping"]
    )


plots.heating(
    batch_sizes,
    (batch_sizes, *heated.T),
    with_heating(batch_sizes),
    settings["temperature"],
)

# %% tags=["nbval-check-output"]
deviations = (heated[:, 0] - with_heating(batch_sizes)) / heated[:, 1]
print("largest deviation below 4 errors:", bool(abs(deviations).max() < 4))

# %% [markdown]
# So a network that trains on minibatches is never at $T$, and at $T = 0$ it is not cold.
#
# ### SGLD and SGHMC
#
# Two well-known samplers are special cases of {eq}`eq-langevin-update`:
#
# - **SGLD** {cite}`welling2011` is $\gamma = 1$. The velocity is forgotten at each step, and what is left is
#   $\theta \leftarrow \theta - \alpha\nabla U + \sqrt{2\alpha T}\,\eta$. With $U$ the negative log posterior and
#   $T = 1$ it samples the posterior, once $\alpha$ is small enough for {eq}`eq-langevin-heating` not to count.
#   (Their step size is $2\alpha$.)
# - **SGHMC** {cite}`chen2014` is any $\gamma$ with $T = 1$. Its extra parameter, an estimate of the gradient's noise,
#   is taken off the thermostat's. In our words: set $T - \alpha S/2\gamma$ to get $T$, as in exercise 2.
#
# How samplers of this kind are built, and which others there are, is the subject of the "complete recipe"
# {cite}`ma2015`. What is called a posterior at $T < 1$, a *cold* one, often predicts better
# {cite}`wenzel2020`. The optimizer of the post lives at the very cold end.
#
# ## Annealing: cooling as a schedule
#
# Tilt the double well, so that one valley is deeper. Hot particles cross freely; cold ones stay where they
# are. Cool slowly, and they end in the deeper one: *simulated annealing* {cite}`kirkpatrick1983`. Kramers tells
# what "slowly" means: the escape time at the temperature where the two valleys begin to differ.
#
# Any scheduler of torch can do the cooling. `TemperatureScheduler` hands it the temperatures in
# place of the learning rates ({numref}`fig-langevin-annealing`):

# %% mystnb={"image": {"alt": "Top: a double well whose left valley is deeper by 0.4. Bottom: the fraction of particles that end in the deeper valley against the number of steps of cooling. Annealed from T of one it rises steadily from about one half to about four fifths; held cold it stays near one half at every number of steps."}, "figure": {"name": "fig-langevin-annealing", "caption": "A tilted double well, and how often annealing finds the deeper valley."}}
tilt = 0.2


def cool(steps, first=1.0, last=0.02, particles=4000):
    """Particles after exponential cooling from `first` to `last`."""
    cloud = torch.randn(
        particles,
        dtype=torch.float64,
        generator=torch.Generator().manual_seed(1),
    ).requires_grad_()
    optimizer = Langevin(
        [cloud], lr=0.02, damping=0.2, temperature=first, seed=steps
    )
    factor = (last / first) ** (1 / steps)
    cooling = TemperatureScheduler(
        optimizer, lambda o: ExponentialLR(o, gamma=factor)
    )
    for _ in range(steps):
        cloud.grad = pull(cloud.detach()) + tilt
        optimizer.step()
        cooling.step()
    return cloud.detach()


durations = [10, 30, 100, 300, 1000, 3000]
fractions = {}
for label, first in (
    ("annealed from T = 1", 1.0),
    ("held at T = 0.02", 0.02),
):
    found = [
        mean_and_error((cool(steps, first) < 0).double())
        for steps in durations
    ]
    fractions[label] = (durations, *np.array(found).T)
near = np.linspace(-1.6, 1.6, 400)
tilted = theory.double_well(near) + tilt * near
plots.annealing(near, tilted, fractions, "The left valley is deeper")

# %% tags=["nbval-check-output"]
slow, fast = fractions["annealed from T = 1"][1][[-1, 0]]
held = fractions["held at T = 0.02"][1][-1]
print(f"in the deeper valley: {slow:.1f} after slow cooling,")
print(f"{fast:.1f} after fast cooling, {held:.1f} if never warm")

# %% [markdown]
# ## On MNIST: from no noise to nothing but noise
#
# Now the whole network. Everything is as in the recipe `physlib`, and only $T$ changes: five temperatures, five
# seeds each, one epoch. The seeds are paired, so that the difference from $T = 0$ has a much smaller error than
# either accuracy.
#
# Calibration asks whether the network's confidence can be believed: among the images that it is 90 % sure of, is it
# right on 90 %? The loss does not know the scale of its outputs ([the errata](../../book/errata) say why), so we take a
# softmax of $\hat\varphi/\tau$ and fit the single number $\tau$ on training images {cite}`guo2017`. The *expected
# calibration error* is the mean gap between confidence and accuracy ({numref}`fig-langevin-mnist`, below).

# %%
dataset = mnist_or_digits()
recipe = dataclasses.replace(recipes["physlib"], dataset=dataset, epochs=1)
digits = load_dataset(dataset)
temperatures, seeds = [0.0, 1e-6, 1e-4, 1e-3, 1e-2], range(5)


@torch.no_grad()
def normalised(model, images):
    phi = model.cpu().eval()(images)
    return phi / (phi.abs().amax(dim=1, keepdim=True) + 1e-8)


def accuracy_and_calibration(temperature, seed):
    run = fit(dataclasses.replace(recipe, temperature=temperature), seed)
    if run.status == "diverged":
        return math.nan, math.nan
    train = digits.train_inputs(recipe.pixel_range)[:5000]
    tau = softmax_temperature(
        normalised(run.model, train), digits.train_labels[:5000]
    )
    phi = normalised(run.model, digits.test_inputs(recipe.pixel_range))
    error = calibration_error(
        (phi / tau).softmax(dim=1), digits.test_labels
    )
    return run.test_accuracy, error


scores = np.array(
    [
        [accuracy_and_calibration(t, seed) for seed in seeds]
        for t in temperatures
    ]
)  # (temperatures, seeds, 2)

# %%
print(f"Live run, one epoch, five seeds, {TITLES[dataset]}")
print("     T    accuracy   less than at T = 0      calibration error")
for t, score in zip(temperatures, 100 * scores, strict=True):
    lost = paired_interval(100 * scores[0, :, 0] - score[:, 0])
    gap = paired_interval(score[:, 1])
    print(
        f"{t:7.0e}   {score[:, 0].mean():5.1f} %   "
        f"{lost.mean:5.1f}  [{lost.low:5.1f}, {lost.high:5.1f}]   "
        f"{gap.mean:5.1f} %  [{gap.low:4.1f}, {gap.high:4.1f}]"
    )

# %% mystnb={"image": {"alt": "Two panels against the temperature, from zero to one hundredth. Top: test accuracy after one epoch is level up to one millionth, a little lower at one ten-thousandth, and falls to a fraction at one hundredth. Bottom: the expected calibration error, with its interval at each temperature."}, "figure": {"name": "fig-langevin-mnist", "caption": "Accuracy and calibration after one epoch against the temperature."}}
panels = {}
for at, label in enumerate(("test accuracy (%)", "calibration error (%)")):
    ends = [paired_interval(100 * of_t) for of_t in scores[..., at]]
    panels[label] = tuple(np.array(ends).T)
plots.against_temperature(temperatures, panels)

# %% tags=["nbval-check-output"]
lost = [paired_interval(scores[0, :, 0] - s) for s in scores[..., 0]]
print("T = 1e-6 costs less than a point:", lost[1].high < 0.01)
print("T = 1e-2 costs more than ten:    ", lost[-1].low > 0.10)

# %% [markdown]
# Read the calibration column with its intervals; where accuracy has gone, a small error only says that the network knows
# that it guesses. For accuracy the picture is the one that physics suggests. A weight diffuses $\sqrt{2(\alpha/\gamma)T n}$ in $n$ steps. While that is
# small against the weights themselves, nothing happens. Where it reaches their size within the epoch, learning ends:

# %%
steps = math.ceil(len(digits.train_labels) / recipe.batch_size)
weight = math.sqrt(2 / (784 + 156))  # Xavier, first layer
for t in temperatures[1:]:
    way = math.sqrt(
        steps * float(theory.diffusion(t, recipe.lr, recipe.damping))
    )
    print(f"T = {t:.0e}: diffuses {way / weight:6.2f} initial weights")

# %% [markdown]
# ## What the post claims about it
#
# - *"The Langevin dynamics-inspired optimizer enhances the network's ability to find global optima"*, by
#   *"potentially escaping local minima"*. The mechanism is real: {eq}`eq-langevin-kramers` and the annealing figure show it, in
#   one dimension, at temperatures comparable with the ridge. What it does for a network is a question for
#   data: the table above has one epoch, a single recipe, and no temperature that gains accuracy is claimed or excluded
#   by it.
# - *"Introduces concepts of velocity, damping, and temperature."* It does, and they are the physical ones:
#   {eq}`eq-langevin-update` is a correct discretisation of {eq}`eq-langevin-sde`, in the right order, with the right noise.
#   That is not a matter of course, as the two samplers above show.
# - The temperature of the parameters is not $T$ but at least $T + \alpha S/2\gamma$.
#
# This page holds what can be shown live. What full runs say of the noise, [the ablation](../experiment/13_ablation)
# tells, and [the page of verdicts](../../book/verdicts) sums up.
#
# ## Exercises
#
# **1.** BAOAB's temperatures are both exactly $T$ in the figure. Look at its velocity halfway through the kick,
# $v - \frac12\alpha k\,\theta$, and find $T(1 - \alpha k/4)$. Where you look decides what you see.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
x = 1.0  # αk, with k = 1
ends, velocities = simulate(
    lambda theta: theta,
    torch.randn(
        40_000, generator=torch.Generator().manual_seed(2)
    ).double(),
    200,
    every=200,
    lr=x,
    damping=0.2,
    temperature=1.0,
    scheme="baoab",
    seed=2,
)
mean, error = mean_and_error((velocities - x * ends[-1] / 2).square() / x)
print(f"halfway {mean:.2f}, expected {1 - x / 4:.2f}")
print("within 4 standard errors:", abs(mean - (1 - x / 4)) < 4 * error)

# %% [markdown]
# **2.** You train on batches of four in the example above and want the parameter at
# $k\langle\theta^2\rangle = 0.1$, steps and batches included. How must you set the thermostat?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
wanted = 0.1 / float(
    theory.position_temperature(1.0, settings["lr"], settings["damping"])
)
heat = theory.heating(
    settings["lr"], settings["damping"], data.var(correction=0).item() / 4
)
thermostat = wanted - float(heat)  # SGHMC's correction
ends, _ = simulate(
    minibatch_gradient(4),
    data.mean().expand(copies),
    150,
    every=150,
    seed=0,
    **{**settings, "temperature": thermostat},
)
mean, error = mean_and_error((ends[-1] - data.mean()).square())
print(f"thermostat at {thermostat:.3f}")
print("within 4 standard errors of 0.1:", abs(mean - 0.1) < 4 * error)

# %% [markdown]
# **3.** In a plane with one stiff and one soft direction, $k = 4$ and $k = \frac14$, does the cloud have the same
# temperature in both? Predict the ratio first.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
k = torch.tensor([4.0, 0.25], dtype=torch.float64)
ends, _ = simulate(
    lambda theta: k * theta,
    torch.zeros(40_000, 2, dtype=torch.float64),
    800,
    every=800,
    lr=0.2,
    damping=0.2,
    temperature=1.0,
    seed=3,
)
for stiffness, along in zip(k, ends[-1].T, strict=True):
    mean, error = mean_and_error(stiffness * along.square())
    exact = float(theory.position_temperature(1.0, 0.2 * stiffness, 0.2))
    print(
        f"k = {stiffness:.2f}: theory {exact:.2f}, agrees: {abs(mean - exact) < 4 * error}"
    )

# %% [markdown]
# **4.** At which learning rate does explicit Euler fail altogether, for $\gamma = 0.1$ and $k = 1$? And the printed
# order? Find both limits with the noise off.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
for scheme in ("explicit-euler", "symplectic-euler"):
    limit = float(theory.stability_limit(0.1, scheme))
    stays = []
    for factor in (0.98, 1.02):
        ends, _ = simulate(
            lambda theta: theta,
            torch.ones(1, dtype=torch.float64),
            5000,
            every=5000,
            lr=factor * limit,
            damping=0.1,
            scheme=scheme,
        )
        stays.append(bool(ends.abs() < 1))
    print(
        f"{scheme:17} α = {limit:.1f}: below it stays, {stays[0]};", end=" "
    )
    print(f"above it stays, {stays[1]}")

# %% [markdown]
# ## Further reading
#
# Langevin's four pages {cite}`langevin1908` are still the best introduction to his equation; Einstein
# {cite}`einstein1905` came first, by another road. Kramers' paper {cite}`kramers1940` is where escape over a barrier begins. For how
# to step such equations well, read Leimkuhler and Matthews {cite}`leimkuhler2013`; for what temperature means in Bayesian deep
# learning, Wenzel and others {cite}`wenzel2020`.
#
# What this page cost:

# %%
cost(start)
