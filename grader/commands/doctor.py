"""What `kata doctor` says: each layer of the jail on this machine, tried and found out."""

import platform

from grader.jail import Isolation
from grader.jail.isolation import HOW_TO_GET

_LAYERS = {
    "seccomp": "refuses every system call that reaches anything",
    "landlock": "refuses all files, TCP and signals, a second time",
    "bubblewrap": "shows only the interpreter and NumPy; own network",
    "identity": "runs as nobody, if the grader runs as root",
    "capabilities": "no capabilities, and none to be had",
    "limits": "memory, CPU time, file size, descriptors",
}


def describe(isolation: Isolation) -> str:
    """Return the screen: the level, each layer with what came back, what could be reached."""
    lines = [
        f"isolation: {isolation.level}    ({platform.system()} {platform.machine()})",
        "",
    ]
    for layer, purpose in _LAYERS.items():
        came = isolation.layers.get(layer, "not tried")
        mark = "[HELD]" if came.startswith("held") else "[MISS]"
        lines.append(f"{mark} {layer:<12} {purpose}")
        if came != "held":
            lines.append(f"{'':20}{came}")
            if layer in HOW_TO_GET and mark == "[MISS]":
                lines.append(f"{'':20}needs {HOW_TO_GET[layer]}")
    lines.append("")
    if isolation.reached:
        lines.append("A probe inside, all layers on, tried and was not refused:")
        lines += [f"  {name}: {came}" for name, came in sorted(isolation.reached.items())]
    else:
        lines.append(
            "A probe inside, all layers on, tried to open, write, list and look up files, to\n"
            "start a process, to use the network, to signal and to read the grader: all refused."
        )
    return "\n".join(lines)
