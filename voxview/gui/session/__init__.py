"""What is selected, what is shown, and the engine behind both."""
