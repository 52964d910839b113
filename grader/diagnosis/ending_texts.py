"""What is said of functions that cannot be called, or that end in an exception; see `texts`."""

ENDING = {
    "name-not-defined": {
        "title": "A name is used that has no value there",
        "explanation": (
            "Calls end in a NameError or an UnboundLocalError: a name is used that was never "
            "set, is spelled differently elsewhere, or is only set on another path."
        ),
        "next_step": (
            "The message has the name and the line. Where should it get its value, and is "
            "that line reached before?"
        ),
    },
    "not-of-numpy": {
        "title": "Something is used that NumPy does not have",
        "explanation": (
            "Calls ask an array or a module for what NumPy does not have, or has in another "
            "meaning. Methods and options of other libraries' tensors, such as view and dim, are "
            "among them."
        ),
        "next_step": (
            "Look the name in the message up in NumPy's documentation. Is there such a function, "
            "under this name or another? If there is none, it is yours to write."
        ),
    },
    "more-axes-expected": {
        "title": "The axes that are named do not fit the array",
        "explanation": (
            "Calls end in an error about axes: a line names, or needs, another number of axes than "
            "its array has."
        ),
        "next_step": (
            "Print the shape of each array just before the line of the message. How many axes "
            "has it, and for how many is the line written?"
        ),
    },
    "shapes-do-not-fit": {
        "title": "Shapes do not fit",
        "explanation": (
            "Calls end in a line in which arrays are combined, or one is reshaped or cut into "
            "parts, and the lengths of the axes do not allow it."
        ),
        "next_step": (
            "Print the shapes on the line of the message, for a small input. Which one is not "
            "what you expected?"
        ),
    },
    "calls-inside-each-other": {
        "title": "Too many calls inside each other",
        "explanation": (
            "Python allows about a thousand calls inside each other. Here a function calls itself, "
            "or another that calls it, more often: without an end, or once for each of many "
            "tokens."
        ),
        "next_step": (
            "Which function calls itself, and did you mean to call another one there? If not, how "
            "many calls are there for 1000 tokens, and would a loop do?"
        ),
    },
    "not-hashable": {
        "title": "An array or a list is used as a key",
        "explanation": (
            "What can be changed cannot be the key of a dict or be in a set, nor be an argument "
            "of a function that remembers its results, as under functools.cache."
        ),
        "next_step": (
            "Is there a dict or a set on the way, or a decorator above your def? What is it for, "
            "and does the function need it?"
        ),
    },
    "array-of-objects": {
        "title": "An array of objects is computed with",
        "explanation": (
            "Calls end in a TypeError: a function of NumPy gets an array of dtype object. Such an "
            "array holds Python's own numbers or arrays one by one, which have no methods such as "
            "exp."
        ),
        "next_step": (
            "Print the dtype of each array on the way. Which line makes the first one of dtype "
            "object, and from what?"
        ),
    },
    "caret-for-power": {
        "title": "^ does not raise to a power",
        "explanation": (
            "Calls end in a TypeError: in Python ^ is an operation on the bits of whole numbers, "
            "the exclusive or. Some other languages write powers with it."
        ),
        "next_step": "Which operator, or which function, takes powers and roots in Python?",
    },
    "index-out-of-range": {
        "title": "An index does not fit its array",
        "explanation": (
            "Calls end in an IndexError: an index does not fit the array that it is used on."
        ),
        "next_step": (
            "Print the shape of the array and the index on the line of the message. Which axis "
            "does the index belong to, and how long is that axis?"
        ),
    },
    "boolean-index-does-not-fit": {
        "title": "An array of booleans is used as an index of an array of another shape",
        "explanation": (
            "Calls end in an IndexError. Unlike arithmetic, an index does not broadcast: where an "
            "array of booleans stands in brackets, its axes must be as long as those of the array."
        ),
        "next_step": (
            "Print both shapes on the line of the message. What gives the array of booleans the "
            "shape of the other one first, or chooses between two values and broadcasts?"
        ),
    },
    "truth-of-an-array": {
        "title": "A whole array is asked whether it is true",
        "explanation": (
            "Calls end in a ValueError: a condition needs one True or False, and gets an array, "
            "which has one for each element. if, while, not, and, or ask for one; == and < give "
            "such arrays."
        ),
        "next_step": (
            "Look at the condition on the line of the message. What do you want to know: whether "
            "the variable is None, or something about all the elements?"
        ),
    },
    "self-forgotten": {
        "title": "A method does not take self",
        "explanation": (
            "Calls end in a TypeError: a method gets one argument more than its def line takes. "
            "Python hands over the object itself first, before what stands in the brackets."
        ),
        "next_step": "Look at the def line of each of your methods. What is its first parameter?",
    },
    "whole-number-needed": {
        "title": "A float stands where only a whole number can",
        "explanation": (
            "Calls end in an error: sizes, indices and numbers of pieces are whole numbers. / "
            "gives a float, even where nothing is left over."
        ),
        "next_step": (
            "Print the type of each number on the line of the message. Which operator divides and "
            "gives a whole number?"
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
    "own-check-refuses": {
        "title": "A check in your own code refuses the inputs",
        "explanation": (
            "Calls end in an error that your own code raises, in an assert or a raise, though the "
            "inputs are such as the statement allows. Its condition refuses more than it should."
        ),
        "next_step": (
            "Print the numbers in the condition before the line of the message, and work it out by "
            "hand. Does the statement forbid such inputs?"
        ),
    },
    "exception-raised": {
        "title": "Calls end in an exception",
        "explanation": (
            "Every call that was tried ends in an exception, before anything is returned."
        ),
        "next_step": (
            "Read the message's last line, and print all that goes into the line that it names."
        ),
    },
    "defined-twice": {
        "title": "{name} is defined twice",
        "explanation": (
            "The def in {later} takes the place of the one in {earlier}: Python keeps the last. "
            "What this report says of {name} is about the last one."
        ),
        "next_step": (
            "Which of the two do you mean to hand in? Delete the other one, or give it another "
            "name, and grade again."
        ),
    },
    "function-missing": {
        "title": "The function is not in the file",
        "explanation": (
            "Nothing of this name can be called when the file has run: the function is still to be "
            "written, has another name, or stands where it cannot be reached."
        ),
        "next_step": (
            "Look for its def. If there is one, does it have exactly the name of the statement, "
            "and does it start at the left margin?"
        ),
    },
    "function-of-another-kata": {
        "title": "The file looks like the work on another kata",
        "explanation": (
            "Each kata asks for functions of its own, and a file is graded as the kata that is "
            "named beside it, or as the first one."
        ),
        "next_step": "Is it the file that you meant, and which kata is it for?",
    },
    "function-no-function": {
        "title": "What has the function's name is no plain function",
        "explanation": (
            "Under this name stands something that does not answer a call with its result: a "
            "class, a generator, an async function or a value."
        ),
        "next_step": (
            "What does type() say of the name after the file has run, and of what a call returns? "
            "Is there a yield, an async, or an assignment to the name?"
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
    "parameters-in-another-order": {
        "title": "Arguments have changed places",
        "explanation": (
            "Given its arguments in the order ({takes}), the function is right on the "
            "ordinary inputs that were tried. The statement passes them in the order ({names})."
        ),
        "next_step": (
            "Put your def line beside that of the statement, and each call in your function beside "
            "the def line of what it calls. Which names stand in another place?"
        ),
    },
}
