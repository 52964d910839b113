"""The report itself, as JSON."""

from grader.formats import Format, View


def _render(view: View) -> bytes:
    return view.report.to_json().encode()


FORMAT = Format("the report itself, as JSON (`--json` is short for it)", _render)
