"""Raw input to frozen commands, or field errors. One module per topic."""
