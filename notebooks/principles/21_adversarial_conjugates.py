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
# # Pushes in phase: the input's conjugate
#
# Push a child on a swing once, at random, and little happens. Push a little at every swing, in time, and soon the child flies.
# No push was strong; they were in phase. A photograph of a digit has hundreds of pixels, and whoever may push each of
# them a little, in phase, can turn a 3 into an 8 for a network, while you still see a 3. A paper calls the
# direction of these pushes the *conjugate* of the input {cite}`zhang2024conjugate`, as a force is the conjugate of a displacement.
#
# **You will learn** why the gradient of a loss is a force, what the best small push is under two notions of *small*, how much
# being in phase is worth, what dividing the loss by its norm does and does not do, how a loss can hide the way up, and whether
# it is worse to be pushed in pixels or in features.
#
# **You need** derivatives, scalar products and the normal distribution.
# [The quickstart](../experiment/00_quickstart) has the networks.
#
# The records that it reads were made once, beforehand.

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

import math

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from physlib import fit, load_dataset, plots, recipes, theory
from physlib.claims.conjugates import attacked_accuracy
from physlib.claims.counts import COLLAPSED
from physlib.data import TITLES, mnist_or_digits
from physlib.experiments.conjugates import (
    CODES,
    COUNTS,
    EPSILONS,
    NETWORKS,
    RADII,
    REFERENCE,
)
from physlib.intervals import paired_interval
from physlib.notebook import (
    cost,
    markdown_table,
    records,
    sensitivity_table,
    signed,
    source,
    verdict_table,
)
from physlib.principles.attacks import (
    fgsm,
    input_gradient,
    pgd,
    random_step,
)
from physlib.principles.codes import code_attack, tangent_gradient
from physlib.principles.conjugates import conjugate
from physlib.principles.losses import (
    cross_entropy,
    ginzburg_landau_bracket,
    losses_of,
)
from physlib.principles.networks import Scaled
from physlib.principles.survival import right, spaced

shelf = records()
TRAINED = {
    "experimental network": "experimental",
    "MLP": "mlp",
    "small convolutional network": "cnn",
}

# %% [markdown]
# ## The physics: forces are conjugates
#
# Change the length of a spring by $\mathrm dx$, the volume of a gas by $\mathrm dV$, the magnetisation of a magnet by $\mathrm dM$. The
# energy changes by
#
# $$
# \mathrm dE = F\,\mathrm dx, \quad -P\,\mathrm dV, \quad H\,\mathrm dM .
# $$ (eq-conjugates-energy)
#
# Each time it is a change times its **conjugate**, and the conjugate is the derivative of the energy with respect to what
# changes. A network's loss $\ell$ is an energy over its inputs $x$: a landscape, high where the answer is wrong. Its conjugate
# to the input is $\partial_x\ell$, one number for each pixel, and a small step $\delta$ does the work
#
# $$
# \ell(x + \delta) - \ell(x) \approx \sum_i \delta_i\,\partial_i\ell .
# $$ (eq-conjugates-work)
#
# {numref}`fig-conjugates-landscape` is such a landscape, of a network with only two inputs. Arrows point uphill. You stand at the black dot and may take one small
# step, where *small* means: inside the square, no input moves by more than $\varepsilon$, or inside the circle, all of them
# together by no more than $\varepsilon$.

# %% mystnb={"image": {"alt": "Contour lines of a loss over two inputs, with arrows that point uphill. Around a black dot lie a square and a dashed circle inside it. One mark sits on a corner of the square, one on the circle where the arrow points, and one on another corner."}, "figure": {"name": "fig-conjugates-landscape", "caption": "A loss over two inputs, and the steps that may be taken from one point."}}
tiny = nn.Sequential(nn.Linear(2, 12), nn.Tanh(), nn.Linear(12, 2))
draw = torch.Generator().manual_seed(6)
with torch.no_grad():
    for parameter in tiny.parameters():
        parameter.normal_(generator=draw)


def tiny_loss(points):
    """The loss of class 0 at points (N, 2)."""
    zeros = torch.zeros(len(points), dtype=torch.int64)
    return cross_entropy(tiny(points), zeros).detach()


axis = torch.linspace(-1.5, 1.5, 81)
grid = torch.cartesian_prod(axis, axis).flip(1)
places = torch.cartesian_prod(axis[4::12], axis[4::12])
none = torch.zeros(len(places), dtype=torch.int64)
here, size = torch.tensor([[0.0, -0.5]]), 0.35
slope = input_gradient(tiny, cross_entropy, here, none[:1])
ends = {
    "square, in phase": fgsm(tiny, cross_entropy, here, none[:1], size),
    "circle, in phase": here + size * F.normalize(slope),
    "square, other signs": here
    + size * slope.sign() * torch.tensor([1, -1]),
}
plots.pushes(
    axis,
    tiny_loss(grid).view(81, 81),
    places,
    input_gradient(tiny, cross_entropy, places, none),
    tuple(here[0].tolist()),
    size,
    {name: tuple(end[0].tolist()) for name, end in ends.items()},
)

