"""One linear neuron: how far descent may step, where it goes, and what the path costs."""

from core import lazily

__getattr__, __dir__ = lazily(__name__)
