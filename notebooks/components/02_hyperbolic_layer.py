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
# # The layer: from a Lorentz boost to weights that look at their input
#
# The post {cite}`post2024` multiplies a matrix of weights by hyperbolic functions of a learned number
# and says that this lets a network adapt its weights to the input, and introduces a form of
# non-Euclidean geometry. This chapter starts from the place where every physics student meets these
# functions, a change of the observer's speed, and follows them into the layer, line by line.
#
# **You will learn** what a boost keeps and what the layer keeps of it; why the layer costs no more
# than a few linear layers; its gradients by hand; where it overflows; what its index ramp does to an
# image; and what its two numbers β and $t$ learn on MNIST.
#
# **You need** the functions cosh and sinh, matrices, and the chain rule. [The
# quickstart](../experiment/00_quickstart) shows the layer in its network.

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

import numpy as np
import torch
from torch.nn.functional import linear

from physlib import (
    MLP,
    ExperimentalNet,
    HyperbolicLinear,
    fit,
    hyperbolic_linear,
    load_dataset,
    recipes,
    theory,
)
from physlib.components import literal
from physlib.components.costs import measured_cost
from physlib.components.hyperbolic import beta_limit, ramp_vector
from physlib.components.layer_by_hand import LayerByHand, scaled_input
from physlib.data import TITLES, mnist_or_digits
from physlib.intervals import paired_interval
from physlib.models import parameter_count
from physlib.notebook import cost, source
from physlib.plots import (
    boosts,
    gain_range,
    gate_values,
    layer_cost,
    scalar_gradients,
    seed_intervals,
)

generator = torch.Generator().manual_seed(0)


def draw(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=generator)


# %% [markdown]
# ## The physics: a change of speed
#
# You stand on a platform and note when and where a firework goes off: a time $a$ and a place $t$,
# both measured in metres (times the speed of light, if need be). A friend in a passing train notes other
# numbers. Between your pair and hers stands a *Lorentz boost*,
#
# $$
# \begin{gathered}
# \begin{pmatrix} a' \\ t' \end{pmatrix} = \Lambda(\rho) \begin{pmatrix} a \\ t \end{pmatrix}, \\
# \Lambda(\rho) =
# \begin{pmatrix} \cosh\rho & \sinh\rho \\ \sinh\rho & \cosh\rho \end{pmatrix},
# \end{gathered}
# $$ (eq-layer-boost)
#
# with one number, the *rapidity* $\rho$; the train's speed is $\tanh\rho$ times that of light. (The
# letters are those of the layer to come: the first entry is called $a$ and the second $t$.) Three facts
# make this a kind of rotation. The first is the identity
#
# $$
# \cosh^2\rho - \sinh^2\rho = 1 ,
# $$ (eq-layer-identity)
#
# which you get by multiplying $\cosh\rho + \sinh\rho = e^{\rho}$ by
# $\cosh\rho - \sinh\rho = e^{-\rho}$. It makes $a'^2 - t'^2 = a^2 - t^2$: a pair moves along a
# hyperbola, as a rotated pair moves along a circle. The second: add and subtract the two rows of
# {eq}`eq-layer-boost`, and the boost falls apart into a stretch and a squeeze,
#
# $$
# \begin{aligned}
# a' + t' &= e^{\rho}\,(a + t), \\
# a' - t' &= e^{-\rho}\,(a - t) .
# \end{aligned}
# $$ (eq-layer-doppler)
#
# (The factor $e^\rho$ is the Doppler shift of light.) The third follows from the second: one boost after
# another multiplies the factors, so rapidities *add*,
#
# $$
# \Lambda(\rho_1)\,\Lambda(\rho_2) = \Lambda(\rho_1 + \rho_2) .
# $$ (eq-layer-composition)
#
# Speeds do not, which is why physicists like rapidity {cite}`levyleblond1979`. Here are four pairs with
# the same $t = \frac12$ under boosts to both sides ({numref}`fig-layer-boosts`):

# %% mystnb={"image": {"alt": "Top: the plane of the two rows with its two diagonals. Four pairs slide along hyperbolas; those with a from one to three stay above the diagonals, the one with a equal to zero stays to their right. Bottom: the height against the rapidity. The first pair's gain is an odd curve through zero; the other three are lopsided valleys that stay positive."}, "figure": {"name": "fig-layer-boosts", "caption": "Four pairs under boosts, in the plane and against the rapidity. The first row is the gain."}}
rho = np.linspace(-1.2, 1.2, 121)
pairs = {f"$a = {a}$": np.array([a, 0.5]) for a in range(4)}
orbits = {
    label: np.stack([theory.boost(r) @ pair for r in rho])
    for label, pair in pairs.items()
}
boosts(orbits, rho)