# %% [markdown]
# In the circle you go along the arrow. In the square you go into the corner whose signs are the arrow's, however small one of
# the two components is. The third mark is as far away and has one sign wrong.
#
# ## The best push, and what phase is worth
#
# Write $p$ for the force. By {eq}`eq-conjugates-work` we look for the $\delta$ of size $\varepsilon$ with the largest $p\cdot\delta$.
# In the square, each component is on its own: take $\delta_i = \varepsilon\,\mathrm{sign}\,p_i$. In the circle,
# Cauchy and Schwarz say: along $p$. The work is
#
# $$
# \begin{aligned}
# \max_{\|\delta\|_\infty\le\varepsilon} p\cdot\delta &= \varepsilon\,\lVert p\rVert_1 , \\
# \max_{\|\delta\|_2\le\varepsilon} p\cdot\delta &= \varepsilon\,\lVert p\rVert_2 ,
# \end{aligned}
# $$ (eq-conjugates-dual)
#
# where $\lVert p\rVert_1 = \sum|p_i|$. Each is the **dual norm** of a notion of small. The first rule is the **fast gradient sign
# method** {cite}`goodfellow2015`. Repeat small steps and go back into the square or the circle after each one, and
# you have **projected gradient descent**, PGD {cite}`madry2018`, which also follows a force that turns.
#
# Now compare with pushes of the same strength $\varepsilon$ and random signs. Their work is a sum of terms of either sign. Its mean
# is zero and its root mean square is $\varepsilon\lVert p\rVert_2$: a random walk. For forces that are normal numbers with standard deviation
# $\sigma$ and $n$ inputs, $\langle|p_i|\rangle = \sigma\sqrt{2/\pi}$, so
#
# $$
# \frac{\lVert p\rVert_1}{\lVert p\rVert_2} \approx
# \frac{n\,\sigma\sqrt{2/\pi}}{\sqrt n\,\sigma} = \sqrt{\frac{2n}{\pi}} .
# $$ (eq-conjugates-phase)
#
# **In phase, work grows like $n$; out of phase, like $\sqrt n$.** It is the law of laser light, of antenna arrays and of the
# child on the swing. Nothing in it is about networks ({numref}`fig-conjugates-phase`). The more inputs, each with a force of its own, the smaller
# the push that is enough.

# %% mystnb={"image": {"alt": "Ratio of the work of pushes in phase to the root mean square of random ones against the number of inputs, on logarithmic axes. Points with error bars lie on a straight line of slope one half."}, "figure": {"name": "fig-conjugates-phase", "caption": "Work in phase over work at random, against the number of inputs: drawn (points), and {eq}`eq-conjugates-phase` (line)."}}
counts = np.array([4, 16, 64, 256, 784, 3072])
draw, trials = torch.Generator().manual_seed(0), 2000
gains, errors = [], []
for n in counts:
    force = torch.randn(trials, n, generator=draw)
    signs = random_step(force, 1.0, generator=draw).sign()
    in_phase, across = force.abs().sum(1), (force * signs).sum(1)
    gains.append((in_phase.mean() / across.square().mean().sqrt()).item())
    errors.append(
        gains[-1] / math.sqrt(2 * trials)
    )  # of a root mean square
line = np.geomspace(3, 4000, 50)
plots.gain_in_phase(
    counts, gains, errors, (line, theory.coherence_gain(line))
)

# %% tags=["nbval-check-output"]
off = (np.array(gains) - theory.coherence_gain(counts)) / errors
large = (
    counts > 50
)  # below, the mean of a ratio differs from a ratio of means
print(
    "within 4 standard errors of theory:", bool(abs(off[large]).max() < 4)
)
print(f"with {784} inputs: {float(theory.coherence_gain(784)):.1f} times")

