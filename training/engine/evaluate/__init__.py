"""How good a trained model's swaps are, where the true picture is known."""
