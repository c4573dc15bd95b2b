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
# # The table, row by row
#
# The post ends with a table of five rows, two networks, and no error bars:
#
# > | Metric | Experimental NN | Traditional NN |
# > |---|---|---|
# > | Accuracy on MNIST | 89% | 85% |
# > | Convergence Time | 80 epochs | 100 epochs |
# > | Parameter Count | 1.2 million | 1 million |
# > | Spatial Coherence Score | 0.9 | 0.7 |
# > | Stability on Noisy Data | High | Moderate |
#
# This chapter asks of each row: what would it mean, what do our records say, and how far does the answer depend on what
# we took it to mean?
#
# **You will learn** which errors an error bar covers, why ten seeds need Student's factor, how two networks are compared
# fairly, and what becomes of the five rows.
#
# **You need** means, variances and the normal distribution; and from [the last chapter](10_putting_it_together), how
# settings were chosen.

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

import numpy as np
from IPython.display import Markdown
from scipy import stats

from physlib import fit, plots, recipes
from physlib.claims import claims
from physlib.claims.claim import ACCURACY, accuracy_after, plateau, reaching
from physlib.claims.counts import parameter_ratio
from physlib.convergence import convergence_epoch
from physlib.data import TITLES, mnist_or_digits
from physlib.experiments import TUNING
from physlib.intervals import (
    bootstrap_coverage,
    bootstrap_interval,
    paired_interval,
)
from physlib.metrics import accuracy_interval
from physlib.notebook import (
    cost,
    records,
    sensitivity_table,
    source,
    verdict_table,
)

shelf = records()
METHODS = {
    "experimental": "headline-experimental-tuned",
    "MLP": "headline-mlp-tuned",
    "smaller MLP": "headline-mlp-smaller-tuned",
    "bare layer": "headline-post-tuned",
}

# %% [markdown]
# ## What an error bar covers
#
# Weigh a stone ten times on one scale, and the scatter tells you about your hands, not about the scale. An accuracy on
# MNIST scatters for at least three reasons, and each has its own error bar:
#
# - **The test images.** There are ten thousand of them, drawn once. With accuracy $p$ the count of right answers is
#   binomial, so $p$ is known to $\sqrt{p(1-p)/n}$. This part is the same for every seed.
# - **The seed.** Other initial weights, another order of images, other noise: another number, with nothing changed that
#   anybody would report.
# - **The settings.** Learning rate, damping, batch size. The post names none of them. Whoever tunes one network and not the
#   other has measured the tuning.
#
# Here are the three for the ordinary network, from the records:

# %% tags=["nbval-check-output"]
mlp = shelf.scores(METHODS["MLP"], ACCURACY)
right = round(np.mean(mlp) * 10_000)
low, high = accuracy_interval(right, 10_000)
trials = [shelf.runs(t.name)[0] for t in TUNING["mlp"].trials]
settings = np.array([t.final("test_accuracy") for t in trials])
print("scatter of the MLP's accuracy, in points")
print(f"  test images (standard error)    {100 * (high - low) / 3.92:6.2f}")
print(f"  seeds (standard deviation)      {100 * np.std(mlp, ddof=1):6.2f}")
print(
    f"  settings (quartile to quartile) "
    f"{100 * np.subtract(*np.nanpercentile(settings, [75, 25])):6.2f}"
)

# %% [markdown]
# ## Pairs
#
# Both networks see the images in the same order if they have the same seed, and the same test images always. So we do not
# compare two means, but take the difference seed by seed. If $a$ and $b$ are the accuracies of a pair, with standard deviations
# $\sigma_a$, $\sigma_b$ and correlation $\rho$,
#
# $$
# \operatorname{Var}(a - b)
# = \sigma_a^2 + \sigma_b^2 - 2\rho\,\sigma_a\sigma_b .
# $$ (eq-table-pairs)
#
# Whatever the two share, $\rho > 0$, drops out. And if they share nothing, nothing is lost but a few degrees of freedom.
#
# ## Ten seeds, and Student's factor
#
# The mean of $n$ differences has an error that must itself be estimated from $n$ numbers. Student found the price: the
# interval is $\bar d \pm t_{n-1}\, s/\sqrt n$, with a factor $t_{n-1}$ that is well above the normal one for small $n$.
# The *bootstrap*, which draws the $n$ numbers again and again from themselves, is popular since it assumes no shape. But its
# means scatter by $s\sqrt{(n-1)/n}\,/\sqrt n$, and it reads off normal percentiles where Student's are due. So it holds
# the truth in only
#
# $$
# P\Bigl(|t_{n-1}| < z\,\sqrt{(n-1)/n}\Bigr)
# $$ (eq-table-coverage)
#
# of all cases, up to the shape of the resampled law, $z$ being the normal factor. Test both on numbers whose mean we know ({numref}`fig-table-coverage`):