# %% [markdown]
# ## A loss divided by its norm
#
# The paper does not take $\ell$ itself. It normalises the loss, as quantum mechanics does with a state, and calls the derivative
# the conjugate of the input:
#
# $$
# \begin{aligned}
# \psi(x) &= \frac{\ell(x)}{\sqrt{\int \ell^2\,\rho\,\mathrm dx}} , \\
# p &= \partial_x\psi = \frac{\partial_x\ell}{\sqrt{\langle\ell^2\rangle}} .
# \end{aligned}
# $$ (eq-conjugates-p)
#
# Its text was not at hand, and its abstract does not say over what the integral runs. The measure is ours: the density $\rho$ of the
# images, so that the integral is a mean $\langle\ell^2\rangle$ over them. What does the division do? The integral is *a number*.
#
# - **It turns nothing.** $p$ has the direction of the plain gradient, and the signs in {eq}`eq-conjugates-dual` are the same.
#   Every attack in this chapter is the same with $\psi$ and with $\ell$.
# - **It takes away the unit.** Multiply $\ell$ by a thousand, and $p$ stays. So the *sizes* of conjugates can be compared
#   between networks with different losses.
#
# The first would not hold if the norm were taken over a neighbourhood that moves with $x$: then it would have a derivative of its
# own. [The next chapter](22_uncertainty_principle) takes the analogy with quantum mechanics to its end. Here we need the force.
#
# ## The implementation

# %%
source(conjugate)

# %%
source(pgd)

# %% [markdown]
# All images of a batch move at once, on their device, and nothing is read back between steps. The library's tests hold both
# attacks against another library's, the Adversarial Robustness Toolbox {cite}`nicolae2018`: the same images to rounding, but for
# the rare pixel whose force is zero to rounding, so that its sign is chance.
#
# ## The check: two clouds and a plane
#
# Where is the loss of accuracy known exactly? Take two classes, normal clouds around $\pm\mu$ with standard deviation $\sigma$ in each of $n$
# components, and the classifier $\mathrm{sign}(w\cdot x)$. The margin $w\cdot x$ of a sample has the mean $w\cdot\mu$ and the
# standard deviation $\sigma\|w\|_2$. By {eq}`eq-conjugates-dual`, which is exact for a plane, an attack lowers it by
# $\varepsilon\|w\|_1$ or $\varepsilon\|w\|_2$, and normal noise of size $\varepsilon$ widens it. So the accuracies are
#
# $$
# \begin{aligned}
# &\Phi\!\left(\frac{w\cdot\mu - \varepsilon\|w\|_{1\text{ or }2}}{\sigma\|w\|_2}\right)
# \quad\text{under attack}, \\
# &\Phi\!\left(\frac{w\cdot\mu}{\|w\|_2\sqrt{\sigma^2+\varepsilon^2}}\right)
# \quad\text{in noise} ,
# \end{aligned}
# $$ (eq-conjugates-plane)
#
# with $\Phi$ the normal distribution ({numref}`fig-conjugates-plane`).

# %% mystnb={"image": {"alt": "Accuracy of a linear classifier against the size of the push, three curves with points on them. Noise leaves the accuracy almost level; the attack within a circle lowers it slowly; the attack within a cube takes it from near one to near zero over a small part of the axis."}, "figure": {"name": "fig-conjugates-plane", "caption": "A linear classifier under attack and in noise: simulated (points), and {eq}`eq-conjugates-plane` (lines)."}}
n, samples, sigma = 784, 3000, 1.0
draw = torch.Generator().manual_seed(3)
w = torch.randn(n, generator=draw)
mu = 2.0 * w / w.norm()
y = torch.randint(0, 2, (samples,), generator=draw) * 2.0 - 1
x = y[:, None] * mu + sigma * torch.randn(samples, n, generator=draw)
plane = {
    "model": lambda x: x @ w,
    "loss": lambda phi, y: -y * phi,
    "x": x,
    "y": y,
}
KINDS = {"noise": "noise", "circle": "2", "cube": "inf"}
amounts = np.linspace(0, 0.3, 7)
hits = {kind: [] for kind in KINDS}
for amount in amounts:
    step = amount * torch.randn(x.shape, generator=draw)
    moved = {
        "noise": x + step,
        "circle": pgd(
            **plane, epsilon=amount, norm="2", steps=1, random_start=False
        ),
        "cube": fgsm(**plane, epsilon=amount),
    }
    for kind, images in moved.items():
        hits[kind].append((images @ w * y > 0).double().mean().item())
fine = np.linspace(0, 0.3, 100)
curves = {
    kind: (fine, theory.linear_accuracy(w, mu, sigma, fine, name))
    for kind, name in KINDS.items()
}
expected = {
    kind: theory.linear_accuracy(w, mu, sigma, amounts, name)
    for kind, name in KINDS.items()
}
error = {k: np.sqrt(e * (1 - e) / samples) for k, e in expected.items()}
plots.points_on_curves(
    [(r"size of the push $\varepsilon$ ($\sigma$)", "accuracy", curves)],
    {
        0: (
            np.tile(amounts, 3),
            np.concatenate(list(hits.values())),
            np.concatenate(list(error.values())),
        )
    },
    {},
    height=3.2,
)

