"""The command ``sinmungo routing learn``: what the job does at night, now."""

from collections.abc import Callable
from typing import Any

import click
import orjson

from petitions.actions import learning
from server.core.config import Settings


@click.command(name="learn")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.pass_obj
def learn_command(run: Callable[..., Any], *, as_json: bool) -> None:
    """Learn from the handled cases where new ones belong.

    The version routes from then on, unless it is worse on held-back cases than the one before it. Exits with 1 if there
    are too few cases.
    """

    async def work(_settings: Settings) -> dict[str, Any] | None:
        row = await learning.learn()
        return None if row is None else next(one for one in await learning.versions() if one["id"] == row.id)

    found = run(work)
    if found is None:
        raise click.ClickException(
            f"There are too few handled cases to learn from: {learning.FEWEST} are needed, of two departments."
        )
    if as_json:
        click.echo(orjson.dumps(found))
        return
    click.echo(f"Version {found['id']}: learned from {found['cases']} cases, {found['corrections']} of them corrected.")
    for name, figures in found["evaluation"].items():
        if figures:
            said = ", ".join(f"{figure} {figures[figure]}" for figure in ("top1", "top3", "calibration_error"))
            click.echo(
                f"{'This version' if name == 'own' else 'The one before'} on {found['held']} other cases: {said}"
            )
    click.echo("It routes from now on." if found["active"] else "It is worse, so the one before it goes on.")