# %% [markdown]
# The dotted diagonals are the light cone, $a^2 = t^2$. A pair with $|a| > |t|$ stays on its side of it,
# and its height never vanishes. A pair with $|a| < |t|$, the first one here, changes the sign of its
# height on the way.
#
# ## From the boost to the layer
#
# The post prints, and its code spells out,
#
# $$
# \begin{gathered}
# y = W(x)\,x, \\
# W(x) = W_0 \odot g(x), \\
# g_i(x) = a_i\cosh 5\beta \\
# {} + t(x)\sinh 5\beta, \\
# t(x) = t\,\sigma(\langle x\rangle), \quad a_i = i .
# \end{gathered}
# $$ (eq-layer-printed)
#
# Hold $g_i$ beside {eq}`eq-layer-boost`. It is the **first row** of a boost with rapidity
# $\rho = 5\beta$, acting on the pair of the input's index $a_i = i$ and a number $t(x)$ that the input
# sets. Every input has its own pair; all share one rapidity and one $t(x)$. The second row,
#
# $$
# \tilde g_i(x) = a_i\sinh 5\beta + t(x)\cosh 5\beta ,
# $$ (eq-layer-partner)
#
# does not appear in the layer. It comes back as soon as you differentiate, since the derivative of
# cosh is sinh and the other way round:
#
# $$
# \frac{\partial g_i}{\partial\beta} = 5\,\tilde g_i .
# $$ (eq-layer-slope)
#
# So the library's layer must obey the three facts above, and you can ask it. Feed it an identity
# matrix and divide by $x$, and it hands you its gain; differentiate, and it hands you the other row:

# %% tags=["nbval-check-output"]
x, t = draw(4, 6), torch.tensor(1.3, dtype=torch.float64)
identity = torch.eye(6, dtype=torch.float64)
a = torch.arange(6, dtype=torch.float64)
t_of_x = t * torch.sigmoid(x.mean(1, keepdim=True))


def rows(beta: float) -> torch.Tensor:
    """Both rows of the boost, as the layer has them: (2, B, I)."""

    def gain(b: torch.Tensor) -> torch.Tensor:
        return hyperbolic_linear(x, identity, b, t) / x

    b = torch.tensor(beta, dtype=torch.float64)
    slope = torch.autograd.functional.jacobian(gain, b)
    return torch.stack([gain(b), slope / 5])


def agree(one: torch.Tensor, other: object) -> bool:
    other = torch.as_tensor(other, dtype=torch.float64)
    return torch.allclose(one, other, rtol=1e-10, atol=1e-10)


first, second = 0.1, -0.25
boosted = torch.from_numpy(theory.boost(5 * second))
then = torch.einsum("rs,sbi->rbi", boosted, rows(first))
kept = rows(first)[0] ** 2 - rows(first)[1] ** 2
closed = theory.layer_gain(a, first, t_of_x.numpy())
print(
    "gain is the closed form:     ",
    agree(rows(first)[0], closed),
)
print("g² - g̃² is a² - t(x)²:       ", agree(kept, a**2 - t_of_x**2))
print("a boost after another adds up:", agree(then, rows(first + second)))

# %% [markdown]
# ## How much of it adapts to the input?
#
# Put {eq}`eq-layer-printed` into $y = W(x)\,x$ and sort by what depends on what:
#
# $$
# \begin{gathered}
# y = \cosh 5\beta \; W_0\,(a \odot x) \\
# {} + \sinh 5\beta \; t\,\sigma(\langle x\rangle)\; W_0\,x .
# \end{gathered}
# $$ (eq-layer-split)
#
# The layer is a sum of **two linear layers** with one matrix. The first weights the inputs by the ramp.
# The second does not, and it alone is adaptive: a single number, the same for all weights, turns it up
# and down. That number knows one thing about the image, its mean brightness. In the language of neural
# networks it is a *gate*; squeeze-and-excitation networks gate whole channels by their means in the same
# way, with one gate each and a small network between mean and gate {cite}`hu2018`.
#
# Here is a sharp consequence. Among inputs of **equal mean** the gate does not move, so there the layer is
# exactly linear: the middle between two inputs goes to the middle between their outputs.

# %% tags=["nbval-check-output"]
weight, beta = draw(3, 6), torch.tensor(0.1, dtype=torch.float64)


def straight(x: torch.Tensor) -> bool:
    one, other = hyperbolic_linear(x, weight, beta, t)
    middle = hyperbolic_linear(x.mean(0), weight, beta, t)
    return agree(middle, (one + other) / 2)


bright = draw(2, 6)
equal = bright - bright.mean(1, keepdim=True)
print("the middle goes to the middle, equal means:  ", straight(equal))
print("the middle goes to the middle, unequal means:", straight(bright))

# %% [markdown]
# ## The implementation: moving the gain
#
# Read literally, {eq}`eq-layer-printed` builds a matrix for each image: a tensor of batch $B$ × outputs
# $O$ × inputs $I$. One line removes it. The gain depends on the column alone, so in
#
# $$
# \begin{aligned}
# y_{bo} &= \sum_i \bigl(W_{0,oi}\,g_{bi}\bigr)\,x_{bi} \\
#        &= \sum_i W_{0,oi}\,\bigl(g_{bi}\,x_{bi}\bigr)
# \end{aligned}
# $$ (eq-layer-factored)
#
# you may move the bracket. Multiplication is associative, so this is no approximation. The second
# line is an ordinary linear layer of a scaled input:

