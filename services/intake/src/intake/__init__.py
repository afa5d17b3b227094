"""Customers and contacts, in and out."""
