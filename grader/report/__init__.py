"""What a report is: the contract, and what to look at first in it."""
