"""Requests about plain values and about objects that stay in the worker.

A request is `{"do": operation, "classes": […], "layout": …}`, its buffers those of
`values.pack([names, operand, …])`. The last operands are keyword arguments with these names.
`classes` names the learner's classes whose objects stay here; `layout` says how arrays lie in
memory, see `arrays.lay_out`, or that those of the method's last call are refilled. Operations:

    call(name, …)              call what the module has under a name: a function, a class, or a
                               method of a class by its dotted name
    get(name)                  what the module has under a name, or a class by its dotted name
    method(object, name, …)    call a method
    each(object, name, …)      call a method for each row of the arrays; results are dropped
    attribute(object, name)    an attribute
    fill(number)               write a number all over the array that an operation returned last
    invoke(object, name, …)    call a method if `attribute` says that there is one; else nothing is
                               called, and the reply is that of `attribute`, with `uncalled`
    is_of(object, name)        whether an object is one of the class of this name
    leave(object[, names, args])  `__exit__` with what an operation raised last; or with an
                               exception of the first of these classes that is known, and of
                               these arguments
    and those of `operations`  what Python does for `len(x)`, `x[i]`, `x == y`, `x + y`, `x(…)`, …

A reply has buffers of `values.pack([result, operand, …])`: what the operation returned, then the
operands that it changed, whose positions are `changed` in the header. Where there is no result:

- `"method"`: the attribute that was asked for can be called; the result is None.
- `"uncalled"`: the result is the attribute, which is no method.
- `"missing"`: the module has no such name; the result is None.
- `"error"`: what was raised, as `results.describe_error` has it, and `classes`, the names of its
  type and of what that stands on: `builtins.ValueError`, or `.Full` for a class of the learner's.
  The result is `[args, attributes]`: None in the place of arguments that are not plain.
- `"odd"`: what may not cross, `{"why", "type"}` as `values.NotPlain` has it; and `argument`, its
  position, if it is not the result but an operand. There are no buffers.

`overwritten` says whether the operation changed the last thing that one before it had returned and
that can change. All of it is a claim. An object that stays here is known by a number, under the
name of its class, or as `.iterator`, `.iterable` (a range, a dictionary's keys) or `.function`.
"""

import builtins
import contextlib
import functools
import itertools
import sys
import types
from collections.abc import Iterator, Sequence
from typing import Any

from . import arrays, values, wire
from .numeric import Lacking, is_array
from .operations import OPERATIONS
from .results import describe_error

MAX_OBJECTS = 100_000
"""Objects of one submission that stay in the worker."""
ITERATOR, ITERABLE, FUNCTION = ".iterator", ".iterable", ".function"
_MAX_CLASSES = 16
_MAX_ATTRIBUTES = 16
_MAX_NAME = 200  # characters of the name of a class
_FUNCTIONS = (
    types.FunctionType,
    types.BuiltinFunctionType,
    types.MethodType,
    functools.partial,
)
_ITERABLES: tuple[type, ...] = (range, type({}.keys()), type({}.values()), type({}.items()))
_UNCHANGING = (type(None), bool, int, float, str, bytes)

_Image = list[wire.Buffer] | tuple[str, str] | str


class _Missing(Exception):
    """The module has nothing under a name."""


