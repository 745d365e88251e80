"""A layer of one's own: how lopsided its curvature is, what its units do, how its updates share signs; from arrays or files."""

from core import lazily

__getattr__, __dir__ = lazily(__name__)
