"""The window through which every page looks at a loss landscape of two weights."""

REACH_X, REACH_Y = 2.6, 2.35
"""A landscape shows weights w1 from -REACH_X to REACH_X and w2 from -REACH_Y to REACH_Y: every start and target, with room
for its name."""

STEPS = 60
"""How many steps a landscape's slider goes through."""
