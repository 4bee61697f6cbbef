"""Common given names, so that a greeting or "Name:" is believed to hold a person.

Written down for this project from general knowledge, not taken from any list; far from complete,
and without names that are everyday words (Will, May, Mark, Hope).
"""

from __future__ import annotations

_LISTED = """
Aaron Abdul Abigail Adam Adriana Adrian Agnes Ahmed Aisha Alan Albert Alejandro Alessandro Alex
Alexander Alexandra Alexis Alfonso Ali Alice Alicia Alina Alison Amanda Amelia Amina Amir Amy
Ana Anders Andrea Andreas Andrew Andrzej Angela Anil Anita Anja Anjali Anke Ann Anna Anne Annika
Antje Anthony Antoine Antonio Anton Arjun Arthur Asha Astrid Aurelie Ayesha Barbara Bastian
Beatrice Beatriz Ben Benjamin Bernd Beth Bianca Birgit Bob Boris Brandon Brenda Brian Bruno
Camille Carl Carla Carlos Carmen Carol Caroline Catherine Cathy Cecilia Cedric Chantal Charles
Chloe Chris Christian Christiane Christina Christine Christoph Christopher Cindy Claire Clara
Claudia Colin Connor Cristina Cynthia Daniel Daniela Danielle Darren David Deborah Debra Deepak
Denise Dennis Derek Diana Diane Diego Dieter Dmitri Dominik Donald Donna Doris Dorothy Douglas
Edward Eileen Elena Eleanor Elias Elif Elizabeth Elke Ella Ellen Emily Emma Emmanuel Enrique
Eric Erik Erika Esther Eva Evelyn Fabian Fatima Felix Fernando Fiona Florian Francesca Francesco
Francisco Franz Fred Frederik Friedrich Gabriel Gabriela Gareth Gary Geoffrey George Gerald
Gerhard Giovanni Giulia Gloria Gordon Graham Greg Gregory Greta Guido Gustav Hannah Hans Harald
Harry Hassan Heather Heidi Heike Heinz Helen Helena Helga Henrik Henry Hiroshi Holger Hugo Ian
Ibrahim Igor Ingrid Irene Isabel Isabella Ivan Jack Jacob Jacqueline Jacques Jake Jakob James
Jamie Jan Jana Jane Janet Janine Jasmin Jason Javier Jean Jeff Jeffrey Jennifer Jens Jeremy
Jessica Jim Joan Joanna Joanne Joao Joachim Joe Johan Johanna Johannes John Jonas Jonathan Jorge
Jose Joseph Josh Joshua Juan Judith Juergen Julia Julian Julie Jun Jürgen Justin Jutta Kai Karen
Karin Karl Karsten Katarina Kate Katharina Katherine Kathleen Kathryn Katie Katja Katrin Keiko
Keith Kelly Kenneth Kerstin Kevin Khalid Kim Klaus Kristin Kumar Kurt Lakshmi Larry Lars Laura
Lauren Laurent Lea Leah Lena Leo Leon Leonie Liam Linda Lisa Liz Louis Louise Luca Lucas Lucia
Lucy Luis Lukas Luke Lydia Maciej Magdalena Mahmoud Malte Manfred Manuel Manuela Marc Marcel
Marco Marcus Margaret Maria Marie Marina Mario Marion Markus Marta Martha Martin Martina Mary
Mateusz Mathieu Matteo Matthew Matthias Maurice Max Maximilian Mehmet Mei Melanie Melissa Mia
Michael Michaela Michel Michele Michelle Miguel Mike Mila Miriam Mohamed Mohammed Monica Monika
Moritz Muhammad Mustafa Nadia Nadine Nancy Natalia Natalie Natasha Neha Neil Niamh Nick Nicolas
Nicole Nigel Nikhil Nikolai Nils Nina Noah Nora Norbert Olaf Olga Oliver Olivia Omar Oscar Pablo
Pamela Paolo Patricia Patrick Paul Paula Pauline Pavel Pedro Peter Petra Philip Philipp Philippe
Pierre Piotr Priya Rachel Rafael Rahul Raj Rajesh Ralf Ramesh Ravi Raymond Rebecca Reinhard
Renate Ricardo Richard Rita Robert Roberto Robin Rodrigo Roger Roland Rolf Ronald Rosa Ross Roy
Ruth Ryan Sabine Sabrina Sally Sam Samantha Samira Samuel Sandra Sanjay Sara Sarah Saskia Scott
Sean Sebastian Sergio Sharon Sheila Shirley Silke Silvia Simon Simone Sofia Sonia Sonja Sophia
Sophie Stefan Stefanie Stephanie Stephen Steve Steven Stuart Sunil Susan Susanne Suresh Sven
Svetlana Sylvia Tamara Tanja Tanya Tatiana Teresa Thomas Thorsten Tim Timothy Tina Tobias Tom
Tomasz Tony Tracy Udo Ulrich Ulrike Ursula Uwe Valentina Valerie Vanessa Vera Veronica Victor
Victoria Vijay Vikram Vincent Vivian Vladimir Walter Wei Wendy Werner Wilhelm William Wolfgang
Xavier Yasmin Yuki Yusuf Yvonne Zainab Zoe
"""
GIVEN_NAMES = frozenset(_LISTED.split())
