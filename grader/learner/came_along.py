"""What comes along with code that is no code: what it is, and what to do about it."""

CAME_ALONG = {
    "fence": (
        "{it} holds Markdown around the code",
        "Hand in the code alone: delete the lines that begin with ```.",
    ),
    "chat": (
        "{it} holds Markdown around the code",
        "Hand in the code alone: delete the lines that begin with ``` and all outside of them.",
    ),
    "prompt": (
        "{it} holds the prompts of an interpreter",
        "Hand in the code alone: delete the prompts, and what was printed between them.",
    ),
    "merge": (
        "{it} holds the marks of a merge",
        "Decide for one of the two versions there, and delete the marks.",
    ),
    "diff": (
        "{it} holds a list of changes (a diff), not the code itself",
        "Hand in the file that was changed.",
    ),
    "quote": (
        "{it} has > in front of its lines, as in an answer to a mail",
        "Hand in the code alone: delete them.",
    ),
    "html": (
        "{it} holds HTML or XML: a page was saved, not the code",
        'Download the file itself ("Raw", "Download") and hand that in.',
    ),
    "rtf": (
        "{it} was saved as formatted text (RTF)",
        'Save it as plain text; TextEdit: "Format", "Make Plain Text".',
    ),
    "link": (
        "{it} holds a link, not the code",
        "Hand in the file that it leads to.",
    ),
    "command": (
        "{it} holds a command for a terminal, which is no Python",
        "Delete it, or put # in front of it.",
    ),
    "latex": ("{it} holds LaTeX around the code", "Hand in the code alone."),
    "numbered": (
        "{it} has numbers in front of its lines, which came with copied text",
        "Delete them.",
    ),
    "prose": (
        "{it} holds text that is no code",
        "Delete it, or put # in front of it.",
    ),
}
"""By the facts of `grader.worker.syntax`; `{it}` is what holds it, as a subject."""
