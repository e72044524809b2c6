"""The forms of forums: raw input becomes a frozen command, or field errors. One module per topic."""
