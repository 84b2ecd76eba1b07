"""The screens and boxes, one module each; they stand on the stage."""
