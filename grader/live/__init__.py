"""A page that lives beside the editor: a process of its own serves it, and the grader tells it."""