# %%
source(scaled_input)

# %%
source(hyperbolic_linear)

# %% [markdown]
# What does it cost, beside the literal form and a plain linear layer? Count a multiplication and an
# addition as two flops. A matrix product of $B \times I$ by $I \times O$ takes $2BIO$. Going forward, all
# three forms need one. Going backward they need one for the weight, and one for the input if that wants a
# gradient. The factored form always needs the latter, since β and $t$ get their gradients through it. In
# memory the literal form keeps $BOI$ numbers between the two passes, and the factored one $2BI$. Now let
# torch count what really runs ({numref}`fig-layer-cost`), for an inner layer of the size of our network's first:

# %% tags=["nbval-check-output"]
batch, fan_in, fan_out = 128, 784, 156
inputs = torch.randn(batch, fan_in, generator=generator).requires_grad_()
matrix = torch.randn(fan_out, fan_in, generator=generator).requires_grad_()
scalars = [torch.tensor(v, requires_grad=True) for v in (0.1, 1.3)]
forms = {
    "literal": lambda: (literal.layer, inputs, matrix, *scalars),
    "factored": lambda: (hyperbolic_linear, inputs, matrix, *scalars),
    "linear": lambda: (linear, inputs, matrix),
}
counted, measured = {}, {}
print("           Mflop: formula, run     MB kept: formula, run")
for form, call in forms.items():
    flops, kept = theory.layer_cost(
        form, batch, fan_in, fan_out, input_gradient=True
    )
    counted[form], measured[form] = (
        (flops, 4 * kept),
        measured_cost(*call()),
    )
    print(
        f"{form:10} {flops / 1e6:14.1f} {measured[form][0] / 1e6:8.1f}"
        f" {4 * kept / 1e6:16.2f} {measured[form][1] / 1e6:8.2f}"
    )

# %% mystnb={"image": {"alt": "Two panels of horizontal bars with a dot at the end of each. Top: the flops of the matrix products are equal for the literal, the factored and the linear form. Bottom: the bytes kept are about eighty times as many for the literal form as for the factored one; the linear form keeps none."}, "figure": {"name": "fig-layer-cost", "caption": "Cost of three forms of the layer: by formula (bars), and as run (dots)."}}
layer_cost(counted, measured)

# %% [markdown]
# The flops are equal: what differs is the traffic. The literal form multiplies a fresh matrix by a single
# vector, image by image, and fetches each number of that matrix from memory for two flops; a product
# of two matrices uses each number it fetches a hundred times. So you should expect the clock to disagree
# with the flops:

# %%
seconds = {form: [] for form in forms}
for _ in range(5):  # taking turns, so that a slow moment hits all alike
    for form, call in forms.items():
        for _ in range(1 if form == "literal" else 10):
            layer, *tensors = call()
            began = time.perf_counter()
            layer(*tensors).sum().backward()
            seconds[form].append(time.perf_counter() - began)
unit = np.median(seconds["linear"])
for form, took in seconds.items():
    print(f"{form:10} {np.median(took) / unit:6.1f} times a linear layer")

# %% [markdown]
# The factored form pays for its gain with a few passes over a $B \times I$ array. The first layer of a
# network, whose input needs no gradient, pays for one matrix product more than a linear one, too.
#
# ## Gradients by hand
#
# Let $\delta_{bo}$ be the gradient of the loss with respect to the output $y_{bo}$, and write $\sigma_b$
# for $\sigma(\langle x_b\rangle)$. Work backwards through the second line of {eq}`eq-layer-factored`.
# The matrix meets the scaled input, and the scaled input meets the matrix:
#
# $$
# \begin{aligned}
# \frac{\partial L}{\partial W_0} &= \delta^\top (x \odot g), \\
# \frac{\partial L}{\partial (x \odot g)} &= \delta W_0 .
# \end{aligned}
# $$ (eq-layer-grad-weight)
#
# The product rule splits the latter. What falls on the gain, $G = x \odot \delta W_0$, goes on to β and
# $t$ by {eq}`eq-layer-slope` and {eq}`eq-layer-printed`:
#
# $$
# \begin{aligned}
# \frac{\partial L}{\partial\beta} &= 5 \sum_{bi} G_{bi}\,\tilde g_{bi}, \\
# \frac{\partial L}{\partial t} &= \sinh 5\beta \sum_{bi} \sigma_b\,G_{bi} .
# \end{aligned}
# $$ (eq-layer-grad-scalars)
#
# So the discarded row of the boost is what β feels. And at $\beta = 0$ the number $t$ feels nothing at
# all. The input acts twice, as a factor and through its mean. The logistic function has $\sigma' =
# \sigma(1 - \sigma)$, and the mean hands an $I$-th to each input:
#
# $$
# \begin{gathered}
# \frac{\partial L}{\partial x_{bi}} = g_{bi}\,(\delta W_0)_{bi} \\
# {} + \frac{t\,\sinh 5\beta}{I}\,\sigma_b(1-\sigma_b) \sum_j G_{bj} .
# \end{gathered}
# $$ (eq-layer-grad-input)
#
# There is a shorter way to β than the sum over $\tilde g$, and it is Euler's. The output is linear in the pair
# $(\cosh 5\beta,\; t\sinh 5\beta)$: double both, and it doubles. So the two partial derivatives, each times its variable,
# add up to the output itself, and $\langle\delta, y\rangle$ is one of them plus the other. What $t$ feels gives the
# second. With $S = \sum_{bi} \sigma_b\,G_{bi}$, what is left for β is
#
# $$
# \frac{\partial L}{\partial\beta} = \frac{5}{\cosh 5\beta}
# \bigl(\sinh 5\beta\,\langle\delta, y\rangle + t\,S\bigr) ,
# $$ (eq-layer-grad-euler)
#
# without the ramp. And where the input needs no gradient, $\sum_i G_{bi} = \delta_b \cdot W_0 x_b$ is a sum over few
# outputs rather than many inputs. That is how the layer runs on a CPU:

