"""The steps of the experiment: each measures one thing and yields between its runs."""
