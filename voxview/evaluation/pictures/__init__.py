"""How good a picture encoder is: on rendered pictures of held-out chairs, and on photographs."""
