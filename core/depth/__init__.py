"""How large gradients and signals are, layer by layer, in a deep random network: measured and in theory."""

from core import lazily

__getattr__, __dir__ = lazily(__name__)