class Objects:
    """The learner's module, and its objects that the trusted side knows by a number.

    Args:
        module: the module.
        file: the name of its file.
    """

    def __init__(self, module: types.ModuleType, file: str) -> None:
        self._module = module
        self._file = file
        self._classes: dict[type, str] = {}
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._held: tuple[Any, _Image] = (None, "")
        self._given: dict[str, list[Any]] = {}  # what each method was called with last
        self._raised: BaseException = Exception()

    def answer(
        self, request: wire.Header, buffers: list[bytearray]
    ) -> tuple[wire.Header, list[wire.Buffer]]:
        """Carry out a request; return the header and the buffers of the reply."""
        self._know(request["classes"])
        layout = request["layout"]
        lay_out = functools.partial(arrays.lay_out, layout=layout) if layout else None
        try:
            names, *operands = values.unpack(buffers, self._find, lay_out)
            if request["do"] == "method":
                operands = self._refilled(operands, layout)
            before = [self._image(operand) for operand in operands]
        except Lacking:
            raise
        except wire.WireError as error:  # a class without a hash as a key
            return self._failed(error.__cause__ or error)
        except BaseException as error:
            return self._failed(error)
        header, result = self._carry_out(request["do"], names, operands)
        after = [self._image(operand) for operand in operands]
        for position, image in enumerate(after):
            if type(image) is tuple:
                return {"odd": {**_odd(*image), "argument": position}}, []
        changed = [at for at, image in enumerate(after) if image != before[at]]
        header["changed"] = changed
        held, image = self._held
        header["overwritten"] = self._image(held) != image
        if type(result) not in _UNCHANGING:
            self._held = (None, "")
        try:
            answer = self._pack([result, *(operands[at] for at in changed)])
            if type(result) not in _UNCHANGING:
                self._held = result, self._image(result)
        except values.NotPlain as odd:
            return {"odd": _odd(odd.why, odd.name)}, []
        return header, answer

    def _know(self, names: list[str]) -> None:
        """Take the classes of the module that have these names for those that stay."""
        members = vars(self._module)
        found = ((members.get(name), name) for name in names)
        self._classes = {each: name for each, name in found if isinstance(each, type)}

    def _carry_out(self, do: str, names: list[str], operands: list[Any]) -> tuple[wire.Header, Any]:
        count = len(operands) - len(names)
        args, kwargs = operands[:count], dict(zip(names, operands[count:], strict=True))
        try:
            if do == "call":
                return {}, self._named(args[0])(*args[1:], **kwargs)
            if do == "get":
                return self._attribute(self._named(args[0]))
            if do == "method":
                return {}, getattr(args[0], args[1])(*args[2:], **kwargs)
            if do == "invoke":
                return self._invoke(*args, **kwargs)
            if do == "attribute":
                return self._attribute(getattr(args[0], args[1]))
            if do == "is_of":
                return {}, isinstance(args[0], self._named(args[1]))
            if do == "fill":
                return {}, self._fill(*args)
            if do == "leave":
                return {}, self._leave(*args)
            return {}, OPERATIONS[do](*args, **kwargs)
        except _Missing:
            return {"missing": True}, None
        except BaseException as error:
            self._raised = error
            return {"error": self._describe_error(error)}, self._facts(error)

    def _refilled(self, operands: list[Any], layout: str) -> list[Any]:
        """Return the operands of a method, in the arrays of its last call if they are refilled."""
        _, name, *args = operands
        if layout == "refilled":
            args = arrays.refill(self._given.get(name, []), args)
        self._given[name] = args
        return [*operands[:2], *args]

    def _fill(self, number: float) -> bool:
        """Write to what was returned last, as whoever called may; say whether that can be done."""
        held, _ = self._held
        self._held = (None, "")
        if not is_array(held) or arrays.is_read_only(held):
            return False
        held.fill(number)
        return True

    def _leave(self, manager: Any, names: Sequence[str] = (), args: Sequence[Any] = ()) -> bool:
        """Leave a block in which something was raised; say whether that goes no further."""
        error = self._raised
        if names:
            known = (vars(builtins).get(name.removeprefix("builtins.")) for name in names)
            own = (vars(self._module).get(name.rpartition(".")[2]) for name in names)
            both = (each for pair in zip(own, known, strict=True) for each in pair)
            kinds = (each for each in both if isinstance(each, type))
            error = next(each for each in kinds if issubclass(each, BaseException))(*args)
        return bool(type(manager).__exit__(manager, type(error), error, error.__traceback__))

    def _named(self, name: str) -> Any:
        """Return what stands under a dotted name in the module."""
        first, *rest = name.split(".")
        if first not in vars(self._module):
            raise _Missing
        return functools.reduce(getattr, rest, vars(self._module)[first])

    def _attribute(self, value: Any) -> tuple[wire.Header, Any]:
        """Return an attribute, or that it can be called."""
        if callable(value) and self._class_of(value) is None:
            return {"method": True}, None
        return {}, value

    def _invoke(
        self, this: Any, name: str, /, *args: Any, **kwargs: Any
    ) -> tuple[wire.Header, Any]:
        """Return what a method returned; or an attribute that is none, and that it is not."""
        header, value = self._attribute(found := getattr(this, name))
        return ({}, found(*args, **kwargs)) if header else ({"uncalled": True}, value)

    def _failed(self, error: BaseException) -> tuple[wire.Header, list[wire.Buffer]]:
        """Return the reply where the learner's code raised before an operation began."""
        header: wire.Header = {"error": self._describe_error(error)}
        return {**header, "changed": [], "overwritten": False}, self._pack([self._facts(error)])

    def _describe_error(self, error: BaseException) -> wire.Header:
        lineage = [self._class_name(each) for each in type(error).__mro__ if each is not object]
        return {**describe_error(error), "classes": lineage[:_MAX_CLASSES]}

    def _class_name(self, kind: type) -> str:
        module = str(kind.__module__)
        foreign = module.partition(".")[0] in (*sys.stdlib_module_names, "numpy")
        own = module == self._module.__name__ or not foreign
        name = kind.__name__ if own else kind.__qualname__
        return f"{'' if own else module}.{name}"[:_MAX_NAME].encode("utf-8", "replace").decode()

    def _facts(self, error: BaseException) -> list[Any]:
        """Return the arguments and the attributes of an exception that are plain."""
        members = [*itertools.islice(self._members(error), _MAX_ATTRIBUTES)]
        attributes = {
            name: value
            for name, value in members
            if type(name) is str and not name.startswith("_") and self._is_plain(value)
        }
        args = error.args if self._is_plain((error.args, attributes)) else None
        return [args, attributes if args is not None or self._is_plain(attributes) else {}]

    def _members(self, error: BaseException) -> Iterator[tuple[str, Any]]:
        """Yield the attributes of an exception, and those that the learner's class gives it."""
        with contextlib.suppress(Exception):
            yield from list(vars(error).items())
            own = [kind for kind in type(error).__mro__ if kind.__module__ == self._module.__name__]
            for name in [name for kind in own for name in vars(kind)]:
                if type(name) is str and not name.startswith("_") and name not in vars(error):
                    value = getattr(error, name)
                    if not callable(value):
                        yield name, value

    def _is_plain(self, value: Any) -> bool:
        try:
            self._pack([[[value]]])  # as deep as it stands in a reply
        except Exception:
            return False
        return True

    def _image(self, value: Any) -> "_Image":
        """Return what tells whether a value has changed; why, if it cannot cross any more."""
        if type(value) in _UNCHANGING:
            return ""
        try:
            return [*self._pack([value]), b"read-only" if arrays.is_read_only(value) else b""]
        except values.NotPlain as odd:
            return odd.why, odd.name

    def _pack(self, what: list[Any]) -> list[wire.Buffer]:
        return values.pack(what, self._describe)

    def _class_of(self, value: Any) -> str | None:
        """Return the class of an object that stays, out of those that were named."""
        return next((self._classes[k] for k in type(value).__mro__ if k in self._classes), None)

    def _describe(self, value: Any) -> tuple[str, int] | None:
        """Say under which kind and number an object stays here; None if it does not."""
        name = self._class_of(value)
        if name is None:
            kind = type(value)
            if kind in _FUNCTIONS:
                name = FUNCTION
            elif hasattr(kind, "__next__"):
                name = ITERATOR
            elif kind in _ITERABLES:
                name = ITERABLE
            else:
                return None
        number = self._numbers.get(id(value))
        if number is None:
            number = len(self._objects)
            if number >= MAX_OBJECTS:
                raise values.NotPlain("size", name)
            self._objects.append(value)  # for ever, so that its id is its own
            self._numbers[id(value)] = number
        return name, number

    def _find(self, _: str, number: int) -> Any:
        return self._objects[number]


def _odd(why: str, name: str) -> wire.Header:
    return {"why": why, "type": name[:_MAX_NAME].encode("utf-8", "replace").decode()}
