"""Judge a package from the command line."""

import sys

from tests.second_verifier import main

sys.exit(main(sys.argv[1:]))
