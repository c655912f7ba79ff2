"""Channels that messages leave by: folder and email."""
