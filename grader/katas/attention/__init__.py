"""Multi-head attention: everything that knows attention is in this folder."""