# %%
source(LayerByHand.backward)

# %% [markdown]
# The formulas by hand and the layer say the same ({numref}`fig-layer-gradients` has those of the two scalars), and `gradcheck` compares the layer with finite differences:

# %% tags=["nbval-check-output"]
point = [
    p.requires_grad_()
    for p in (draw(5, 6), draw(3, 6), beta.clone(), t.clone())
]
upstream = draw(5, 3)
automatic = torch.autograd.grad(hyperbolic_linear(*point), point, upstream)
numbers = [p.detach().numpy() for p in point]
by_hand = theory.layer_gradients(*numbers, np.arange(6), upstream)
for name, ours, torchs in zip(
    ("x", "W0", "β", "t"), by_hand, automatic, strict=True
):
    print(f"{name:2} {agree(torchs, ours)}")
print("gradcheck:", torch.autograd.gradcheck(hyperbolic_linear, point))

# %% mystnb={"image": {"alt": "Two panels over beta from minus 0.3 to 0.3. Top: the gradient of beta, a smooth curve with dots on it. Bottom: the gradient of t, a curve like a hyperbolic sine through the origin, with dots on it."}, "figure": {"name": "fig-layer-gradients", "caption": "Gradients of β and $t$: by hand (lines), and by autograd (dots)."}}
grid, dots = np.linspace(-0.3, 0.3, 121), np.linspace(-0.3, 0.3, 13)
curve = [
    theory.layer_gradients(
        *numbers[:2], b, float(t), np.arange(6) / 5, upstream
    )[2:]
    for b in grid
]
run = []
for b in dots:
    both = [
        torch.tensor(v, dtype=torch.float64, requires_grad=True)
        for v in (b, float(t))
    ]
    out = hyperbolic_linear(*point[:2], *both, ramp="normalised")
    run.append(torch.autograd.grad(out, both, upstream))
scalar_gradients(grid, curve, dots, run)

# %% [markdown]
# ## What the ramp does
#
# The vector $a_i = i$ is the index of the input. For an image that is the position in reading order, top
# left to bottom right. Three things follow.
#
# **It silences.** At $\beta = 0$ the gain of input 0 is $a_0 = 0$, whatever it holds. (Otherwise it
# is $t(x)\sinh 5\beta$. The first pair in the figure at the top is this one.)
#
# **It sets the pace of learning.** What the image meets is the effective weight $W_0 \odot g$. A gradient
# step on $W_0$ carries one factor $g_i$ by {eq}`eq-layer-grad-weight`, and turning $W_0$ into the
# effective weight carries another. So the effective weight of input $i$ learns at a rate $g_i^2$, next to
# that of an ordinary layer. From the second pixel of an MNIST image to the last this is a factor of
# $783^2$, about six hundred thousand. (A normalisation after the layer rescales all rates together, not
# their ratios.)
#
# **It breaks a symmetry.** A linear layer does not care in which order pixels come: shuffle them, shuffle
# the columns of the matrix alike, and no output changes. Fresh random columns are as good shuffled as
# not, so in training nothing changes either, but for the luck of the draw. The ramp stays where it is
# while the pixels move:

# %% tags=["nbval-check-output"]
images, columns = draw(8, 784), draw(10, 784)
shuffle = torch.randperm(784, generator=generator)
layers = {"linear": linear}
for kind in ("ones", "index", "normalised"):
    layers[kind] = lambda x, w, kind=kind: hyperbolic_linear(
        x, w, beta, t, ramp=kind
    )
for name, layer in layers.items():
    before = layer(images, columns)
    after = layer(images[:, shuffle], columns[:, shuffle])
    print(f"{name:10} unchanged by a shuffle: {agree(before, after)}")

zero = torch.zeros((), dtype=torch.float64)
changed = images.clone()
changed[:, 0] += 100
silent = agree(
    hyperbolic_linear(images, columns, zero, t),
    hyperbolic_linear(changed, columns, zero, t),
)
print("input 0 is silent at β = 0:", silent)

