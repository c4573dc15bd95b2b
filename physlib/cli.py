"""The `physlib` command. torch loads inside the commands, so that help is instant."""

import json
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from physlib.recipes import recipes

app = typer.Typer(add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]


@app.callback()
def physlib() -> None:
    """Neural networks from physics: the command behind the book."""


@app.command()
def train(
    recipe: Annotated[str, typer.Argument(help=f"One of {', '.join(recipes)}.")],
    against: Annotated[
        str | None, typer.Option(help="A second recipe to train and compare with.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Instead of the recipe's.")] = None,
    seed: Annotated[int, typer.Option(help="Of weights, order of images, and noise.")] = 0,
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
    _guarded(
        debug,
        lambda: _train(
            recipe, against, epochs, seed, device, dataset, settings, checkpoint, plot, as_json
        ),
    )


def _train(
    name: str,
    against: str | None,
    epochs: int | None,
    seed: int,
    device: str | None,
    dataset: str | None,
    settings: list[str] | None,
    checkpoint: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    if against and checkpoint:
        raise ValueError("checkpoint must be left out with against: one file holds one run")
    if plot and plot.suffix != ".png":
        raise ValueError(f"plot must name a .png file, got {str(plot)!r}")
    chosen = [recipes[n].override(*(settings or [])) for n in (name, against) if n]
    if epochs is not None:
        chosen = [r.override(f"epochs={epochs}") for r in chosen]
    if dataset == "auto":
        from physlib.data import mnist_or_digits

        dataset = mnist_or_digits()
    if dataset:
        chosen = [r.override(f"dataset={dataset}") for r in chosen]

    from physlib import report
    from physlib.training import fit

    runs = [fit(r, seed, device, checkpoint=checkpoint) for r in chosen]
    if plot:
        from physlib.files import atomic_path
        from physlib.plots import accuracy_curves

        with atomic_path(plot) as temporary:
            accuracy_curves(report.accuracies(runs), report.title(runs)).savefig(temporary)
    if as_json:
        rival = {"against": report.as_json(runs[1])} if against else {}
        print(json.dumps({**report.as_json(runs[0]), **rival}))
        return
    report.show_table(runs)
    if plot:
        print(f"Curves written to {plot}")
    else:
        report.show_curves(runs)


@app.command()
def doctor(as_json: Json = False, debug: Debug = False) -> None:
    """Say what this machine has, and what is missing."""

    def examine() -> None:
        from physlib.doctor import findings

        found = findings()
        if as_json:
            print(json.dumps({f.name: {"ok": f.ok, "found": f.found} for f in found}))
        else:
            from rich.console import Console
            from rich.table import Table

            table = Table("", "what", "found", box=None)
            for f in found:
                table.add_row("[green]ok[/]" if f.ok else "[red]no[/]", f.name, f.found)
            Console().print(table)
        if not all(f.ok for f in found if f.needed):
            raise typer.Exit(1)

    _guarded(debug, examine)


def main() -> None:
    """Entry point of the `physlib` command."""
    app(prog_name="physlib")


def _guarded(debug: bool, action: Callable[[], None]) -> None:
    """Run `action`; an error becomes one line on stderr and exit code 1."""
    try:
        action()
    except (ValueError, TypeError, OSError, RuntimeError) as error:
        if debug:
            traceback.print_exc()
        else:
            print(f"physlib: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        print("physlib: interrupted", file=sys.stderr)
        raise typer.Exit(130) from None
