"""From IR to the summary of a kernel: which bytes are touched, how, when, under which condition."""