# %% tags=["nbval-check-output"]
for kind in KINDS:
    off = (np.array(hits[kind]) - expected[kind]) / error[kind]
    print(f"{kind:7} within 4 standard errors: {bool(abs(off).max() < 4)}")

# %% [markdown]
# This plane has no layers and no training. Its normal $w$ lies along $\mu$ here, which makes it the best classifier that there is for these clouds. And yet a push of a fraction of
# $\sigma$ in every component undoes it, because there are so many components. Keep that in mind when somebody blames depth.
#
# ## On MNIST: a push that you read through
#
# Train the MLP for one epoch, here and now, and push some test images ({numref}`fig-conjugates-digits`,
# and {numref}`fig-conjugates-force` for the force itself). Pixels run from 0 (black) to 1 (white) and stay there.

# %%
dataset = mnist_or_digits()
data = load_dataset(dataset)
run = fit(
    recipes["mlp"].replace(dataset=dataset, epochs=1, lr=0.02), 0, "cpu"
)
network = nn.Sequential(Scaled(*run.recipe.pixel_range), run.model).eval()
images, labels = spaced(400, data.test_inputs(), data.test_labels)
force = conjugate(network, cross_entropy, images, labels).p
attacked = fgsm(
    network, cross_entropy, images, labels, REFERENCE, low=0, high=1
)
draw = torch.Generator().manual_seed(1)
signs = random_step(images, 1.0, generator=draw).sign()
shaken = (images + REFERENCE * signs).clamp(0, 1)

# %% mystnb={"image": {"alt": "Three rows of the same five digits: as they are, after the push, and after random signs of the same strength. The lower two have pale grey specks on the paper, in smooth patches after the push and as grains after random signs; all digits are legible. Titles tell what the network reads after the push."}, "figure": {"name": "fig-conjugates-digits", "caption": "Five digits, after a push in phase, and after random signs of the same size."}}
with torch.no_grad():
    answers = network(attacked).argmax(1)
shown = ((answers != labels) & right(network, images, labels)).nonzero()[
    :5, 0
]
plots.image_rows(
    {
        "as they are": images[shown].view(-1, 28, 28),
        "pushed": attacked[shown].view(-1, 28, 28),
        "shaken": shaken[shown].view(-1, 28, 28),
    },
    [
        f"{a} read as {b}"
        for a, b in zip(
            labels[shown].tolist(), answers[shown].tolist(), strict=True
        )
    ],
)

# %% mystnb={"image": {"alt": "One row of five images in orange and violet, each at a scale of its own: the force on the pixels of the five digits, strongest in blotches near the strokes, with no digit to be seen in them."}, "figure": {"name": "fig-conjugates-force", "caption": "The force on the pixels of these digits."}}
plots.image_rows(
    {
        "force $p$": (
            force[shown] / force[shown].abs().amax(1, keepdim=True)
        ).view(-1, 28, 28)
    },
    [f"{label}" for label in labels[shown].tolist()],
    signed=True,
)

# %%
print(f"Live, {TITLES[dataset]}, one epoch, one seed, {len(labels)} images")
for name, moved in {
    "as they are": images,
    "random signs": shaken,
    "in phase": attacked,
}.items():
    share = right(network, moved, labels).float().mean().item()
    print(f"  {name:13} {100 * share:5.1f} % right")
ratio = force.abs().sum(1) / force.norm(dim=1)
print(
    f"in phase over random signs, median: {ratio.median():.1f} times the work"
)

# %% [markdown]
# The specks are equally strong in both, and you read all of these digits. The patterns in colour are the forces, each image at its own
# scale: nothing that you would call another digit. The last line is {eq}`eq-conjugates-phase` for
# real forces; it falls short of that of normal numbers, since some pixels carry more of the force than others.
#
# ## The records: accuracy against $\varepsilon$
#
# Now with five seeds ({numref}`fig-conjugates-accuracy`), for three networks, on images that are used for nothing else. PGD takes twenty steps from a random start. An
# image counts as right only if it survives the attack up *every* loss that we try.

# %% mystnb={"image": {"alt": "Three panels, one a network, of accuracy against the size of the attack. In each, the curve for random signs stays high over most of the range; a curve for the gradient borrowed from another image lies below it; the signed step and projected gradient descent fall steeply towards zero, and a first-order prediction falls with them."}, "figure": {"name": "fig-conjugates-accuracy", "caption": "Accuracy against the size of the attack, for three networks; means over seeds with 95 % intervals."}}
METRICS = {
    "random signs": "noise",
    "borrowed force": "borrowed",
    "one signed step": "fgsm",
    "PGD": "pgd",
    "first order": "first_order",
}


