"""The demonstration city 한여울시: its places, offices, people, and a year of petitions, all of it invented.

Pure data and a seeded generator. Nothing here touches the database: the loader plays these records through the
real actions, so that the demonstration shows the program and not a picture of it.
"""