# %% [markdown]
# `"ones"` treats all inputs alike; `"normalised"` is the index divided by its largest value, and breaks
# the symmetry as the index does.
#
# ## How large may β be?
#
# cosh and sinh grow like $\frac12 e^{\rho}$, and a floating-point format has a largest number $M$. So
# cosh overflows at $\frac12 e^\rho = M$, and the gain of the last pixel, which has another factor $I -
# 1$, sooner:
#
# $$
# \begin{gathered}
# |\beta| = \frac15 \ln\frac{M}{f}, \\
# f_{\cosh} = \frac12, \quad f_{\text{gain}} = \frac{I-1}{2} .
# \end{gathered}
# $$ (eq-layer-range)
#
# Try it, by bisection in each format ({numref}`fig-layer-range`):

# %% tags=["nbval-check-output"]
formats = (torch.float64, torch.float32, torch.bfloat16, torch.float16)


def largest_beta(dtype: torch.dtype, factor: float) -> float:
    """The largest β for which factor * cosh(5β) is finite."""
    low, high = 0.0, 200.0
    for _ in range(50):
        middle = (low + high) / 2
        rapidity = torch.tensor(5 * middle, dtype=dtype)
        fits = (factor * torch.cosh(rapidity)).isfinite()
        low, high = (middle, high) if fits else (low, middle)
    return low


print("            cosh: tried, formula    gain: tried, formula")
for dtype in formats:
    most = torch.finfo(dtype).max
    cells = [
        f"{largest_beta(dtype, f):10.1f} {theory.rapidity_limit(most, f / 2) / 5:8.1f}"
        for f in (1, 783)
    ]
    print(f"{str(dtype)[6:]:10} {'     '.join(cells)}")

# %% mystnb={"image": {"alt": "The decimal logarithm of the last pixel's gain against beta on logarithmic axes, one curve for each of four number formats. The curves lie on each other and stop at different places, float16 first near one, then bfloat16 and float32 together near sixteen, then float64 near 140. A dotted line marks each predicted end."}, "figure": {"name": "fig-layer-range", "caption": "The last pixel's gain in four number formats, up to its overflow. Dotted: the prediction."}}
betas = np.geomspace(0.05, 150, 2000)
gains, limits = {}, {}
for dtype in formats:
    label = str(dtype)[6:]
    gains[label] = (
        783 * torch.cosh(torch.from_numpy(5 * betas).to(dtype))
    ).double()
    most = torch.finfo(dtype).max
    limits[label] = theory.rapidity_limit(most, 783 / 2) / 5
gain_range(betas, gains, limits)

# %% [markdown]
# The library does two things about it. It computes the gain in float32 at least, also for weights of half
# precision and under autocast, for one more reason than the range: bfloat16 has eight binary digits, and
# takes pixel 783 for 784. And it clamps $|\rho|$ to $\ln(M/I)$, where the largest gain is $M/2$. Beyond
# that the gain is constant, so β gets no gradient. Without the clamp the gain would be $\infty$, and the
# silenced pixel's $0\cdot\infty$ not a number:

# %% tags=["nbval-check-output"]
print("float32 clamps at β =", round(beta_limit(torch.float32, 784), 2))
big = torch.tensor(30.0, requires_grad=True)
one_lit = torch.eye(784)[-1:]
out = hyperbolic_linear(one_lit, torch.ones(1, 784), big, torch.ones(()))
out.sum().backward()
print(
    "at β = 30: finite:",
    out.isfinite().item(),
    " gradient:",
    big.grad.item(),
)
printed = literal.layer(one_lit, torch.ones(1, 784), big, torch.ones(()))
print("as printed:", printed.item())
half = HyperbolicLinear(784, 1).to(torch.bfloat16)
print("the ramp of a bfloat16 layer ends at", int(half.ramp[-1]))
print("bfloat16 itself would say", int(torch.tensor(783.0).bfloat16()))

