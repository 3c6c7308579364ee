"""Mailman loads handlers from here: steps of a pipeline."""
