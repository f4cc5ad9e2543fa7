"""A training run as a child process of the window: started, watched by its files, stopped and continued."""
