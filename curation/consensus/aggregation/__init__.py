"""From votes of unlike worth to evidence, and from evidence to whether another vote is wanted.

Pure, and not wired yet: decisions follow `curation.votes.voting_rule`. See docs/adr/0027.
"""
