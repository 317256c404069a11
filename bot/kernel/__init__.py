"""The ground: words and sockets that every wing shares. Nothing here does I/O."""
