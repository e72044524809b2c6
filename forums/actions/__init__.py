"""The only modules that write: one module per topic, one transaction per action."""
