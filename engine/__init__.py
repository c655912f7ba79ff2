"""Plan, evaluation and decisions. Talks to the world through the Protocols of `engine.protocols` only."""
