"""From votes of unlike worth to evidence, and from evidence to whether another vote is wanted.

Pure. `curation.votes.weighing` asks it where a project has votes count by their weight; see
docs/adr/0027.
"""
