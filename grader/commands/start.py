"""The beginning of the kata: the statement to read, the file to fill in."""

import io
from pathlib import Path
from typing import TextIO

from grader.errors import GraderFault, UsageError
from grader.kata import Kata, shipped_katas
from grader.screen.naming import naming
from grader.screen.terminal import Look, named, quoted


def start(kata: Kata, folder: Path) -> str:
    """Write the stub into a folder, which is made if need be; return what to do next.

    Raises:
        UsageError: there is something of that name already, or the folder is none.
        GraderFault: the file cannot be written.
    """
    path = folder / kata.file
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = path.open("xb")  # never over work that is there
    except FileExistsError:
        if not folder.is_dir():
            raise UsageError(f"{folder} is a file; name a folder.") from None
        raise UsageError(f"{path} is there already and was left as it is. {_go_on(path)}") from None
    except OSError as error:
        raise GraderFault(f"{path} cannot be written ({error.strerror}).") from error
    try:
        with file:
            file.write(kata.stub.read_bytes())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise GraderFault(f"{path} cannot be written ({error.strerror}).") from error
    first, *others = kata.functions
    they_are = "they are" if others else "it is"
    which = naming(kata)
    show = f"kata statement{which}"
    wide = max(24, len(show))
    return (
        f"{named(path)} has {_count(kata)} to fill in.\n\n"
        f"  {show:<{wide}}  what {they_are} to do, with an example by hand\n"
        f"  grade {quoted(path)}{which} --watch\n"
        f"  {'':<{wide}}  grades it at each save; begin with {first}"
    )


def overview() -> str:
    """Return the katas that are shipped, each with what one needs to know before."""
    lines = []
    for name, kata in shipped_katas().items():
        lines += [f"{name:<12}{kata.title}", f"{'':<12}Before: {kata.needs}."]
    return "\n".join([*lines, "", "Begin one: kata start NAME"])


def _count(kata: Kata) -> str:
    """Say how many functions there are to write, or classes."""
    count = len(kata.functions)
    what = "class" if len(kata.classes) == count else "function"
    words = ("no", "one", "two", "three", "four", "five", "six")
    number = words[count] if count < len(words) else str(count)
    return f"{number} {what}{'' if count == 1 else 'es' if what == 'class' else 's'}"


def _go_on(path: Path) -> str:
    """Say what to do with what is there already."""
    if path.is_file():
        return f"Go on with: grade {quoted(path)} --watch"
    if path.is_dir():
        return "It is a folder: rename it, or start in another one."
    if path.is_symlink():
        return "It is a link that leads nowhere: delete it, or start in another folder."
    return "It is no file that can be filled in: rename it, or start in another folder."


def statement(kata: Kata, stream: TextIO) -> str:
    """Return the statement as it suits a stream: drawn for a terminal, else as Markdown.

    It ends with what to do where the learner is. Without the package `rich`, which draws it, it is
    Markdown on a terminal too.
    """
    text = f"{kata.statement.read_text(encoding='utf-8').rstrip()}\n\n{_from_here(kata)}\n"
    look = Look.of(stream)
    if not stream.isatty():
        return text
    try:
        from rich.console import Console
        from rich.markdown import Markdown
        from rich.theme import Theme
    except ImportError:
        return look.spell(text)
    page = io.StringIO()
    theme = Theme({"markdown.code": "bold"})
    console = Console(file=page, width=look.width, force_terminal=True, theme=theme)
    console.print(Markdown(text, code_theme="ansi_dark"))
    lines = (line.rstrip() for line in page.getvalue().splitlines())
    return look.spell("\n".join(lines) + "\n")


def _from_here(kata: Kata) -> str:
    """Say what to do next in the folder where the learner is."""
    which, file = naming(kata), Path(kata.file)
    there = next((one for one in (file, file.with_suffix(".ipynb")) if one.is_file()), None)
    judge = f"`grade {quoted(there or file)}{which}`"
    if there is not None:
        return f"Your file is here: {judge} judges it, and with --watch at each save."
    return (
        f"`kata start{which}` writes {kata.file} here, to be filled in. Then {judge} judges it, "
        "and with --watch at each save."
    )
