"""Placeholder until its author fills it in."""
import click


@click.group()
def command() -> None: ...
