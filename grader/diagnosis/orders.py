"""Whether a function is right with its arguments in another order than the statement's."""

from itertools import permutations

import numpy as np

from grader.diagnosis.experiment import Reading, close
from grader.diagnosis.observation import enlarged
from grader.diagnosis.study import Study

_MOST_ORDERS = 24  # of arguments that are tried


def order_of_raised(study: Study) -> list[Reading] | None:
    """Find out whether calls raise because the arguments are taken in another order."""
    return other_order(study, _MOST_ORDERS) if study.core.seen[0].kind == "raised" else None


def other_order(study: Study, most: int = 6) -> list[Reading] | None:
    """Find out whether it is right with its arguments in another order.

    Args:
        study: the function.
        most: orders that are tried; where there are more, those among values of one type.
    """
    if study.base is not None:
        return None
    names, core = study.function.parameters, study.core
    orders = [order for order in permutations(range(len(names))) if order != tuple(sorted(order))]
    if len(orders) > most:  # only of what can be taken for each other
        kinds = [type(value) for value in core.made[0].args]
        orders = [each for each in orders if [kinds[place] for place in each] == kinds]
    if len(orders) > most or core.is_right:
        return None
    fitting = orders
    for probe, right in zip(core.made, core.right, strict=True):
        if right.values is None:
            return None
        size = np.tile(probe.size, len(study.function.returns) or 1)
        wanted = enlarged(right.values, size)
        calls = [[probe.args[place] for place in order] for order in fitting]
        outs = study.learner.ask_each(calls)
        fitting = [one for one, out in zip(fitting, outs, strict=True) if close(out, wanted)]
        if not fitting:
            return None
    # The first parameter is what was passed first, and so on.
    takes = ", ".join(names[place] for place in fitting[0])
    return [("parameters-in-another-order", {"takes": takes, "names": ", ".join(names)})]
