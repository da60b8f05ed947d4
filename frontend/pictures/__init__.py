"""Addresses of pictures that tell by themselves, without a query, who may look and until when."""
