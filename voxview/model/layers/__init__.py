"""What every network is made of: its layers with their sizes, counts and the arithmetic behind them."""
