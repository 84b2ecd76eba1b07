"""Two recorded sentences, the project's speech sample: for a try-out call, for tests and bench.

They are sentences a0007 (a man) and a0009 (a woman) of the CMU ARCTIC databases, 16 kHz mono,
unchanged; ``COPYING`` beside them is their notice. Synthetic speech will not do in their place:
the measures of quality used here were fitted to real voices.
"""

from importlib.resources import files
from pathlib import Path

_HERE = Path(str(files(__name__)))
MALE = _HERE / "arctic_a0007.wav"
FEMALE = _HERE / "arctic_a0009.wav"
