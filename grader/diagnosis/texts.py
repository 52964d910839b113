"""What is said of the symptoms that any kata's functions can have.

A kata that can say it better does so in its `symptoms.toml`, where it has its own symptoms too.
"""

GENERAL = {
    "nothing-returned": {
        "title": "Nothing is returned",
        "explanation": (
            "The function gives None back each time it is called: either its body is still to "
            "be written, or what it computes never leaves it."
        ),
        "next_step": (
            "Which line hands the result to the caller? Follow the last variable of your "
            "function to its end."
        ),
    },
    "no-real-numbers": {
        "title": "The array returned does not hold real numbers",
        "explanation": (
            "The result is an array, but its dtype is none of real numbers: Python objects, "
            "complex numbers or text cannot be compared with the values expected."
        ),
        "next_step": (
            "Print result.dtype, then the dtype of each array on the way. From which line on "
            "is it no float?"
        ),
    },
    "list-returned": {
        "title": "A list is returned instead of an array",
        "explanation": (
            "The rows are there, but in a Python list; the kata asks for one np.ndarray."
        ),
        "next_step": (
            "What does type(result) say, and which function of NumPy makes one array of a "
            "list of rows?"
        ),
    },
    "tuple-returned": {
        "title": "Several things are returned instead of one",
        "explanation": "What comes back is a tuple; the kata asks for one array.",
        "next_step": (
            "What stands behind return, and between which two things is the comma? Which of them "
            "does the statement ask for?"
        ),
    },
    "ordinary-right": {
        "title": "Ordinary inputs are right, and particular ones are not",
        "explanation": "Results are wrong for these: {which}. For ordinary inputs they are right.",
        "next_step": (
            "Take the first of these, make the smallest example of it, and compare each step with "
            "the same by hand."
        ),
    },
    "something-else-returned": {
        "title": "What is returned is no array",
        "explanation": (
            "Something else than a NumPy array comes back: a number, a text, a dictionary, a "
            "matrix of another library. The statement says for each function what it returns."
        ),
        "next_step": "What does type(result) say just before your return?",
    },
    "not-the-tuple": {
        "title": "What is returned is not the tuple that is asked for",
        "explanation": (
            "{names} are asked for, each a plain np.ndarray; what comes back is of another "
            "number or kind, or they do not fit together."
        ),
        "next_step": "Print how many things you return, and the type and the shape of each.",
    },
    "list-for-tuple": {
        "title": "A list comes back where a tuple is promised",
        "explanation": (
            "The signature promises a tuple; what comes back is a list with the same things in it."
        ),
        "next_step": (
            "Which brackets stand around what you return, and which kind of container do they make?"
        ),
    },
    "one-shape-always": {
        "title": "The result has one shape, whatever the inputs",
        "explanation": (
            "For inputs of different sizes an array of the same shape comes back: it is not "
            "computed from them, or only from the first ones."
        ),
        "next_step": (
            "Where in your function do the numbers of the result come from? Is anything of it "
            "written down beforehand?"
        ),
    },
    "shape-wrong": {
        "title": "The result has another shape than it should",
        "explanation": (
            "Whatever the inputs, the shape of the result is not that of the statement: {how}."
        ),
        "next_step": (
            "For a small input, write down the shape that each of your lines should give, and "
            "print the one that it gives."
        ),
    },
    "few-digits": {
        "title": "The numbers are right to about {digits} digits only",
        "explanation": (
            "All answers are near the right ones, and none is exact: something on the way is "
            "rounded, cut off, approximated, or stored in half precision."
        ),
        "next_step": (
            "Which dtype does each array in your function have, and is anything rounded? "
            "Print them."
        ),
    },
    "always-zero": {
        "title": "The output is all zeros",
        "explanation": (
            "An array of the right shape comes back, with nothing in it: what is computed is "
            "never put there."
        ),
        "next_step": (
            "Print the result just after it is made and just before it is returned. Which "
            "line should fill it, and does it run?"
        ),
    },
    "always-nan": {
        "title": "The output holds nothing but nan",
        "explanation": (
            "Even for small, ordinary numbers every entry is nan: somewhere 0 is divided by "
            "0, or infinity by infinity, or nan is what the result is made of."
        ),
        "next_step": (
            "Print each array on the way, for small inputs. In which line does the first nan "
            "appear?"
        ),
    },
    "input-returned": {
        "title": "{name} comes back as it is",
        "explanation": (
            "What is returned is {name} itself, whatever the other inputs are: nothing has "
            "been computed with it."
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
            "another for the same inputs. Something outlives the call: a global list, a "
            "cache, a default argument."
        ),
        "next_step": (
            "Call it twice, with two different inputs, and print every variable that is made "
            "outside of the function. Which of them changes?"
        ),
    },
    "another-result-each-time": {
        "title": "The same call gives another result each time",
        "explanation": (
            "Called again with the same inputs, the function returns other numbers. What the "
            "kata asks for holds nothing random, and keeps nothing."
        ),
        "next_step": "What in your code draws random numbers, or counts its calls?",
    },
    "results-overwritten": {
        "title": "A later call changes what an earlier one returned",
        "explanation": (
            "Each result is right when it comes back, and is written over by the next call: "
            "both calls return the same array."
        ),
        "next_step": (
            "Keep the first result, call again with other inputs, and print the first one. "
            "Where is the array made that you return?"
        ),
    },
    "inputs-changed": {
        "title": "After the call, something else stands in {names}",
        "explanation": (
            "The function writes into what it is given ({names}): whoever called it finds other "
            "values, or another shape, there afterwards."
        ),
        "next_step": (
            "Print the inputs before and after a call. Which of your lines assigns into them, "
            "with +=, -=, /= or [...] = ?"
        ),
    },
    "name-not-defined": {
        "title": "A name is used that has no value there",
        "explanation": (
            "Calls end in a NameError or an UnboundLocalError: a name is used that was never "
            "set, is spelled otherwise elsewhere, or is only set on another path."
        ),
        "next_step": (
            "The message has the name and the line. Where should it get its value, and is "
            "that line reached before?"
        ),
    },
    "not-of-numpy": {
        "title": "Something is used that NumPy does not have",
        "explanation": (
            "Calls ask an array or a module for what it does not have. Tensors of other "
            "libraries have methods, and options such as dim, that NumPy's arrays do not."
        ),
        "next_step": (
            "Look the name in the message up in NumPy's documentation. What is the function "
            "called there, and what does it take?"
        ),
    },
    "more-axes-expected": {
        "title": "More axes are expected than the arrays have",
        "explanation": (
            "Calls end in an error about axes: the code is written for arrays with more axes "
            "than those that the kata hands over."
        ),
        "next_step": (
            "Print the shape of each array just before the line of the message. Which axes "
            "does the line count on?"
        ),
    },
    "shapes-do-not-fit": {
        "title": "Two shapes do not fit together",
        "explanation": (
            "Calls end where two arrays are put together whose shapes do not fit, or where an "
            "array is given a shape that it has not enough numbers for."
        ),
        "next_step": (
            "Print the shapes on the line of the message, for a small input. Which one is not "
            "what you thought?"
        ),
    },
    "index-out-of-range": {
        "title": "An index lies outside of its array",
        "explanation": (
            "Calls end in an IndexError: something is counted to a length that the array does "
            "not have."
        ),
        "next_step": (
            "Print the shape and the index on the line of the message. Which length does the "
            "loop go by?"
        ),
    },
    "wrong-arguments": {
        "title": "A function is called with arguments that it does not take",
        "explanation": (
            "Calls end in a TypeError about arguments: too many, too few, or of a name that "
            "the function does not know."
        ),
        "next_step": (
            "Look up what the function on the line of the message takes, and in which order."
        ),
    },
    "function-missing": {
        "title": "The function is not in the file",
        "explanation": (
            "Nothing of this name can be called when the file has run: the name is another, or "
            "its def is out of reach."
        ),
        "next_step": (
            "Find its def: does it bear exactly the name of the statement, and stand at the "
            "left margin?"
        ),
    },
    "function-no-function": {
        "title": "What has the function's name is no plain function",
        "explanation": (
            "Under this name stands something that cannot be called as the kata calls it: a "
            "class, a generator, an async function or a value."
        ),
        "next_step": (
            "What does type() say of it after the file has run? Is there a yield, an async, "
            "or an assignment to the name?"
        ),
    },
    "function-signature": {
        "title": "The function does not take the kata's arguments",
        "explanation": (
            "The statement fixes the arguments and their order; with as many as it says, the "
            "function cannot be called."
        ),
        "next_step": (
            "Put your def line beside that of the statement. Which argument is missing, or "
            "too many?"
        ),
    },
}