def band(study, metric, sizes):
    """Sizes, and the mean and its interval over seeds in percent."""
    seeds = np.array([r.curve(metric) for r in shelf.runs(study.name)]).T
    intervals = 100 * np.array([paired_interval(row) for row in seeds])
    return (sizes, *intervals.T)


plots.accuracy_under_attack(
    {
        title: {
            label: band(NETWORKS[name], metric, EPSILONS)
            for label, metric in METRICS.items()
        }
        for title, name in TRAINED.items()
    },
    r"size of the push $\varepsilon$ (black to white is 1), full record",
)

# %% [markdown]
# Three things to read off.
#
# **Phase is what counts.** Random signs of the same strength cost little where PGD has taken nearly everything.
#
# **It is this image's force that counts.** The *borrowed* force is the gradient of another image with another label. It is as
# smooth, as strong and as much a gradient as one's own. It does harm, the more the larger the push, but less.
#
# **First order goes a long way.** Divide an image's lead over each wrong class by $\lVert p\rVert_1$ of that lead. The least of these is the $\varepsilon$
# at which a straightened network would fall. That is the last curve. It knows nothing of the walls at 0 and 1, which help the
# defender: most pixels are black, and cannot get blacker.

# %% tags=["nbval-check-output"]
rows = []
for title, name in {**TRAINED, "linear classifier": "linear"}.items():
    runs = shelf.runs(NETWORKS[name].name)
    cells = []
    for metric, size in (
        ("pgd", 0.0),
        ("noise", REFERENCE),
        ("fgsm", REFERENCE),
        ("pgd", REFERENCE),
    ):
        score = attacked_accuracy(metric, size)
        mean, low, high = paired_interval([score(r) for r in runs])
        cells.append(
            f"{100 * mean:.1f} [{100 * low:.1f}, {100 * high:.1f}]"
        )
    rows.append([title, *cells])
markdown_table(
    [
        f"accuracy (%) at {REFERENCE:g}",
        "as they are",
        "random signs",
        "one signed step",
        "PGD",
    ],
    rows,
)

# %% [markdown]
# The last row is the control for the word *structure* in the abstract: a classifier without any hidden layer. It loses more than the MLP
# and the convolutional network do, as the plane above has led you to expect; only the experimental network loses more still. Structure
# changes how fragile a classifier is, in both directions. It is not where the fragility comes from.
#
# ## A loss that hides the way up
#
# A network may *look* robust because the attack lost its way: **gradient masking** {cite}`athalye2018`. Three tests are standard: attacks must beat noise; more
# steps must not be weaker; and a push that is large enough must win always. For the experimental network there is one more
# question: up which loss?
#
# Its own loss is a modulus, $L = |Q|$, with $Q = \langle\alpha d^2 - \gamma d^4 + \frac12(\partial\hat\varphi)^2\rangle$.
# [The chapter on it](../components/01_ginzburg_landau) shows that $Q$ is *positive* at the right answer, since one-hot outputs are rough, and negative
# where the answer is wrong. Between them lies $Q = 0$, where the modulus has its floor. So whoever climbs $|Q|$ from a right
# answer climbs the small hill on the near side, and walks *away* from the errors. Drop the modulus, and the hill is gone: $-Q$ rises
# all the way. Cross-entropy has a trap of its own. It needs logits, and these outputs have no scale, so that they may be large. Its force
# is in proportion to the probability of an error, $e^{-m}$ with the margin $m$ of the right output over the others; beyond $m\approx 100$ that is below the smallest number in single
# precision, and the force is zero, however carefully you compute it. The margin itself, with its sign turned, has neither
# trap ({numref}`fig-conjugates-losses`).

# %% mystnb={"image": {"alt": "Accuracy of the experimental network against the size of the attack for projected gradient descent up four losses. The curve for its own loss and the one for cross-entropy stay high; those for the bracket without the modulus and for the margin fall steeply, and the curve of the worst of all lies with them."}, "figure": {"name": "fig-conjugates-losses", "caption": "The experimental network, attacked up one loss after the other."}}
ATTACKS = {
    "own loss, $|Q|$": "pgd_own",
    "cross-entropy": "pgd_cross_entropy",
    "bracket, $-Q$": "pgd_bracket",
    "margin": "pgd_margin",
    "all of them": "pgd",
}
plots.accuracy_under_attack(
    {
        "experimental network, up which loss?": {
            label: band(NETWORKS["experimental"], metric, EPSILONS)
            for label, metric in ATTACKS.items()
        }
    },
    r"size of the push $\varepsilon$ (black to white is 1), full record",
    height=2.8,
)

