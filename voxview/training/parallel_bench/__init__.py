"""`voxview bench --parallel`: what splitting AlexNet's training over processes costs, and what it gains."""