# %%
rng = np.random.default_rng(5)
counts, trials_each = (5, 10, 20), {"Student": 4000, "bootstrap": 250}
covered = {}
for name, interval in (
    ("Student", paired_interval),
    ("bootstrap", bootstrap_interval),
):
    rows = []
    for n in counts:
        samples = rng.normal(1.0, 2.0, (trials_each[name], n))
        held = sum(i.low <= 1.0 <= i.high for i in map(interval, samples))
        rows.append((held, *accuracy_interval(held, len(samples))))
    rows = np.array(rows)
    rows[:, 0] /= trials_each[name]
    covered[name] = tuple(100 * rows.T)
expected = {
    "Student": [95.0] * len(counts),
    "bootstrap": [100 * bootstrap_coverage(n) for n in counts],
}

# %% mystnb={"image": {"alt": "How often intervals hold the true mean, in percent, against the number of seeds: five, ten and twenty. Student's points lie on a level line; the bootstrap's follow a lower line that rises towards it. Bars show the error of the simulation."}, "figure": {"name": "fig-table-coverage", "caption": "How often two kinds of interval hold the true mean. They promise 95 %."}}
plots.coverage(counts, covered, expected)

# %% tags=["nbval-check-output"]
for name, (share, _, _) in covered.items():
    p = np.array(expected[name]) / 100
    error = 100 * np.sqrt(p * (1 - p) / trials_each[name])
    close = np.abs(share - expected[name]) < 4 * error
    print(f"{name}: within 4 standard errors of theory: {close.all()}")

# %% [markdown]
# Hence the rule of this book: Student's interval decides, and the bootstrap's stands beside it, for readers who prefer it.
# On the page of verdicts you find both.
#
# ## Whom to compare with
#
# The post's "traditional" network is not described. A comparison that a sceptic accepts needs a rival that had the same chance:
#
# - **an MLP of the same widths**, which has, but for its biases, the same number of parameters: here equal width and equal
#   count are one network;
# - **a smaller MLP**, whose count is to ours as the post's two counts are to one another;
# - **the bare layer**, the post's listing as printed and nothing else, since the post does not say what stood around it.
#
# All four got the same search ([the last chapter](10_putting_it_together) shows it), and are then trained from ten seeds.
# Three are also kept as they were before the search, to show what the search has done.
#
# ## Accuracy
#
# The claim has two parts: a level for each network, and a lead. Look at the curves first ({numref}`fig-table-accuracy`). The dotted lines are the post's numbers.

# %% mystnb={"image": {"alt": "Test accuracy in percent against the epoch, one to one hundred on a logarithmic axis, for four networks: experimental, multilayer perceptron, smaller perceptron and bare layer. Each is a mean over ten seeds with a band from the lowest to the highest seed. Dotted lines mark the two accuracies of the post."}, "figure": {"name": "fig-table-accuracy", "caption": "Accuracies over the epochs: mean, lowest and highest seed. The two MLPs nearly coincide."}}
curves = {}
for label, name in METHODS.items():
    runs = shelf.runs(name)
    whole = [r for r in runs if r.facts["status"] == "completed"]
    c = 100 * np.array([r.curve("test_accuracy") for r in whole])
    curves[f"{label} ({len(whole)} of {len(runs)} seeds)"] = (
        c.mean(axis=0),
        c.min(axis=0),
        c.max(axis=0),
    )
plots.learning_curves(
    curves,
    "test accuracy (%), full record",
    {"the post: experimental": 89.0, "the post: traditional": 85.0},
)

# %% tags=["nbval-check-output"]
print("test accuracy (%) after the last epoch, ten seeds")
for label, name in METHODS.items():
    scores = [100 * a for a in shelf.scores(name, ACCURACY)]
    mean, low, high = paired_interval(scores)
    print(f"  {label:13} {mean:6.2f}  [{low:.2f}, {high:.2f}]")

# %% [markdown]
# And the differences, seed by seed, from the tuned MLP ({numref}`fig-table-differences`):

