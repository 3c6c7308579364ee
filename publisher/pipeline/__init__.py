"""The order of the stages: check, sign, build, push, and what each leaves behind.

Each module is one stage's way through the ports. None of them decides anything
about an advisory: that is for the pure stages below.
"""
