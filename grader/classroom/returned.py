"""Feedback for all in one zip, as platforms take it back.

Moodle ("Upload multiple feedback files in a zip", mod/assign/feedback/file/importziplib.php)
looks for `Name_123_assignsubmission_file` at the beginning; Canvas ("Upload Submissions",
infer_comment_context_from_filename) for the learner's number and that of the file that was
handed in. So each file bears the name that was downloaded, as far as the platform wrote it.
"""

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path

from grader.classroom.records import Record
from grader.classroom.sheet import in_order

_TIME = (1980, 1, 1, 0, 0, 0)  # the same reports make the same zip


def pack(records: Iterable[Record], out: Path, kind: str) -> bytes:
    """Return a zip of the reports of one kind, each with the name that its platform knows.

    Args:
        records: the class.
        out: the folder of the reports.
        kind: the ending of those that are packed.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for record in in_order(records):
            report = out / f"{record.key}.{kind}"
            if report.is_file():
                info = zipfile.ZipInfo(_name(record, kind), _TIME)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, report.read_bytes())
    return packed.getvalue()


def _name(record: Record, kind: str) -> str:
    """Return what a learner's feedback is called."""
    place, called = record.place, record.called
    feedback = f"feedback.{kind}"
    if record.platform in ("moodle", "canvas") and called and place.endswith(f"_{called}"):
        return place.removesuffix(called) + feedback  # flat: all that is before is the platform's
    if record.platform == "canvas":  # a zip was handed in, or a text
        numbers = [part for part in place.split("_") if part.isdecimal()]
        front = place.partition(f"_{numbers[-1]}_")[0] if numbers else place
        return f"{front}_{numbers[-1]}_{feedback}" if numbers else f"{place}_{feedback}"
    if record.platform == "moodle" and not place.endswith("_"):
        kept, found, _ = place.partition("_assignsubmission_")
        plugin = place[len(kept) + len(found) :].partition("_")[0]
        return f"{kept}{found}{plugin}_/{feedback}"
    return f"{place}/{feedback}" if record.platform else f"{record.key}/{feedback}"
