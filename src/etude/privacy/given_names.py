"""Common given names, so that a greeting or "Name:" is believed to hold a person.

Written down for this project from general knowledge, not taken from any list; far from complete,
and without names that are everyday words or places (Will, May, Hope, Grace, Orlando). They are
listed and looked up without accents.
"""

from __future__ import annotations

import unicodedata

_LISTED = """
Aaliyah Aaron Abdul Abena Abigail Adaeze Adam Adebayo Adel Adele Aditi Aditya Adrian Adriana Agata
Agnes Agnieszka Ahmed Aida Aidan Aiden Aileen Ainhoa Aino Aisha Aitor Ajay Akash Akiko Akosua
Alain Alan Alasdair Alastair Albert Alberto Alejandro Aleksander Aleksandra Aleksei Alena
Alessandra Alessandro Alex Alexander Alexandra Alexandre Alexei Alexis Alfie Alfonso Alfred
Alfredo Ali Alice Alicia Alina Alison Alistair Allan Allison Alma Alvaro Alyssa Amadou Amal Amanda
Amanpreet Amara Amelia Amelie Amina Aminata Amir Amit Amita Amos Amy Ana Anastasia Anatoly Anders
Andrea Andreas Andreea Andrei Andres Andrew Andrzej Aneta Angela Angelo Angus Anika Aniket Anil
Anish Anissa Anita Anja Anjali Anjana Anke Ankit Ann Anna Annabel Anne Anne-Marie Anneke Annette
Annika Anouk Ansgar Anthony Antje Antoine Anton Antonella Antonia Antonio Antti Anwar Aoife
Araceli Archana Archie Ariane Ariel Arjen Arjun Arlene Armando Arne Arnold Artem Arthur Artur
Arturo Arun Arvind Asha Asif Aslan Asma Astrid Atsushi Aude Audrey Augusto Aurelie Axel Ayaka
Ayesha Aylin Ayo Ayumi Azadeh Aziz Babajide Babak Balazs Barbara Bart Bartosz Bashir Bastian Beata
Beatrice Beatrix Beatriz Bela Ben Benjamin Bernadette Bernard Bernd Bernhard Beth Bettina Bhavna
Bianca Bilal Birgit Bjarne Bjorn Blanca Bob Bogdan Bonnie Boris Bozena Bradley Brandon Brenda
Brendan Brian Brigitte Bronwyn Bruce Bruno Bryan Burak Busisiwe Caitlin Callum Cameron Camila
Camille Candice Carina Carine Carl Carla Carlo Carlos Carmel Carmela Carmen Carol Carolina
Caroline Carolyn Carrie Caspar Cassandra Catalina Catarina Catherine Cathy Catriona Cecile Cecilia
Cedric Celia Celine Cem Cemal Cesar Chad Chandra Chantal Charlene Charles Charlotte Cheng Cheryl
Chiamaka Chiara Chidi Chinedu Chioma Chloe Chris Christian Christiane Christina Christine
Christoph Christopher Chukwuemeka Ciara Cillian Cindy Claire Clara Clarissa Claude Claudia Claudio
Clemens Clementine Clifford Clive Colette Colin Colleen Connor Conrad Corinna Corinne Cormac
Cornelia Cornelius Cosmin Craig Cristian Cristiano Cristina Cristobal Curtis Cynthia Cyril Dafydd
Dagmar Daisuke Damian Damien Daniel Daniela Danielle Danijela Danilo Danny Danuta Daphne Daria
Darius Dariusz Darko Darragh Darren Darryl David Davide Deborah Debra Deepak Deirdre Delphine
Demetrius Denise Deniz Dennis Denys Derek Desmond Despina Devi Diana Diane Diarmuid Diego Dieter
Dietmar Dilip Dimitra Dimitri Dimitrios Dinesh Dirk Divya Dmitri Dolores Dominic Dominik Dominika
Dominique Donald Donna Doris Dorota Dorothea Dorothy Douglas Dov Dragan Drago Duncan Dusan Dustin
Dwayne Dylan Ebru Edgar Edith Edmund Eduardo Edward Edwin Eero Efua Eileen Eilidh Einar Eithne
Ekaterina Elaine Eleanor Elena Eleni Elias Elif Elisa Elisabeth Elise Eliza Elizabeth Elke Ella
Ellen Eloise Elsa Elspeth Elvira Emeka Emil Emilia Emilie Emilio Emily Emine Emma Emmanuel Emre
Enrique Enzo Eoin Eric Erik Erika Erin Ernest Ernesto Ersin Esme Esra Esteban Estelle Esther
Eszter Ethan Etienne Eugene Eugenia Eugenio Eunice Eva Evan Evangelos Evelyn Ewa Ewan Ezra Fabian
Fabienne Fabio Fabrice Faisal Farah Farhan Farid Fatemeh Fatima Fatma Federica Federico Felicity
Felipe Felix Ferdinand Fernanda Fernando Fiachra Filip Filippo Finn Fiona Fionnuala Flavia Flavio
Florian Folasade Frances Francesca Francesco Francine Francis Francisco Franck Franco Francois
Francoise Frank Franz Franziska Fred Frederik Frida Frieda Friedrich Fumiko Gabriel Gabriela
Gareth Gary Gaurav Gavin Gemma Genevieve Geoffrey Georg George Georges Georgina Gerald Geraldine
Gerard Gerardo Gerd Gergely Gerhard Ghislaine Giacomo Gianluca Gilbert Gillian Gina Giorgio
Giorgos Giovanni Giulia Giuseppe Gloria Goran Gordon Govind Graham Grainne Grazyna Greg Gregory
Greta Guido Guillaume Guillermo Gulsen Gunnar Gunther Gustav Gwen Gwyneth Habib Hadiza Hakan Hakim
Halima Hamid Hamza Hanna Hannah Hannelore Hans Hans-Peter Harald Harriet Harry Hartmut Haruka
Haruki Harvey Hasan Hassan Hatice Heather Hector Hedwig Heidi Heike Heinrich Heinz Helen Helena
Helga Hemant Henri Henriette Henrik Henry Henryk Herbert Hermann Hilary Hilde Hiroko Hiroshi
Holger Horst Hortense Howard Huda Hugh Hugo Humberto Husain Hussein Iain Ian Ibrahim Ida Idris
Ifeoma Ignacio Igor Ikechukwu Ilaria Ilona Ilse Imani Imogen Imran Ines Inga Inge Ingeborg Inger
Ingo Ingrid Ioana Ioannis Irena Irene Irina Irma Isaac Isabel Isabella Isabelle Isadora Ishaan
Isla Ismail Istvan Ivan Ivana Ivo Iwona Jacek Jack Jacob Jacqueline Jacques Jaime Jake Jakob Jakub
Jamal Jameela James Jamie Jan Jana Jane Janek Janet Janice Janina Janine Janusz Jared Jaroslav
Jasmin Jasmine Jason Javed Javier Jaya Jayden Jean Jeanette Jeanne Jeff Jeffrey Jennifer Jens
Jeremiah Jeremy Jerome Jerzy Jessica Jill Jillian Jim Jing Joachim Joan Joanna Joanne Joao Jocelyn
Jochen Jodie Joe Joel Joelle Johan Johann Johanna Johannes John Johnny Jolanta Jon Jonah Jonas
Jonathan Joost Jordi Jorge Jorgen Jorn Jose Josef Josefina Joseph Josephine Josh Joshua Josiah
Josip Jovana Joyce Juan Juanita Judith Juergen Julia Julian Julie Julien Juliet Juliette Julio
Julius Jun Jurgen Justin Jutta Kacper Kai Kaito Kamal Kamila Kareem Karen Karim Karin Karina Karl
Karolina Karsten Kasia Katalin Katarina Kate Katerina Katharina Katherine Kathleen Kathrin Kathryn
Kathy Katie Katja Katrin Katy Kavita Kayla Kazuki Keanu Keiko Keira Keith Kelechi Kelly Kelvin Ken
Kenji Kenneth Kerry Kerstin Kevin Khadija Khaled Khalid Kieran Kim Kiran Kirill Kirsten Kirsty
Kjell Klara Klaus Kofi Kojo Konrad Konstantin Kris Krishna Kristen Kristian Kristin Kristina
Kristine Krisztina Krystyna Krzysztof Kseniya Kumar Kurt Kwabena Kwame Kwasi Kyle Kylie Ladislav
Laila Lakshmi Lalita Lamar Larissa Larry Lars Latoya Laura Lauren Laurent Lea Leah Leandro Leanne
Leif Leila Lena Lennart Leo Leon Leonard Leonardo Leonie Leonor Lesley Leslie Leticia Lewis Liam
Liana Libby Lidia Liesbeth Lilian Liliana Lilly Linda Lindsay Lindsey Linh Linnea Lionel Lisa Liz
Ljiljana Logan Lorena Lorenzo Loretta Lorna Lorraine Lotte Louis Louise Luana Lubomir Luca Lucas
Lucia Luciana Luciano Lucie Lucien Lucille Lucy Ludmila Ludovic Ludwig Luigi Luis Luiz Lukas
Lukasz Luke Luuk Lydia Lyn Lynn Lynne Maciej Madeleine Mads Magda Magdalena Magnus Mahesh Mahmoud
Maike Mairead Maja Makoto Malcolm Malgorzata Malik Malte Mamadou Mandla Manfred Manish Manoj
Manolis Manuel Manuela Mara Marc Marcel Marcela Marcello Marcelo Marcin Marco Marcus Mareike Marek
Margaret Margarita Margit Margot Maria Mariam Marian Mariana Marianne Maribel Marie Marielle
Marijke Marina Mario Marion Marisa Marisol Marius Marjorie Markus Marlene Marlies Marlon Marta
Marten Martha Martin Martina Mary Maryam Masako Massimo Mateusz Mathias Mathieu Mathilde Matilda
Matt Matteo Matthew Matthias Mattias Maureen Maurice Mauricio Mauro Max Maxime Maximilian Maya
Meera Megan Mehdi Mehmet Mei Melanie Melinda Melissa Meredith Mette Mia Michael Michaela Michal
Micheal Michel Michele Michelle Miguel Mihai Mikael Mike Mikhail Mikko Mila Milan Milena Milos
Mina Minh Mira Miriam Mirjam Mirko Miroslav Mitchell Mohamad Mohamed Mohammad Mohammed Mohan Moira
Moises Molly Mona Monica Monika Monique Morgane Moritz Morten Moussa Muhammad Murat Muriel Mustafa
Nadezhda Nadia Nadim Nadine Nadir Naledi Nancy Naoko Naomi Naser Nasreen Natalia Natalie Natalya
Natasha Nathalie Nathan Nathaniel Naveen Navid Neal Neha Neil Nelly Nelson Nerea Nermin Nia Niamh
Nicholas Nick Nicola Nicolas Nicole Nicolo Niels Nigel Nikhil Nikita Nikola Nikolai Nikolaos Nils
Nimrod Nina Ninette Nisha Nitin Njeri Nkechi Nkosi Noah Noel Noelia Noemi Noor Nora Norah Norbert
Noreen Norma Norman Nuno Nuria Obinna Octavia Odile Olaf Olawale Oleg Oleksandr Olena Olga Oliver
Olivia Olivier Olumide Oluwaseun Omar Omolara Ondrej Ophelie Orla Orsolya Osama Oscar Oskar Osman
Ottavia Otto Owen Oyvind Pablo Padraig Paige Paloma Pamela Pankaj Paolo Parisa Parveen Pascal
Pascale Patrice Patricia Patricio Patrick Patrik Patrycja Paul Paula Pauline Paulo Pavel Pawel
Pedro Peggy Penelope Petar Peter Petra Petros Phil Philip Philipp Philippa Philippe Phoebe Phuong
Pia Pierre Pieter Pilar Piotr Poonam Prakash Pranav Prasad Pratik Praveen Preeti Prisca Priscilla
Priya Przemyslaw Qasim Quentin Quinn Rachel Radek Rafael Rafaela Rafal Raffaele Raghav Ragnar
Rahul Raimund Rainer Raj Rajesh Rajiv Ralf Raluca Ramesh Ramon Ramona Randall Rania Raquel Rashid
Rasmus Raul Ravi Raymond Rebecca Regina Reiko Reinhard Reinhold Remy Renata Renate Reza Rhiannon
Rhys Ricardo Riccardo Richa Richard Rikke Rina Rita Riya Robert Roberta Roberto Robin Robyn Rocio
Roderick Rodney Rodrigo Rogelio Roger Rohan Rohit Roisin Roland Rolf Romain Romy Ron Ronald Ronan
Ronja Ronnie Rory Rosa Rosalind Rosanna Rosie Ross Roswitha Rowena Roxana Roy Ruben Rudolf Rudy
Rupert Russell Ruth Ryan Saad Sabine Sabrina Sadia Safiya Sagar Sakura Salim Sally Salma Salome
Salvatore Sam Samantha Samir Samira Samuel Sandeep Sander Sandra Sandro Sangeeta Sanjay Saoirse
Sara Sarah Saskia Satish Satoshi Sayed Scott Seamus Sean Sebastian Sebastien Selim Selma Serena
Serge Sergei Sergej Sergio Serhiy Shabnam Shahid Shane Shannon Shanti Sharon Shaun Shauna Sheikh
Sheila Shelley Sheng Shinji Shirin Shirley Shiva Shreya Sibusiso Sidney Siegfried Sigrid Sigurd
Silke Silvana Silvia Silvio Simon Simona Simone Sinead Siobhan Slawomir Snezana Sofia Sofie
Solange Solveig Sonia Sonja Sonya Soo-jin Sophia Sophie Soren Spiros Sravani Stacey Stacy
Stanislav Stanislaw Stavros Stefan Stefania Stefanie Stefano Steffen Stella Stephane Stephanie
Stephen Steve Steven Stig Stuart Sujata Sumit Sunil Sunita Suresh Susan Susanna Susanne Susie
Suzanne Svante Sven Svend Svetlana Swati Sybille Sylvain Sylvia Sylvie Szymon Tadeusz Taichi
Takashi Takumi Talia Tamara Tamas Tamsin Tanja Tanya Tarik Tariq Tasneem Tatiana Tatjana Tawanda
Ted Temitope Teodor Terence Teresa Terri Terry Tessa Thabo Thandiwe Thea Themba Theo Theodora
Theodore Theresa Therese Thiago Thibault Thierry Thijs Thomas Thorsten Thuy Tiago Tiffany Tilda
Tim Timea Timo Timothy Tina Tobias Tobin Todd Tom Tomas Tomasz Tommaso Tommy Tony Tonya Torben
Torsten Toshiko Tracy Travis Trevor Tristan Trudy Tuan Tunde Udo Ulla Ulrich Ulrike Uma Umar
Umberto Ursula Urszula Usha Usman Uta Uwe Valentin Valentina Valeria Valerie Valerio Vanessa
Vasile Vasilis Velma Venkat Vera Verena Vernon Veronica Vesna Vicente Vicky Victor Victoria Vidya
Vijay Vikas Vikram Viktor Viktoria Vilma Vinay Vincent Vincenzo Violeta Virginie Vishal Vitor
Vivek Vivian Viviana Vivienne Vladimir Vladislav Volker Volodymyr Vusi Waleed Walter Waltraud
Wanda Wanjiku Warren Wayne Wei Wenche Wendell Wendy Werner Wesley Wiebke Wiktor Wilfried Wilhelm
Willem William Willy Winifred Witold Wojciech Wolfgang Wouter Xavier Xiaoming Ximena Yael Yanick
Yannick Yara Yasemin Yasir Yasmin Yasmine Yassine Yetunde Yolanda Yoshi Yousef Youssef Yuka Yuki
Yukiko Yuko Yulia Yuliya Yunus Yuri Yusra Yusuf Yves Yvette Yvonne Zachary Zahra Zainab Zbigniew
Zdenek Zeinab Zeynep Zhanna Zoe Zofia Zoltan Zsofia Zuzana
"""
_GIVEN_NAMES = frozenset(_LISTED.split())


def is_given(word: str) -> bool:
    """Whether a word, with its capital, is one of the names: "Jürgen" and "Jurgen" alike."""
    if word in _GIVEN_NAMES:
        return True
    return not word.isascii() and _bare(word) in _GIVEN_NAMES


def _bare(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word)
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
