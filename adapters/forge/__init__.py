"""Forges: where pull requests are looked at. One comment that rewrites itself."""
