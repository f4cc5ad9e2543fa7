"""Names from files in the pages of evaluations."""

from __future__ import annotations

from jinja2 import Environment
from markupsafe import Markup

from voxview.printable import printable


def add_names(environment: Environment) -> Environment:
    """Give templates the filter `name`: printable, escaped, and with a direction of its own (`<bdi>`)."""
    environment.filters["name"] = _name
    return environment


def _name(text: object) -> Markup:
    return Markup("<bdi>{}</bdi>").format(printable(str(text)))
