"""What a mix is called: above its picture, below its name, and as a file."""

from __future__ import annotations

from voxview.engine.mix import MixRequest


def mix_title(request: MixRequest) -> str:
    """Return "Mix of 4", "P − Q + R", "Exchange" or "Reshaped"."""
    if request.shift:
        return "Reshaped"
    if request.is_exchange:
        return "Exchange"
    if any(weight < 0 for weight in request.weights):
        return "P − Q + R"
    n = _counting(request)
    return f"Mix of {n}" if n > 1 else "One chair"


def mix_parts(request: MixRequest) -> str:
    """Return the share of each chair, in the chairs' order, what each gives, or the moved attributes."""
    if request.shift:
        return ", ".join(attribute_name(name) for name, _ in request.shift)
    if request.is_exchange:
        return " · ".join(f"{part} of {name}" for part, name in request.chairs[0].details.items())
    if any(weight < 0 for weight in request.weights):
        strength = max(request.weights[1:])
        return f"strength {percent(strength)}"
    return " · ".join(percent(weight) for weight in request.weights)


def mix_file_stem(request: MixRequest) -> str:
    """Return what an exported mix is called, without its suffix."""
    return {"P − Q + R": "p-minus-q-plus-r"}.get(
        mix_title(request), mix_title(request).lower().replace(" ", "-")
    )


def attribute_name(name: str) -> str:
    """Return "Seat height" for "seat_height"."""
    return name.replace("_", " ").capitalize()


def percent(share: float) -> str:
    """Return a share as whole per cent, with a real minus."""
    return f"{share * 100:.0f} %".replace("-", "−")


def _counting(request: MixRequest) -> int:
    return sum(weight != 0 for weight in request.weights)
