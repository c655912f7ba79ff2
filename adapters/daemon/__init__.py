"""`kadenz run --every D`: tick after tick, the playbooks read anew between them, with health and figures to look at."""
