"""The SQL executor: the evaluation plan for all contacts at once, as sqlglot trees over the facts store."""
