"""How much of what rustc prints is read, and how much of what kernels do is lowered."""
