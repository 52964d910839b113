"""The untrusted side: the only code of ours that shares a process with a submission.

Its modules import nothing of ours from outside this folder. The trusted side starts
`__main__.py`; nothing here is imported there but the wire format and the limits that
both sides must agree on.
"""
