"""The commands, a file each: `add` states a command's arguments, `run` does it; nothing heavy is imported before."""