# %% [markdown]
# The clamp protects the gain, not what you multiply it by: summed over bright pixels and large weights, an
# output may still overflow, to an honest infinity, and `fit` then reports that the run diverged.
#
# ## What is hyperbolic about it, and what is not
#
# A boost is at home in hyperbolic geometry. Points $X = (X_0, X_1, \dots, X_n)$ with $X_0 > 0$ and
# $X_0^2 - X_1^2 - \dots - X_n^2 = 1$ form the *Lorentz model* of hyperbolic space, with the distance
#
# $$
# \cosh d(X, Y) = X_0 Y_0 - \sum_{k=1}^{n} X_k Y_k ,
# $$ (eq-layer-distance)
#
# and boosts are its rigid motions: they move all points and change no distance. In one plane you see it
# from the addition of rapidities. The points $(\cosh r, \sinh r)$ make up a hyperbola, their distance is
# the difference of their $r$, and a boost adds $\rho$ to all of them.
#
# Hyperbolic space has room for trees. The circumference of a circle of radius $r$ is $2\pi\sinh r$,
# growing as the number of nodes of a tree grows with its depth. That is why Nickel and Kiela embed
# hierarchies in it {cite}`nickel2017,nickel2018`, and why Ganea, Bécigneul and Hofmann rebuild the layers
# of a network for it {cite}`ganea2018`. What does such a network do that this layer does not?
#
# - It puts the **data** into the space: each sample is a point on a hyperboloid, or in a ball. Here the
#   pairs $(a_i, t(x))$ belong to *pixels*, each sits on a hyperbola of its own ($a_i^2 - t(x)^2$ differs
#   from pixel to pixel), and a pair is not a function of what the pixel holds.
# - It **measures distances** {eq}`eq-layer-distance` in loss or layer. Here no distance between data is
#   computed.
# - It has **curvature**. That takes two dimensions of space at least. Here the boost acts in a plane, and
#   what it moves along is a curve; a curve alone is as flat as a ruler.
# - It keeps **both rows**. Here one is left out, so that even the conserved $a^2 - t^2$ is lost on the
#   way to the output.
#
# What remains is {eq}`eq-layer-split`: two linear maps and a gate. On every slice of equal mean
# brightness, straight lines stay straight. That is Euclidean geometry, and you saw it checked.
#
# ## On MNIST: does the order of the pixels matter?
#
# The algebra above says that shuffled pixels are another task for a layer with the index ramp, and the
# same one for `"ones"`. Training can tell. Each of five seeds trains each network for one epoch, with the
# pixels in reading order and with a shuffle of its own, the same for all images. The comparison is
# paired: same seed, same initial weights, same order of the images, same noise. For `"ones"`, symmetry
# predicts a mean difference of zero; that row is the control of {numref}`fig-layer-shuffling`.

# %%
dataset = mnist_or_digits()
title, seeds = TITLES[dataset], range(5)
base = dataclasses.replace(recipes["physlib"], dataset=dataset, epochs=1)
noisy = [fit(base, seed) for seed in seeds]  # for this section and the next


def first_epoch(ramp: str, shuffled: bool) -> list[float]:
    """Test accuracy in percent after one epoch, seed by seed."""
    if ramp == "index" and not shuffled:
        return [100 * run.test_accuracy for run in noisy]
    runs = [
        fit(
            dataclasses.replace(
                base,
                ramp=ramp,
                pixel_permutation=(seed + 1) * shuffled,
            ),
            seed,
        )
        for seed in seeds
    ]
    return [100 * run.test_accuracy for run in runs]


effects, scores = {}, {}
print(f"{title}, one epoch, mean test accuracy over five seeds in %")
for ramp in ("index", "ones"):
    ordered, mixed = first_epoch(ramp, False), first_epoch(ramp, True)
    effects[ramp], scores[ramp] = np.subtract(mixed, ordered), ordered
    print(
        f"{ramp:6} in order {np.mean(ordered):.2f}, shuffled {np.mean(mixed):.2f}"
    )
effects["index − ones"] = effects["index"] - effects["ones"]
intervals = {name: paired_interval(d) for name, d in effects.items()}
print("shuffled − in order, points, 95 % interval")
for name, (mean, low, high) in intervals.items():
    print(f"{name:12} {mean:+.2f}  ({low:+.2f} to {high:+.2f})")
ahead = np.subtract(scores["ones"], scores["index"])
mean, low, high = paired_interval(ahead)
print("ones − index, both in order")
print(f"{'':12} {mean:+.2f}  ({low:+.2f} to {high:+.2f})")

# %% mystnb={"image": {"alt": "Three rows of five dots with mean and interval, in points of accuracy gained by shuffling the pixels. The row of the index ramp lies well to the right of zero, the row of the ramp of ones nearer to zero, and their difference in between."}, "figure": {"name": "fig-layer-shuffling", "caption": "What shuffling the pixels does to the accuracy, seed by seed."}}
seed_intervals(
    effects, intervals, f"accuracy gained by shuffling (points), {title}"
)

# %% [markdown]
# For `"ones"` the interval holds zero, as symmetry says. For the index ramp it does not: the order of the
# pixels matters, and the order in which the images come is a *bad* one. Shuffling helps, also by more than
# it helps the control. A guess at the reason, which we have not tested: in reading order the ramp whispers
# the whole top of the digit; shuffled, it whispers pixels here and there, and their neighbours, which
# hold nearly the same, speak for them. The last line compares the two ramps on images in order.
# All this is one epoch of one recipe. It shows that the symmetry is broken, not where training ends.
#
# ## On MNIST: what β and $t$ learn
#
# These two numbers are what sets the layer apart, so what does training make of them? First the gate. Its
# input is the mean pixel, and the mean pixels of handwritten digits differ little ({numref}`fig-layer-gate`):

# %% mystnb={"image": {"alt": "Histograms of t of x at t equal to one over the test images. That of all images spans from about 0.28 to 0.41; that of the ones is narrow and lies at the left end, that of the zeros is broader and lies further right."}, "figure": {"name": "fig-layer-gate", "caption": "The gate of the first layer over the test images, at $t = 1$."}}
data = load_dataset(dataset)
brightness = data.test_inputs(base.pixel_range).mean(1)
gate = torch.sigmoid(brightness)
digit = data.test_labels
gate_values(
    {
        "all images": gate,
        "the digit 0": gate[digit == 0],
        "the digit 1": gate[digit == 1],
    }
)

