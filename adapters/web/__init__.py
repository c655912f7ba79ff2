"""`kadenz serve`: what people and programs of others say to us over the web."""
