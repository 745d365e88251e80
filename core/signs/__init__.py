"""The signs of a layer's updates: which patterns can happen, how often they do, and a layer's curvature."""

from core import lazily

__getattr__, __dir__ = lazily(__name__)
