"""The `physlib` command. torch loads inside the commands, so that help is instant."""

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from physlib.guarding import one_line_errors
from physlib.recipes import recipes

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.callback()
def physlib() -> None:
    """Neural networks from physics: the command behind the book."""


@app.command()
@one_line_errors
def train(
    recipe: Annotated[str, typer.Argument(help=f"One of {', '.join(recipes)}.")],
    against: Annotated[
        str | None, typer.Option(help="A second recipe to train and compare with.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Of weights, order of images, and noise.", show_default="0")
    ] = None,
    seeds: Annotated[
        int | None, typer.Option(help="Train from seeds 0 to N − 1 at once, and show their mean.")
    ] = None,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1, …")] = None,
    dataset: Annotated[
        str | None,
        typer.Option(help="mnist, fashion-mnist, kmnist, digits; auto is mnist if there is any."),
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="FIELD=VALUE of the recipe; repeatable.")
    ] = None,
    checkpoint: Annotated[
        Path | None, typer.Option(help="File to write every epoch, and to resume from.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the curves to this PNG.")] = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Train a recipe, and show how it went."""
    names = [recipe] if against is None else [recipe, against]
    if len(names) == 2 and checkpoint:
        raise ValueError("checkpoint must be left out with against: one file holds one run")
    if against == recipe:
        raise ValueError(f"against must be another recipe than {recipe!r}")
    alone = {"seed": seed, "checkpoint": checkpoint, "plot": plot}
    if seeds is not None and (
        given := [name for name, value in alone.items() if value is not None]
    ):
        raise ValueError(f"{given[0]} must be left out beside seeds: it is for a single run")
    chosen = [recipes[name].override(*(settings or [])) for name in names]
    if epochs is not None:
        chosen = [r.override(f"epochs={epochs}") for r in chosen]

    from physlib.files import atomic_path, require_writable

    if plot and plot.suffix != ".png":
        raise ValueError(f"plot must name a .png file, got {str(plot)!r}")
    for name, path in (("plot", plot), ("checkpoint", checkpoint)):
        if path:
            require_writable(name, path)
    if dataset == "auto":
        from physlib.data import mnist_or_digits

        dataset = mnist_or_digits()
    if dataset is not None:
        chosen = [r.override(f"dataset={dataset}") for r in chosen]

    from physlib import report
    from physlib.launching import joined
    from physlib.training import fit

    groups, runs = [], []
    with joined(device) as first:
        if seeds is None:
            runs = [fit(r, seed or 0, device, checkpoint=checkpoint) for r in chosen]
        else:
            groups = [fit(r, seeds=range(seeds), device=device) for r in chosen]
    if not first:  # another rank says it
        return
    if groups:
        if as_json:
            print(json.dumps(report.seeds_as_json(groups)))
        else:
            report.show_seeds(groups)
        return
    if as_json:
        rival = {"against": report.as_json(runs[1])} if len(runs) == 2 else {}
        print(json.dumps({**report.as_json(runs[0]), **rival}))
    else:
        report.show_table(runs)
    if plot:  # after the numbers, which it must not take with it if it fails
        from physlib.plots import accuracy_curves

        with atomic_path(plot) as temporary:
            accuracy_curves(report.accuracies(runs), report.title(runs)).savefig(temporary)
        print(f"Curves written to {plot}", file=sys.stderr)
    elif not as_json:
        report.show_curves(runs)


@app.command()
@one_line_errors
def reproduce(
    profile: Annotated[
        str, typer.Option(help="fast (minutes) or full (two to three hours).")
    ] = "fast",
    experiment: Annotated[
        list[str] | None, typer.Option(help="One experiment; repeatable. All by default.")
    ] = None,
    jobs: Annotated[int, typer.Option(help="Processes at once; -1 is one per core.")] = -1,
    dask: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler to run on instead.")
    ] = None,
    results: Annotated[Path, typer.Option(help="Folder of the records.")] = Path("results"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Run the book's experiments, or what is missing of them; results land in records."""
    from physlib.launching import launched
    from physlib.reproduce import reproduce as run_experiments

    if launched():
        raise ValueError("reproduce must be started without torchrun: it has --jobs and --dask")
    outcome = run_experiments(experiment, profile=profile, results=results, jobs=jobs, dask=dask)
    if as_json:
        print(json.dumps(asdict(outcome)))
    else:
        print(
            f"{outcome.done} runs done ({outcome.diverged} of them diverged, which is a result), "
            f"{outcome.found} were on record already, {len(outcome.failed)} failed"
        )
    for line in outcome.failed:
        print(f"physlib: failed: {line}", file=sys.stderr)
    if outcome.failed:
        raise typer.Exit(1)


@app.command()
@one_line_errors
def verdicts(
    profile: Annotated[str, typer.Option(help="Which records: full or fast.")] = "full",
    results: Annotated[Path, typer.Option(help="Folder of the records.")] = Path("results"),
    page: Annotated[Path, typer.Option(help="The page to write.")] = Path("book/verdicts.md"),
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Judge the post's claims by the records, and write the page that says so."""
    from physlib.claims.judging import Shelf
    from physlib.files import atomic_path
    from physlib.verdicts import as_json as as_plain
    from physlib.verdicts import page as page_of

    shelf = Shelf(results, profile)
    if as_json:
        print(json.dumps(as_plain(shelf), allow_nan=False))
        return
    text = page_of(shelf, page.parent.parent)
    with atomic_path(page) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")
    print(f"Verdicts written to {page}")


@app.command()
@one_line_errors
def doctor(as_json: Json = False, debug: Debug = False) -> None:
    """Say what this machine has, and what is missing."""
    from physlib.doctor import findings

    found = findings()
    if as_json:
        print(json.dumps({f.name: {"ok": f.ok, "found": f.found} for f in found}))
    else:
        from rich.console import Console
        from rich.table import Table

        table = Table("", "what", "found", box=None)
        for f in found:
            missing = "[red]no[/]" if f.needed else "–"
            table.add_row("[green]ok[/]" if f.ok else missing, f.name, f.found)
        Console().print(table)
    if not all(f.ok for f in found if f.needed):
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the `physlib` command."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a sign shows another one; no result is lost over it.
        getattr(stream, "reconfigure", lambda **_: None)(errors="replace")
    app(prog_name="physlib")