# %% [markdown]
# So the adaptive part mostly tells a thin digit from a fat one. Now how much it has to say. The recipe
# starts at $\beta = 10^{-3}$ and $t = 1$. It trains with noise: at temperature $T$, a parameter that the
# loss does not care about wanders like a free Brownian particle, with a mean square displacement of
# $2(\alpha/\gamma)T$ per step (learning rate α, damping γ, of [the
# optimizer](03_langevin)). So run each seed twice, with the recipe's noise and with none,
# and compare with the free particle, the band of {numref}`fig-layer-learned`:

# %%
quiet = [
    fit(dataclasses.replace(base, temperature=0.0), seed) for seed in seeds
]
steps = base.epochs * -(-len(data.train_labels) // base.batch_size)
free = float(
    np.sqrt(
        steps * theory.diffusion(base.temperature, base.lr, base.damping)
    )
)


def learned(runs: list, layer: int, name: str) -> np.ndarray:
    """A layer's β or t after training less its start, seed by seed."""
    moved = [
        [m for m in run.model if isinstance(m, HyperbolicLinear)][layer]
        for run in runs
    ]
    origin = {"beta": base.beta, "t": 1.0}[name]
    return np.array([getattr(m, name).item() - origin for m in moved])


moves = {
    f"{sign}, layer {layer + 1}, {kind}": learned(runs, layer, name)
    for kind, runs in (("no noise", quiet), ("noise", noisy))
    for name, sign in (("beta", "β"), ("t", "t"))
    for layer in range(2)
}
spans = {label: paired_interval(move) for label, move in moves.items()}
print(f"{title}, one epoch, five seeds: change since the start")
for label, (mean, low, high) in spans.items():
    print(f"{label:19} {mean:+.1e}  ({low:+.1e} to {high:+.1e})")
print(f"free particle after {steps} steps: ± {free:.1e}")

# %% mystnb={"image": {"alt": "Eight rows of five dots with mean and interval: the changes of beta and t in both layers, without and with noise, on a scale of a hundredth. Without noise beta of layer 1 has moved a little to the right, all seeds together, and t not at all. With noise all four rows scatter about zero, over a width like that of the shaded band of the free particle."}, "figure": {"name": "fig-layer-learned", "caption": "How far β and $t$ have moved, seed by seed. Shaded: a free particle at the recipe's temperature."}}
seed_intervals(moves, spans, f"change in one epoch, {title}", band=free)

# %%
wandered = np.concatenate(
    [moves[f"t, layer {layer}, noise"] for layer in (1, 2)]
)
spread = np.sqrt((wandered**2).mean())
print(
    f"t with noise: moved by {spread:.1e} ± {spread / np.sqrt(20):.0e} (rms), free particle {free:.1e}"
)
print("             rapidity 5β, mean, 95 % interval")
for layer in (1, 2):
    for kind in ("no noise", "noise"):
        mean, low, high = (
            5 * (v + base.beta) for v in spans[f"β, layer {layer}, {kind}"]
        )
        print(
            f"layer {layer}, {kind:9} {mean:+.4f}  ({low:+.4f} to {high:+.4f})"
        )

# %% [markdown]
# Read the rows without noise first. In the first layer β grows a little, and in every seed by about as
# much. In the second it goes this way or that. And $t$ does not move by a single bit: by
# {eq}`eq-layer-grad-scalars` its gradient carries a factor $\sinh 5\beta$, and what a step of that size
# adds to 1 is lost to rounding in float32. With the recipe's noise, all four numbers scatter as wide as
# the free particle does, which knows no images; for $t$ the widths agree within the error. Whatever the
# loss has to say to β is drowned.
#
# The rapidity stays at the size of a hundredth. A train of that rapidity runs at about a percent of the
# speed of light, where cosh differs from one by less than a thousandth, and you would not need Einstein.
# What does that leave of the adaptive part in the gain? Compare $t(x)\sinh 5\beta$ with the mean of
# $a_i\cosh 5\beta$:

# %%
print("parts of the gain after training, means over five seeds")
print("              adaptive   varies between images by")
for layer, kind in ((0, "hidden layer"), (3, "output layer")):
    share, variation = [], []
    for run in noisy:
        net = run.model.cpu().eval()
        with torch.no_grad():
            entering = data.test_inputs(base.pixel_range).cpu()
            for module in list(net)[:layer]:
                entering = module(entering)
            module = net[layer]
            lift = module.t * torch.sigmoid(entering.mean(1))
            lift *= torch.sinh(5 * module.beta)
            size = (module.ramp * torch.cosh(5 * module.beta)).mean()
            share.append((lift.abs().mean() / size).item())
            variation.append((lift.std() / size).item())
    print(f"{kind}  {np.mean(share):.1e}    {np.mean(variation):.1e}")

# %% [markdown]
# Nearly all of the gain is the ramp, and of the little that is not, most is the same for all images. With
# these settings the layer is a linear one with a fixed scale for each pixel, to the digits printed above.
# That is no verdict on gates as such. It says that the scale of the ramp and the normalisation behind it
# leave β nothing to do, for a reason that exercise 4 lets you find. Other ramps, a larger initial β and
# longer training are open.
#
# ## What the post claims, and what follows from the formulas
#
# - **"The network adapts its weights based on the input it receives."** True of the formula:
#   {eq}`eq-layer-split` has one gate, fed by the mean pixel. How far training uses it, you saw above.
# - **"A form of non-Euclidean geometry."** The gain is one row of a boost of pixel indices. Data are
#   never points of a hyperbolic space, no distance is computed, and at equal brightness the layer is
#   linear.
# - **"To better capture hierarchical structures."** Nothing in the layer can measure the exponential
#   growth that makes room for trees.
# - **1.2 million parameters against 1 million.** A layer adds β and $t$ and takes away $O$ biases. The
#   next cell counts, for our widths and for a network of the post's size.
#
# These are statements about the mechanism, not about accuracy. Whether networks with this layer read
# digits better than others is a matter of full runs, several seeds and fair tuning. [The ablation](../experiment/13_ablation)
# takes the layer out and puts it back, and [the page of verdicts](../../book/verdicts) says what the records show.

# %% tags=["nbval-check-output"]
for widths in ((784, 156, 10), (784, 1000, 200, 10)):
    ours, plain = ExperimentalNet(widths, batch_norm=False), MLP(widths)
    print(
        f"{widths}: {parameter_count(ours):,} parameters, "
        f"plain network {parameter_count(plain):,}"
    )

# %% [markdown]
# ## Exercises
#
# **1.** For which inputs can the gain vanish, and at which β? Give the answer from the picture of the
# light cone, and check it for $a = 1$ and $t(x) = 2$.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
# a cosh 5β = -t sinh 5β needs tanh 5β = -a/t: possible for |a| < |t| only,
# which is outside the light cone. With |t(x)| < 1 this is pixel 0 alone.
root = np.arctanh(-1 / 2) / 5
print(
    f"β = {root:.4f}, gain there {abs(theory.layer_gain([1.0], root, 2.0)[0]):.6f}"
)

# %% [markdown]
# **2.** All test images of one brightness meet one matrix. Build it: fold the gain of
# {eq}`eq-layer-split` into an ordinary linear layer, and show that it reproduces the hyperbolic one on
# inputs of mean zero.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
gain = theory.layer_gain(
    np.arange(6), beta.item(), t.item() * 0.5
)  # σ(0) = ½
folded = weight * torch.from_numpy(gain)
centred = draw(50, 6)
centred -= centred.mean(1, keepdim=True)
print(
    "one matrix for all:",
    agree(
        linear(centred, folded), hyperbolic_linear(centred, weight, beta, t)
    ),
)

# %% [markdown]
# **3.** Take one gradient step on $W_0$ at $\beta = 0$, and one on the effective weight $V = W_0 \odot a$
# of a plain linear layer, from the same point. By which factor do the changes of $V$ differ, pixel by
# pixel?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
photo, wanted = draw(20, 6), draw(20, 3)
plain = (weight * a).detach().requires_grad_()
(linear(photo, plain) - wanted).square().mean().backward()
hidden = weight.detach().clone().requires_grad_()
out = hyperbolic_linear(photo, hidden, zero, t)
(out - wanted).square().mean().backward()
change = hidden.grad * a  # of V, for a unit step on W0
print((change / plain.grad).mean(0).round(decimals=6).tolist())  # a²

# %% [markdown]
# **4.** A batch normalisation follows our first layer. Show that with $t = 0$ the two together do not
# depend on β at all. What is left for β to learn, with the index ramp and with the normalised one?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
# The normalisation divides by the standard deviation, and with it by cosh 5β.
# What is left of the gain is a + t(x) tanh 5β: β matters where t(x) is not
# small beside a, for very few pixels of the index ramp, for all of "normalised".
normalise = torch.nn.BatchNorm1d(3, affine=False, eps=1e-12).double()
still = torch.zeros((), dtype=torch.float64)
normalised = [
    normalise(hyperbolic_linear(photo, weight, b, still))
    for b in (zero, beta)
]
print("independent of β at t = 0:", agree(*normalised))
for kind in ("index", "normalised"):
    near = (ramp_vector(kind, 784) < gate.max()).double().mean()
    print(f"{kind}: t(x) can exceed a for {100 * near:.1f} % of the pixels")

# %% [markdown]
# ## Further reading
#
# Lévy-Leblond and Provost derive all of relativity's kinematics from the additivity of rapidity
# {cite}`levyleblond1979`. Nickel and Kiela's papers show what embedding in hyperbolic space takes
# {cite}`nickel2017,nickel2018`, and Ganea, Bécigneul and Hofmann what becomes of a network there
# {cite}`ganea2018`. Weights that depend on the input are the subject of *hypernetworks*
# {cite}`ha2017`; a gate fed by means is at the heart of squeeze-and-excitation networks {cite}`hu2018`.
#
# What this page cost:

# %%
cost(start)
