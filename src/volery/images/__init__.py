"""Images of tasks: from an `ImageSpec` to an image in an engine or a registry.

dockerfile     what a builder is told and given: a function of the spec
builder        the programs that build
registry       whether an image is in a registry
making         all of it, for the images of a program
"""
