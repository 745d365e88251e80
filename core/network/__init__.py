"""Networks that are trained on digits: forward and backward, what a run records, and the shipped table of runs."""

from core import lazily

__getattr__, __dir__ = lazily(__name__)
