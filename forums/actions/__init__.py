"""The only place that writes: one module per topic, one transaction per action."""
