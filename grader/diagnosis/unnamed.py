"""What a wrong function gives on the public probes, as a digest: equal ones do the same.

No mistake of the bank explains it. In a class, whoever has the same digest has made the same
mistake, which a teacher can give a name once.
"""

import hashlib
from collections.abc import Sequence

import numpy as np

from grader.diagnosis.observation import TOLERANCE, Observation


def digest(seen: Sequence[Observation]) -> str:
    """Return a digest of what came back; "" if nothing did.

    Numbers are rounded as far as answers may differ that count as the same.
    """
    if all(each.values is None for each in seen):
        return ""
    hashed = hashlib.sha256()
    for each in seen:
        hashed.update(repr(each.form).encode())
        if each.values is not None:
            values = np.asarray(each.values, dtype=np.float64)
            scale = TOLERANCE * max(1.0, float(np.nanmax(np.abs(values), initial=0.0)))
            with np.errstate(invalid="ignore", over="ignore"):
                rounded = np.round(values / scale / 10) + 0.0  # no zero is negative
            hashed.update(rounded.tobytes())
    return hashed.hexdigest()[:16]
