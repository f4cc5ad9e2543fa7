"""The study's experiment, run again: its tables and its figure, from measurements that can be checked."""
