"""Channels: where messages leave. Each implements `engine.protocols.ChannelAdapter`."""

from adapters.channels.opening import NOTIFY, open_channels

__all__ = ["NOTIFY", "open_channels"]