# %%
odd = fit(
    recipes["physlib"].replace(dataset=dataset, epochs=1, lr=0.08), 0, "cpu"
)
ours = nn.Sequential(Scaled(*odd.recipe.pixel_range), odd.model).eval()
with torch.no_grad():
    phi = ours(images)
good = right(ours, images, labels)
bracket = -ginzburg_landau_bracket(phi, labels)
vanished = input_gradient(ours, cross_entropy, images, labels)
vanished = vanished.abs().amax(1) == 0
print(f"Live, {TITLES[dataset]}, one epoch, one seed")
print(
    f"largest output, median             {phi.abs().amax(1).median():.0f}"
)
print(
    f"right answers with Q > 0           {100 * (bracket[good] > 0).float().mean():.0f} %"
)
print(
    f"wrong answers with Q > 0           {100 * (bracket[~good] > 0).float().mean():.0f} %"
)
print(
    f"no force at all up cross-entropy   {100 * vanished.float().mean():.0f} %"
)

# %% [markdown]
# So the robustness under its own loss is a mask. The numbers of this chapter are those of the worst attack. And the other
# tests? Accuracy at $\varepsilon$ fixed, for more and more steps, and at the largest $\varepsilon$ on record:

# %% tags=["nbval-check-output"]
rows = []
for title, name in TRAINED.items():
    _, mean, _, _ = band(NETWORKS[name], "steps", COUNTS)
    _, whole, _, high = band(NETWORKS[name], "pgd", EPSILONS)
    rows.append([title, *(f"{m:.1f}" for m in mean), f"{whole[-1]:.1f}"])
markdown_table(
    [
        f"accuracy (%) at {REFERENCE:g}",
        *(f"{count} steps" if count > 1 else "1 step" for count in COUNTS),
        f"PGD at {EPSILONS[-1]:g}",
    ],
    rows,
)

# %% [markdown]
# ## Does a large conjugate mean a fragile image?
#
# So far only signs counted. Now to sizes: if conjugates "reveal" fragility, images with a large $\lVert p\rVert_1$ should be lost
# at a smaller $\varepsilon$. (In a ranking of one network's images the norm drops out once more: it divides all of them by one number.) We rank the images of each network by both. The rival is the margin over *its* 1-norm, the first-order
# radius from above, which knows how far there is to go and not only how steep it is.

# %% tags=["nbval-check-output"]
rows = []
for title, name in TRAINED.items():
    runs = shelf.runs(NETWORKS[name].name)
    cells = [
        signed(paired_interval([r.final(metric) for r in runs]))
        for metric in ("conjugate_rank", "margin_rank")
    ]
    rows.append([title, *cells])
markdown_table(
    ["rank correlation with the ε that is needed", "−size of p", "margin"],
    rows,
)

# %% [markdown]
# Both rank images well. That the size of $p$ does, although it is a slope and no distance, has a reason in the networks that are trained on
# cross-entropy: its force is the slope of the margin times the probability of an error, which is small where the margin is large. So $p$
# knows of the margin too.
#
# ## Is it intrinsic?
#
# Train the same networks on images that are attacked afresh at every step, with four steps of PGD {cite}`madry2018`. The
# structure is the same. If fragility were in the structure, little would change in {numref}`fig-conjugates-hardened`.

# %% mystnb={"image": {"alt": "Two panels, one for the multilayer perceptron and one for the convolutional network: accuracy under projected gradient descent against its size, for networks trained on plain and on attacked images, and for a linear classifier in the first panel. The curves of the hardened networks stay high for longer and fall later."}, "figure": {"name": "fig-conjugates-hardened", "caption": "The same networks, trained plainly and on attacked images."}}
plots.accuracy_under_attack(
    {
        "MLP": {
            label: band(NETWORKS[name], "pgd", EPSILONS)
            for label, name in {
                "plain": "mlp",
                "hardened": "hardened-mlp",
                "linear, plain": "linear",
            }.items()
        },
        "small convolutional network": {
            label: band(NETWORKS[name], "pgd", EPSILONS)
            for label, name in {
                "plain": "cnn",
                "hardened": "hardened-cnn",
            }.items()
        },
    },
    r"size of the push $\varepsilon$ (black to white is 1), full record",
)

