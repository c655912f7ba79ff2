"""Everything that touches the outside: stores, sources, channels, templates and the command line."""
