"""All WordprocessingML of pubkit: elements, styles, lists, parts and the package that holds them."""
