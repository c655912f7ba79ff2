"""What comes back of messages: arrivals kept on disk first, then taken over into ledger and facts."""
