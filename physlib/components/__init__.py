"""The three ingredients of the post, one to a module, and the post's own formulas."""
