"""What the two commands beside this folder are made of; only Python's standard library is needed."""
