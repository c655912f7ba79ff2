"""Ready playbook projects that people start from; they are tests as well."""
