"""Reviewing a change: two versions of a project on one snapshot of the store, and what differs."""