# %% tags=["nbval-check-output"]
for title, name in {
    "hardened MLP": "hardened-mlp",
    "hardened convolutional network": "hardened-cnn",
}.items():
    runs = shelf.runs(NETWORKS[name].name)
    scores = [r.final("test_accuracy") for r in runs]
    learned = sum(score >= COLLAPSED for score in scores)
    print(f"{title}: {learned} of {len(runs)} seeds have learned to read")

# %% [markdown]
# A seed that has not learned keeps its accuracy, at chance, under every attack. That is no robustness, so it counts as no number
# in what follows. The share of the damage that is left after hardening:

# %% tags=["nbval-check-output", "hide-input"]
sensitivity_table(shelf, "intrinsic-susceptibility")

# %% [markdown]
# ## Pixels or features?
#
# A pattern of grey specks is no digit. Would a push be more dangerous if it moved the *features*, so that every image on the way is
# one that could have been drawn? Take an autoencoder: it writes an image as a code $z$ of a few numbers, and a decoder draws $D(z)$. All
# its drawings form a surface of few dimensions in the space of all images.
#
# A step $\mathrm dz$ moves the image by $J\,\mathrm dz$ with $J = \partial_z D$. To compare fairly, both attackers get the same *distance between
# images*, $\|D(z') - D(z)\|_2 = r$, and both start from $D(z)$, so that the decoder's errors count for neither. The one in pixel space may go
# anywhere, the other only along the surface. To first order the best work of each is
#
# $$
# \begin{aligned}
# &r\,\lVert p\rVert_2 \quad\text{and}\quad r\,\|P p\|_2 , \\
# &P = J(J^TJ)^{-1}J^T ,
# \end{aligned}
# $$ (eq-conjugates-surface)
#
# with $P$ the projection onto the surface, and the step in the code is $(J^TJ)^{-1}J^Tp$, the gradient in the decoder's own metric.
# **At equal distance the attack on features cannot be the stronger one, to first order.** How much weaker it is depends on how
# much of the force lies in the surface ({numref}`fig-conjugates-codes`). Of a random force it would be $\sqrt{k/n}$, with $k$ numbers in the code.

# %%
source(tangent_gradient)

# %% mystnb={"image": {"alt": "Three panels, one a network, of accuracy against the distance between images. Curves for random directions in code and in pixel space stay level near the top; the attack on the code falls, and the attack on pixels falls faster."}, "figure": {"name": "fig-conjugates-codes", "caption": "Attacks on pixels and on features, at equal distance between images."}}
WAYS = {
    "random code": "random_code",
    "random pixels": "random_pixel",
    "code attacked": "code",
    "pixels attacked": "pixel",
}


def from_zero(study, metric):
    """As `band`, with the redrawn images at distance 0 before it."""
    first = band(study, "redrawn_accuracy", (0.0,))
    return tuple(
        np.concatenate([a, b])
        for a, b in zip(first, band(study, metric, RADII), strict=True)
    )


plots.accuracy_under_attack(
    {
        title: {
            label: from_zero(CODES[name], metric)
            for label, metric in WAYS.items()
        }
        for title, name in TRAINED.items()
    },
    r"distance between images $r$ ($\ell_2$), full record",
)

# %% tags=["nbval-check-output"]
rows, place = [], RADII.index(2.0)
for title, name in TRAINED.items():
    runs = shelf.runs(CODES[name].name)
    differences = [
        [100 * (r.curve(a)[place] - r.curve(b)[place]) for r in runs]
        for a, b in (("code", "pixel"), ("random_code", "code"))
    ]
    shares = paired_interval([r.final("tangent_share") for r in runs])
    rows.append(
        [
            title,
            f"{shares.mean:.2f}",
            *(signed(paired_interval(d), digits=1) for d in differences),
        ]
    )
k = CODES["mlp"].settings["code"]
markdown_table(
    [
        f"at distance {RADII[place]:g}",
        "part of the force in the surface "
        f"(random: {float(theory.random_tangent_share(k, 784)):.2f})",
        "right after code − pixels (points)",
        "random code − code (points)",
    ],
    rows,
)

# %% tags=["nbval-check-output"]
print("measured distances differ from r by at most")
for title, name in TRAINED.items():
    apart = {
        label: max(
            abs(r.curve(f"{way}_distance")[k] / radius - 1)
            for r in shelf.runs(CODES[name].name)
            for k, radius in enumerate(RADII)
        )
        for label, way in WAYS.items()
    }
    print(
        f"  {title}:",
        ", ".join(f"{k} {100 * v:.1f} %" for k, v in apart.items()),
    )

