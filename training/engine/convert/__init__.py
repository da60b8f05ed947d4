"""Puts a trained face into pictures and videos, and marks them as generated."""
