"""Measures a trained model's swaps against ground truth."""
