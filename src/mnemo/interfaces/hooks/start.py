"""The hook as a program of its own: `python -I -S …/start.py EVENT`.

Started so, Python looks at no site-packages and at none of its variables, which saves 2 ms, and more where
installed packages bring start-up files.
"""

import gc
import os
import sys

gc.disable()  # the process ends before it could gain anything

# Behind the standard library, so that nothing installed beside us can take the place of a part of it.
sys.path.append(os.path.abspath(os.path.join(os.path.dirname(__file__), *[os.pardir] * 3)))

from mnemo.interfaces.hooks.entry import main  # noqa: E402

if __name__ == "__main__":
    os._exit(main(sys.argv[1:]))