# %% [markdown]
# The distances are means over images and over the attacks up several losses. Those of the experimental network are short of $r$ for
# a reason that you know by now: up the cross-entropy there is often no force, and then nothing moves. An image counts as right only if it
# survives the margin as well, and that attack goes all the way.
#
# As {eq}`eq-conjugates-surface` has it, the attack on pixels is the stronger one at every distance. But look at the part of the force that lies
# in the surface: it is several times that of a random direction. The force on a trained network points to a good part along
# changes that a decoder can draw.
#
# The control is the random direction in code space. It moves the image as far, along the same surface, and costs little. So it is not
# that features are fragile as such: here too the push must be in phase.
#
# ## What the paper claims, and the verdicts
#
# The definitions and thresholds are ours; they were written down before the records were made. What the abstract says of the
# uncertainty principle has [a chapter of its own](22_uncertainty_principle).

# %% tags=["nbval-check-output", "hide-input"]
verdict_table(
    shelf,
    "non-random-perturbations",
    "input-conjugates",
    "conjugate-size",
    "fragile-structure",
    "intrinsic-susceptibility",
)

# %% [markdown]
# Each link leads to the definition and to the numbers of every network.
#
# ## Exercises
#
# **1.** You may change the sum of all moduli by $\varepsilon$: $\|\delta\|_1 \le \varepsilon$. What is the best push, and what norm of the force
# does it work against? Check on the plane.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
step = torch.zeros(n)
step[w.abs().argmax()] = w.sign()[
    w.abs().argmax()
]  # all of it on one input
random = torch.randn(1000, n, generator=draw)
rivals = random @ w / random.abs().sum(1)
print("its work is the largest modulus:", bool(step @ w == w.abs().max()))
print("no random push does better:", bool(rivals.max() < step @ w))

# %% [markdown]
# **2.** Make the MLP look robust without changing one of its answers: multiply its outputs by a large number. What happens to a signed step up the
# cross-entropy, what to one up the margin, and why?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
factor, margin = 1000, losses_of("mlp")["margin"]
masked = {}
for name, loss in (("cross-entropy", cross_entropy), ("margin", margin)):
    for scale in (1, factor):
        moved = fgsm(
            lambda x, s=scale: s * network(x), loss, images, labels,
            REFERENCE, low=0, high=1,
        )  # fmt: skip
        masked[name, scale] = right(network, moved, labels).float().mean()
print(
    "cross-entropy is blinded:",
    bool(
        masked["cross-entropy", factor] > masked["cross-entropy", 1] + 0.1
    ),
)
print(
    "the margin is not:",
    bool(abs(masked["margin", factor] - masked["margin", 1]) < 0.02),
)

# %% [markdown]
# **3.** A cube of half width $\varepsilon$ and a ball of radius $\varepsilon\sqrt n$ both reach as far as the cube's corners. Which is the more dangerous, to
# first order, and by what factor for normal forces?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
many = torch.randn(500, n, generator=draw)
ratio = math.sqrt(n) * many.norm(dim=1) / many.abs().sum(1)
print("the ball, always:", bool((ratio >= 1).all()))
print(f"by {ratio.mean():.2f}; expected {math.sqrt(math.pi / 2):.2f}")

# %% [markdown]
# **4.** Draw a flat decoder at random, $D(z) = Az$, attack its code against the plane above, and compare the work with
# {eq}`eq-conjugates-surface` and with $\sqrt{k/n}$.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
decoder, k = torch.randn(n, 16, generator=draw), 16
codes = torch.randn(50, k, generator=draw)
none = torch.zeros(50)
found = code_attack(
    lambda x: x @ w, lambda z: z @ decoder.T, lambda phi, y: phi,
    codes, none, 1.0, steps=3,
)  # fmt: skip
work = ((found - codes) @ decoder.T) @ w
inside = torch.linalg.qr(decoder).Q.T @ w
print(
    "the projected force:",
    bool((work / inside.norm() - 1).abs().max() < 0.01),
)
share = (inside.norm() / w.norm()).item()
print(
    f"its part {share:.2f}; root mean square {float(theory.random_tangent_share(k, n)):.2f}"
)

# %% [markdown]
# ## Further reading
#
# Szegedy and others found the effect {cite}`szegedy2014`; Goodfellow, Shlens and Szegedy explained it by the sum of many small terms
# {cite}`goodfellow2015`, which is {eq}`eq-conjugates-phase`. Mądry and others made the attack and the defence that most papers use
# {cite}`madry2018`. Athalye, Carlini and Wagner show how defences hide gradients {cite}`athalye2018`. The first-order radius is a step
# of DeepFool {cite}`moosavi2016`. Stutz, Hein and Schiele ask the question of pixels and surfaces in depth {cite}`stutz2019`.
#
# What this page cost:

# %%
cost(start)
