"""What answers HTTP: callbacks, the console, members' pages, health."""