# %% mystnb={"image": {"alt": "Differences of test accuracy from the tuned multilayer perceptron in points, one row each for the experimental network, the smaller perceptron and the bare layer: a grey dot for each of ten seeds, a square with a bar for the mean and its interval. A vertical line marks zero."}, "figure": {"name": "fig-table-differences", "caption": "Accuracy, minus that of the tuned MLP with the same seed."}}
differences, intervals = {}, {}
for label, name in METHODS.items():
    if label != "MLP":
        pairs = zip(
            shelf.scores(name, ACCURACY),
            shelf.scores(METHODS["MLP"], ACCURACY),
            strict=True,
        )
        differences[label] = [100 * (a - b) for a, b in pairs]
        intervals[label] = paired_interval(differences[label])
plots.seed_intervals(
    differences, intervals, "test accuracy minus the tuned MLP's (points)"
)

# %% tags=["nbval-check-output"]
print("difference from the tuned MLP, points")
for label, values in differences.items():
    t, b = paired_interval(values), bootstrap_interval(values)
    print(
        f"  {label:13} {t.mean:6.2f}  Student   [{t.low:.2f}, {t.high:.2f}]"
    )
    print(f"  {'':13} {'':6}  bootstrap [{b.low:.2f}, {b.high:.2f}]")

# %% tags=["hide-input", "nbval-check-output"]
lead = intervals["experimental"]
if np.isnan(lead.mean):
    said = "A run diverged, so there is no mean difference to judge."
elif lead.low > 0:
    said = (
        "The network from physics is ahead of an MLP that was tuned alike."
    )
elif lead.high < 0:
    said = "The MLP, tuned alike, is ahead of the network from physics."
else:
    said = "Ten seeds do not tell the two apart."
levels = {
    label: 100 * np.mean(shelf.scores(name, ACCURACY))
    for label, name in METHODS.items()
}
above = [label for label, value in levels.items() if value > 89.0]
Markdown(
    f"{said} Above the post's higher number lie, in the mean: "
    f"{', '.join(above) or 'none of them'}."
)

# %% [markdown]
# Does this depend on us? Here is what the verdict would be under other comparisons:

# %% tags=["nbval-check-output", "hide-input"]
sensitivity_table(shelf, "accuracy")

# %% [markdown]
# Where along the way do our networks pass the post's two numbers? A count of epochs, mean over seeds:

# %% tags=["nbval-check-output"]
print("epochs to reach          85 %    89 %")
for label, name in METHODS.items():
    passed = [
        np.mean(shelf.scores(name, reaching(level)))
        for level in (0.85, 0.89)
    ]
    shown = [
        "  never" if np.isnan(epochs) else f"{epochs:7.1f}"
        for epochs in passed
    ]
    print(f"  {label:20}", *shown)

# %% [markdown]
# "Never" means that at least one seed does not get there. A number of one means: after the first epoch already.
#
# ## Convergence
#
# When has a curve that creeps up for ever *converged*? The post does not say. We take the plateau to be the mean of the last
# tenth of the run, and call a run converged at the first epoch that comes within half a point of it. It is a definition that asks
# each network about its own plateau, so a poor one may converge fast. The other reading, epochs to a given accuracy, rewards
# speed towards a common goal. Both are in the table below.

# %%
source(convergence_epoch)

# %% [markdown]
# A check on a curve whose answer you can work out: $A(1 - e^{-n/\tau})$ has its plateau at $A$, and comes within $\delta$ of it at
# $n = \tau\ln(A/\delta)$.

# %% tags=["nbval-check-output"]
epochs = np.arange(1, 1001)
for tau in (5.0, 12.0, 30.0):
    curve = 0.9 * (1 - np.exp(-epochs / tau))
    exact = tau * np.log(0.9 / 0.005)
    print(
        f"tau {tau:4.0f}: exact {exact:5.1f}, "
        f"first whole epoch {convergence_epoch(curve)}"
    )

# %% tags=["nbval-check-output"]
print("epochs to within half a point of the plateau")
for label, name in METHODS.items():
    mean, low, high = paired_interval(shelf.scores(name, plateau(0.005)))
    print(f"  {label:13} {mean:5.1f}  [{low:.1f}, {high:.1f}]")

# %% tags=["nbval-check-output", "hide-input"]
sensitivity_table(shelf, "convergence")

# %% [markdown]
# ## Parameters
#
# This row is arithmetic. The layer adds two numbers to a linear map and takes its biases away. So a network of a million
# parameters gains next to nothing from the post's layer, whatever the width:

# %% tags=["nbval-check-output"]
for million in (0.1, 0.5, 1.0, 2.0):
    found = parameter_ratio(round(million * 1e6))(shelf)
    print(f"{found.interval.mean:.4f}  ({found.detail})")

# %% [markdown]
# The ratio in the table must come from somewhere else: other widths, or more layers.
#
# ## Coherence and noise
#
# The last two rows need more words, since nothing in them is defined: [a later chapter](14_noise_and_coherence) gives the
# definitions, and varies them.
#
# ## What the post claims, and the verdicts

# %% tags=["nbval-check-output", "hide-input"]
verdict_table(
    shelf,
    "accuracy",
    "accuracy-experimental",
    "accuracy-traditional",
    "convergence",
    "parameters",
    "coherence",
    "noise",
)

# %% tags=["nbval-check-output", "hide-input"]
Markdown(
    f"*We measure*, for the first of them: {claims['accuracy'].definition} "
    "Each link leads to the definition, the threshold and the numbers of "
    "one claim."
)

# %% [markdown]
# The challenge that *"more parameters and terms to tune can complicate the training process"* can be put to the same
# data: how far does a random trial fall behind the best one?

# %% tags=["nbval-check-output", "hide-input"]
sensitivity_table(shelf, "tuning")

# %% [markdown]
# ## One live epoch
#
# One seed, one epoch, both networks as they are before any search: what a reader sees who tries it once. Hold the difference
# against the scatter of seeds above before you conclude anything.

# %%
dataset = mnist_or_digits()
live = {
    name: fit(recipes[name].replace(dataset=dataset, epochs=1), seed=0)
    for name in ("physlib", "mlp")
}
print(f"Live, {TITLES[dataset]}, one epoch, one seed")
for name, run in live.items():
    print(f"  {name:8} {100 * run.test_accuracy:.2f} %")

# %% [markdown]
# ## Exercises
#
# **1.** Has pairing helped? Compute the correlation $\rho$ in {eq}`eq-table-pairs` between the experimental network's accuracies
# and the MLP's, and the variance of the difference by both sides of the equation.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
a = np.array(shelf.scores(METHODS["experimental"], ACCURACY))
b = np.array(shelf.scores(METHODS["MLP"], ACCURACY))
rho = np.corrcoef(a, b)[0, 1]
left = np.var(a - b, ddof=1)
sa, sb = np.std(a, ddof=1), np.std(b, ddof=1)
print(f"correlation {rho:.2f}")
print(
    "both sides agree:",
    bool(np.isclose(left, sa**2 + sb**2 - 2 * rho * sa * sb)),
)

# %% [markdown]
# **2.** How many seeds would resolve a difference of a tenth of a point, if differences scatter as they do on record?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
spread = 100 * np.std(a - b, ddof=1)
n = 2
while stats.t.ppf(0.975, n - 1) * spread / np.sqrt(n) > 0.1:
    n += 1
print(f"differences scatter by {spread:.2f} points: {n} seeds")

# %% [markdown]
# **3.** You make seven comparisons, each at 95 %. If nothing were there, how often would at least one interval exclude zero? By
# what level must you replace 95 % to keep it at one in twenty?

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
print(f"independent: {1 - 0.95**7:.2f} of all cases")
print(f"level needed: {100 * 0.95 ** (1 / 7):.2f} %")

# %% [markdown]
# **4.** Are early epochs kinder to the post's claim? Take the difference to the tuned MLP after the first, the fifth and the twentieth epoch.

# %% tags=["nbval-check-output", "hide-cell"]
# @title Solution
for epoch in (1, 5, 20):
    ours, theirs = (
        np.array(shelf.scores(METHODS[m], accuracy_after(epoch)))
        for m in ("experimental", "MLP")
    )
    mean, low, high = paired_interval((100 * (ours - theirs)).tolist())
    print(f"epoch {epoch:2}: {mean:6.2f}  [{low:.2f}, {high:.2f}] points")

# %% [markdown]
# ## Further reading
#
# Student's interval is derived in every book on statistics; his own data are in this library's tests. For how much seeds and
# settings matter in comparisons of networks, start from the records of this chapter: they are tidy tables, in the folder
# `results/full`, one row a number. The next chapter turns to [the later revision's curves](12_the_published_curve).
#
# What this page cost:

# %%
cost(start)
