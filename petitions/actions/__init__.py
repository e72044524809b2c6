"""The only package that writes: one module per topic, one transaction per action."""
