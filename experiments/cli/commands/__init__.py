"""The commands: one file a command, of its name, each with a `command`."""
