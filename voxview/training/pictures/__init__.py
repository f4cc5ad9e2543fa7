"""Pictures to train on: chairs rendered while training runs, on the device of their fields, in torch."""
