"""How the rungs work with a language model that writes: prompts, what is shown in them, training.

The rungs themselves are the files of the folder above; what several of them share stands here.
"""
