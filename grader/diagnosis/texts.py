"""What is said of the symptoms that any kata's functions can have.

A kata that can say it better does so in its `symptoms.toml`, where it has its own symptoms too.
"""

from grader.diagnosis.ending_texts import ENDING

GENERAL = {
    **ENDING,
    "nothing-returned": {
        "title": "Nothing is returned yet",
        "explanation": (
            "The function gives None back each time it is called: its body is still to be written, "
            "or it does not return what it computes."
        ),
        "next_step": (
            "What does its docstring ask for, and from which arguments? Write that, and save. If "
            "it is written already: which line returns the result?"
        ),
    },
    "no-real-numbers": {
        "title": "The array returned does not hold real numbers",
        "explanation": (
            "The result is an array, but its dtype is not one of real numbers. Python objects, "
            "complex numbers or text cannot be compared with the values expected."
        ),
        "next_step": (
            "Print the dtype of what you return, and of each array on the way. From which line on "
            "is it no float?"
        ),
    },
    "list-returned": {
        "title": "A list is returned instead of an array",
        "explanation": "What comes back is a Python list; the kata asks for one np.ndarray.",
        "next_step": (
            "What does type(result) say, and what does the list hold: rows, heads, numbers? Which "
            "function of NumPy makes one array of it?"
        ),
    },
    "ordinary-right": {
        "title": "Ordinary inputs are right, and particular ones are not",
        "explanation": (
            "For the ordinary inputs that were tried it is right. It goes wrong for these: {which}."
        ),
        "next_step": (
            "Take the first of these, make the smallest example of it, and compare each step with "
            "the same by hand."
        ),
    },
    "something-else-returned": {
        "title": "Something else is returned than what is asked for",
        "explanation": (
            "What comes back is a number, a text, a generator, a dictionary, a matrix of another "
            "library or the like. The statement says for each function which array it returns, or "
            "which arrays."
        ),
        "next_step": "What does type() say of the value that your return hands back?",
    },
    "not-the-tuple": {
        "title": "What is returned is not the tuple that is asked for",
        "explanation": (
            "{names} are asked for, each a plain np.ndarray; what comes back is of another "
            "number or kind, or they do not fit together."
        ),
        "next_step": "Print how many things you return, and the type and the shape of each.",
    },
    "more-returned": {
        "title": "A tuple is returned instead of one array",
        "explanation": (
            "What comes back is a tuple, which holds one thing or several. The statement asks for "
            "one array."
        ),
        "next_step": (
            "What stands behind your return: is there a comma in it, or a call that makes a tuple? "
            "Which part of it does the statement ask for?"
        ),
    },
    "subclass-returned": {
        "title": "A subclass of ndarray is returned",
        "explanation": (
            "The result is a masked array, a np.matrix or another subclass, which behaves "
            "differently from an array wherever it is used next."
        ),
        "next_step": "What is the exact type of what your function returns?",
    },
    "list-for-tuple": {
        "title": "A list comes back where a tuple is promised",
        "explanation": (
            "The statement asks for a tuple; what comes back is a list with the same things in it."
        ),
        "next_step": (
            "What does type() say of what you return? Which brackets, or which call, make it what "
            "it is?"
        ),
    },
    "one-shape-always": {
        "title": "The result has one shape, whatever the inputs",
        "explanation": (
            "For inputs of different sizes an array of the same shape comes back: as when it is "
            "made of the first inputs alone, of none at all, or summed over every axis."
        ),
        "next_step": (
            "Where in your function do the numbers of the result come from? Is any of it fixed "
            "beforehand, or is a sum taken over too many axes?"
        ),
    },
    "shape-wrong": {
        "title": "The result has the wrong shape",
        "explanation": "The shape of what comes back is not that of the statement: {how}.",
        "next_step": (
            "For a small input, write down the shape that each of your lines should give, and "
            "print the one that it gives."
        ),
    },
    "few-digits": {
        "title": "The numbers are right to about {digits} digits only",
        "explanation": (
            "For ordinary inputs the results are near the right ones, but not exact: as when "
            "something is rounded, cut off or approximated, when a small number is added, or when "
            "half precision is used."
        ),
        "next_step": (
            "Is anything rounded or approximated, or a small number added? If not, which dtype "
            "does each array in your function have? Print them."
        ),
    },
    "always-zero": {
        "title": "Nothing but zeros came back{when}",
        "explanation": (
            "{tried} an array of zeros comes back: either nothing that is computed gets into it, "
            "or a step on the way makes 0 of everything."
        ),
        "next_step": (
            "Print each array on the way, and the result just before it is returned. From which "
            "line on is there nothing but 0, and what makes it so?"
        ),
    },
    "always-nan": {
        "title": "Each row of the output holds nan or inf",
        "explanation": (
            "Even for small, ordinary numbers no row is without nan or inf: as when 0 is divided "
            "by 0, a number by 0, infinity by infinity, or when a part of the result was nan from "
            "the start."
        ),
        "next_step": (
            "Print each array on the way, for small inputs. In which line does the first nan or "
            "inf appear?"
        ),
    },
    "input-returned": {
        "title": "{name} comes back as it is",
        "explanation": (
            "In all that was tried, what is returned is {name} itself, whatever the other inputs "
            "are."
        ),
        "next_step": (
            "Which of the steps that the statement asks for does your function do already? "
            "Print what comes of each."
        ),
    },
    "calls-remembered": {
        "title": "Something of an earlier call is remembered",
        "explanation": (
            "Called first, the function gives one result; called after other calls, it gives "
            "another for the same inputs. Something outlives the call, such as {kept}."
        ),
        "next_step": (
            "Call it twice with one size, then with another, and print each time {shown}. "
            "Which are set already?"
        ),
    },
    "results-kept": {
        "title": "Earlier results come back as well",
        "explanation": (
            "What a call gives holds the results of calls before it, with its own {place} them. "
            "Something that outlives a call, such as {kept}, still has them."
        ),
        "next_step": (
            "Call it twice with the same inputs, and print both shapes, and {shown}. Which of "
            "these grows?"
        ),
    },
    "another-result-each-time": {
        "title": "The same call does not always give the same result",
        "explanation": (
            "Called again and again with the same inputs, the function does not always return the "
            "same numbers. Nothing in this kata is random, and nothing is kept from one call to "
            "the next."
        ),
        "next_step": "Which of your lines {chance}?",
    },
    "results-overwritten": {
        "title": "A later call changes what an earlier one returned",
        "explanation": (
            "Each result is right when it comes back, and is written over by a later call: both "
            "results lie in the same memory."
        ),
        "next_step": (
            "Keep the first result, call again with other inputs, and print the first one. Where "
            "is the array made that you return?"
        ),
    },
    "inputs-changed": {
        "title": "The call changes {names}",
        "explanation": (
            "What it is given ({names}) is not the same after the call: whoever called it finds "
            "other values there, or another shape, or cannot write to it any more."
        ),
        "next_step": (
            "Print the inputs, their shapes and their flags before and after a call. Which line "
            "changes them, for example with +=, *=, [...] =, out=, .sort(), .shape = or setflags?"
        ),
    },
}
