"""Etude: is fine-tuning worth it here?"""
