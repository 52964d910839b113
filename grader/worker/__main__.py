"""Where a worker process begins: `python -S -s -P -B <this folder>/__main__.py CONFIG`.

CONFIG is a JSON object: `numpy`, the folder of the NumPy package; `run`, the module of this
folder that takes over, "zygote" or "cold"; and what that module's `run` asks for, beside
`bring_numpy`, which imports that package. The folder that holds NumPy never gets on `sys.path`:
the grader is installed next to it.
"""

import gc
import importlib
import importlib.util
import json
import os
import sys


def import_package(name: str, folder: str) -> None:
    """Import the package in `folder` as `name`, without putting a folder on `sys.path`."""
    spec = importlib.util.spec_from_file_location(
        name, os.path.join(folder, "__init__.py"), submodule_search_locations=[folder]
    )
    if spec is None or spec.loader is None:
        raise ImportError(f"no package in {folder}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)


def main() -> None:
    """Import what a worker needs and hand over to it."""
    gc.disable()  # till the learner's code runs: nothing of ours becomes garbage before
    config = json.loads(sys.argv[1])
    config["bring_numpy"] = lambda: import_package("numpy", config["numpy"])
    import_package("worker", os.path.dirname(os.path.abspath(__file__)))
    config["folder"] = os.path.dirname(os.path.abspath(__file__))
    importlib.import_module(f"worker.{config['run']}").run(config)


if __name__ == "__main__":
    main()
